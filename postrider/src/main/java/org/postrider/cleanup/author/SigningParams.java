package org.postrider.cleanup.author;

import java.util.List;
import org.postrider.config.Param;

/// What is signed with DKIM, and how (docs/dkim.md). Whose mail is signed is dkim_sign_clients of
/// the room access.
public final class SigningParams {
    private SigningParams() {}

    public static final Param<List<String>> DKIM_SIGNING_KEYS =
            Param.list(
                    "dkim_signing_keys",
                    "",
                    "The DKIM keys, `domain:selector:/path/to/key` each; several of one domain sign"
                            + " a mail together. Mail is signed with those of the domain of its From:,"
                            + " or of the nearest domain above it that has one. Empty: none, unless"
                            + " dkim_signing_maps names some.");
    public static final Param<String> ARC_SEALING_KEY =
            Param.string(
                    "arc_sealing_key",
                    "",
                    "A key, domain:selector:/path/to/key, with which mail of strangers that leaves"
                            + " again is sealed (ARC, RFC 8617), if the server that took it has arc"
                            + " among its authentication_checks. A mail that should be sealed and"
                            + " cannot be is not taken.");
    public static final Param<List<String>> DKIM_SIGNING_MAPS =
            Param.list(
                    "dkim_signing_maps",
                    "",
                    "Tables of keys, `domain:selector:/path/to/key` each, before dkim_signing_keys:"
                            + " asked for the address in From:, its domain, `.parent` of each domain"
                            + " above it, then for those of the envelope's sender. The answer `none`"
                            + " leaves the mail unsigned.");
    public static final Param<Integer> DKIM_KEY_CACHE_LIMIT =
            Param.integer(
                    "dkim_key_cache_limit",
                    "1000",
                    1,
                    0,
                    "The keys of dkim_signing_maps that a cleanup service keeps in memory; others"
                            + " are read again when mail needs them.");
    public static final Param<Boolean> DKIM_SIGN_INSIDE =
            Param.bool(
                    "dkim_sign_inside",
                    "yes",
                    "Mail is signed even if all its recipients are in domains of this machine.");
    public static final Param<String> DKIM_SIGN_FORWARDED =
            Param.string(
                    "dkim_sign_forwarded",
                    "no",
                    "Which mail of others is signed when it leaves again (by an alias, a .forward,"
                            + " a list, sendmail -G): no (none: its own signature goes with it), or"
                            + " rewritten (that into whose From: the rules of from_rewrite_address or"
                            + " from_rewrite_maps have put an address of ours).");
    public static final Param<List<String>> DKIM_SIGNED_HEADERS =
            Param.list(
                    "dkim_signed_headers",
                    "From, Sender, Reply-To, To, Cc, Subject, Date, Message-ID, In-Reply-To,"
                            + " References, MIME-Version, Content-Type, Content-Transfer-Encoding,"
                            + " Content-ID, Content-Description, Resent-Date, Resent-From,"
                            + " Resent-Sender, Resent-To, Resent-Cc, Resent-Message-ID, List-Id,"
                            + " List-Help, List-Unsubscribe, List-Unsubscribe-Post, List-Subscribe,"
                            + " List-Post, List-Owner, List-Archive, Feedback-ID, Autocrypt",
                    "The header fields that a signature covers where they are there (RFC 6376"
                            + " 5.4.1).");
    public static final Param<List<String>> DKIM_OVERSIGNED_HEADERS =
            Param.list(
                    "dkim_oversigned_headers",
                    "From, Sender, Reply-To, To, Cc, Subject, Date, Message-ID, MIME-Version,"
                            + " Content-Type, Content-Transfer-Encoding",
                    "The header fields that are signed once more than they are there: one that is"
                            + " added on the way breaks the signature (RFC 6376 8.15).");
    public static final Param<String> DKIM_CANONICALIZATION =
            Param.string(
                    "dkim_canonicalization",
                    "relaxed/relaxed",
                    "What counts as unchanged on the way, of the header and of the body: relaxed or"
                            + " simple (RFC 6376 3.4).");
    public static final Param<Boolean> DKIM_CONVERT_BEFORE_SIGNING =
            Param.bool(
                    "dkim_convert_before_signing",
                    "yes",
                    "Before it is signed, mail that leaves this machine gets the form that every"
                            + " next hop takes: parts that say 8bit become quoted-printable, lines"
                            + " longer than smtp_line_length_limit are broken, as smtp(8) does it on"
                            + " the way and breaks the signature (RFC 6376 5.3).");
}

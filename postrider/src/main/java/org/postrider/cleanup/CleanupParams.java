package org.postrider.cleanup;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.postrider.config.Param;

/// What cleanup(8) honours.
public final class CleanupParams {
    public static final Param<Boolean> TLS_REQUIRED_ENABLE =
            Param.bool(
                    "tls_required_enable",
                    "yes",
                    "Mail with the header `TLS-Required: no` (RFC 8689) goes out without what"
                            + " policy asks of TLS: at level may, without a look at"
                            + " smtp_tls_policy_maps, DANE and MTA-STS; not where this client logs in,"
                            + " nor with REQUIRETLS.");

    public static final Param<Boolean> REQUIRETLS_ESMTP_HEADER =
            Param.bool(
                    "requiretls_esmtp_header",
                    "yes",
                    "Mail that came with REQUIRETLS (RFC 8689) has the header `Require-TLS-ESMTP:"
                            + " yes`, which brings the demand through a content filter that does"
                            + " not know it: mail with that header has the demand.");

    private CleanupParams() {}

    public static final Param<Boolean> ALWAYS_ADD_MISSING_HEADERS =
            Param.bool(
                    "always_add_missing_headers",
                    "no",
                    "Add missing From:, Message-Id: and Date: headers to mail of strangers too.");
    public static final Param<String> REMOTE_HEADER_REWRITE_DOMAIN =
            Param.string(
                    "remote_header_rewrite_domain",
                    "",
                    "Headers of mail from strangers are rewritten only if this is set.");
    public static final Param<String> CONTENT_FILTER =
            Param.string(
                    "content_filter",
                    "",
                    "The `transport:nexthop` that all mail of a listener, or of pickup, is handed"
                            + " to before its recipients.");
    public static final Param<List<String>> RECEIVE_OVERRIDE_OPTIONS =
            Param.list(
                    "receive_override_options",
                    "",
                    "What is left out for the mail of a listener, or of pickup:"
                            + " no_unknown_recipient_checks, no_address_mappings,"
                            + " no_header_body_checks, no_milters.");
    public static final Param<String> UNDISCLOSED_RECIPIENTS_HEADER =
            Param.string(
                    "undisclosed_recipients_header",
                    "",
                    "The header line for local mail without any To: or Cc:, empty for none.");
    public static final Param<List<String>> MESSAGE_DROP_HEADERS =
            Param.list(
                    "message_drop_headers",
                    "bcc, content-length, resent-bcc, return-path",
                    "Headers that do not leave this machine.");
    public static final Param<String> FULL_NAME_ENCODING_CHARSET =
            Param.string(
                    "full_name_encoding_charset",
                    "utf-8",
                    "The charset that a submitter's full name with 8-bit octets is said to be in"
                            + " when it is encoded (RFC 2047).");
    public static final Param<String> NON_EMPTY_END_OF_HEADER_ACTION =
            Param.string(
                    "non_empty_end_of_header_action",
                    "fix_quietly",
                    "What becomes of mail whose header ends with a line that is neither empty nor"
                            + " one of a header: `fix_quietly` puts an empty line before it,"
                            + " `add_header` a MIME-Error: field as well, `reject` refuses the mail.");
    public static final Param<Integer> HOPCOUNT_LIMIT =
            Param.integer(
                    "hopcount_limit",
                    "50",
                    1,
                    0,
                    "So many Received: headers mean a loop: the message is refused.");
    public static final Param<Integer> HEADER_SIZE_LIMIT =
            Param.integer(
                    "header_size_limit",
                    "102400",
                    1,
                    0,
                    "Octets of one header, folded lines included; what is beyond is dropped.");
    public static final Param<Integer> HEADER_ADDRESS_TOKEN_LIMIT =
            Param.integer(
                    "header_address_token_limit",
                    "10240",
                    1,
                    0,
                    "Address tokens read from one header; the others are dropped on rewriting.");
    public static final Param<List<String>> INTERNAL_FILTER_CLASSES =
            Param.list(
                    "internal_mail_filter_classes",
                    "",
                    "Mail of our own making that content checks and milters see: bounce (notices to"
                            + " senders), notify (transcripts to the postmaster).");
    public static final Param<List<String>> CANONICAL_MAPS =
            Param.list("canonical_maps", "", "Tables of addresses to put in the place of others.");
    public static final Param<List<String>> CANONICAL_CLASSES =
            Param.list(
                    "canonical_classes",
                    "envelope_sender, envelope_recipient, header_sender, header_recipient",
                    "The addresses that canonical_maps apply to.");
    public static final Param<List<String>> SENDER_CANONICAL_MAPS =
            Param.list(
                    "sender_canonical_maps",
                    "",
                    "Tables that rewrite senders alone, before canonical_maps.");
    public static final Param<List<String>> SENDER_CANONICAL_CLASSES =
            Param.list(
                    "sender_canonical_classes",
                    "envelope_sender, header_sender",
                    "The addresses that sender_canonical_maps apply to.");
    public static final Param<List<String>> RECIPIENT_CANONICAL_MAPS =
            Param.list(
                    "recipient_canonical_maps",
                    "",
                    "Tables that rewrite recipients alone, before canonical_maps.");
    public static final Param<List<String>> RECIPIENT_CANONICAL_CLASSES =
            Param.list(
                    "recipient_canonical_classes",
                    "envelope_recipient, header_recipient",
                    "The addresses that recipient_canonical_maps apply to.");
    public static final Param<List<String>> MASQUERADE_DOMAINS =
            Param.list(
                    "masquerade_domains",
                    "",
                    "Domains whose subdomains are stripped off; `!domain` keeps them.");
    public static final Param<List<String>> MASQUERADE_CLASSES =
            Param.list(
                    "masquerade_classes",
                    "envelope_sender, header_sender, header_recipient",
                    "The addresses that masquerading applies to.");
    public static final Param<List<String>> MASQUERADE_EXCEPTIONS =
            Param.list(
                    "masquerade_exceptions", "", "User names that are never masqueraded (root).");
    public static final Param<List<String>> VIRTUAL_ALIAS_MAPS =
            Param.list(
                    "virtual_alias_maps",
                    "$virtual_maps",
                    "Tables that put one or many recipients in the place of one.");
    public static final Param<Integer> VIRTUAL_ALIAS_EXPANSION_LIMIT =
            Param.integer(
                    "virtual_alias_expansion_limit",
                    "1000",
                    1,
                    0,
                    "The recipients that one may become.");
    public static final Param<Integer> VIRTUAL_ALIAS_RECURSION_LIMIT =
            Param.integer(
                    "virtual_alias_recursion_limit", "1000", 1, 0, "How deep aliases may nest.");
    public static final Param<Integer> VIRTUAL_ALIAS_ADDRESS_LENGTH_LIMIT =
            Param.integer(
                    "virtual_alias_address_length_limit",
                    "1000",
                    1,
                    0,
                    "The longest address that an alias may become.");
    public static final Param<List<String>> PROPAGATE_UNMATCHED_EXTENSIONS =
            Param.list(
                    "propagate_unmatched_extensions",
                    "canonical, virtual",
                    "The tables whose results get the extension that the key had not.");
    public static final Param<String> RECIPIENT_DELIMITER =
            Param.string(
                    "recipient_delimiter",
                    "",
                    "The characters that part a user name from its extension.");
    public static final Param<Boolean> ENABLE_ORIGINAL_RECIPIENT =
            Param.bool(
                    "enable_original_recipient",
                    "yes",
                    "Keep the recipient as the client gave it (`orig_to=`, X-Original-To).");
    public static final Param<Integer> DUPLICATE_FILTER_LIMIT =
            Param.integer(
                    "duplicate_filter_limit",
                    "1000",
                    0,
                    0,
                    "The recipients remembered to drop repeated ones; 0 for no limit.");
    public static final Param<String> ALWAYS_BCC =
            Param.string("always_bcc", "", "The address that gets a copy of every message.");
    public static final Param<List<String>> SENDER_BCC_MAPS =
            Param.list("sender_bcc_maps", "", "Tables of an address for copies, by sender.");
    public static final Param<List<String>> RECIPIENT_BCC_MAPS =
            Param.list("recipient_bcc_maps", "", "Tables of an address for copies, by recipient.");
    public static final Param<List<String>> HEADER_CHECKS =
            Param.list("header_checks", "", "Tables of actions by header, see header_checks(5).");
    public static final Param<List<String>> BODY_CHECKS =
            Param.list("body_checks", "", "Tables of actions by body line, see body_checks(5).");
    public static final Param<Integer> BODY_CHECKS_SIZE_LIMIT =
            Param.integer(
                    "body_checks_size_limit",
                    "51200",
                    0,
                    0,
                    "Octets of the body that body_checks look at.");
    public static final Param<String> MESSAGE_REJECT_CHARACTERS =
            Param.string(
                    "message_reject_characters",
                    "",
                    "Characters (C escapes) that no message content may hold.");
    public static final Param<String> MESSAGE_STRIP_CHARACTERS =
            Param.string(
                    "message_strip_characters",
                    "",
                    "Characters (C escapes) that are taken out of message content.");
    public static final Param<Duration> IN_FLOW_DELAY =
            Param.time(
                    "in_flow_delay",
                    "1s",
                    0,
                    10,
                    """
                    The longest a receiver waits for room while the active queue is full. With room \
                    in it nobody waits (Postfix waits whenever mail comes in faster than it goes).\
                    """);

    public static final Param<Long> MESSAGE_SIZE_LIMIT =
            Param.size("message_size_limit", "10240000", 0, 0, "Octets of a message; 0: no limit.");
    public static final Param<List<String>> MILTER_HEADER_CHECKS =
            Param.list(
                    "milter_header_checks",
                    "",
                    "Tables asked for each header that a milter adds or changes"
                            + " (header_checks(5)).");
    public static final Param<List<String>> MIME_HEADER_CHECKS =
            Param.list(
                    "mime_header_checks",
                    "$header_checks",
                    "Tables of actions by header of a MIME part, see header_checks(5).");
    public static final Param<List<String>> NESTED_HEADER_CHECKS =
            Param.list(
                    "nested_header_checks",
                    "$header_checks",
                    "Tables of actions by header of a message within the message.");
    public static final Param<Boolean> DISABLE_MIME_INPUT_PROCESSING =
            Param.bool(
                    "disable_mime_input_processing",
                    "no",
                    "Everything after the message's own header is body.");
    public static final Param<Integer> MIME_NESTING_LIMIT =
            Param.integer(
                    "mime_nesting_limit",
                    "100",
                    1,
                    0,
                    "How deep multiparts may nest. Deeper mail is refused if there are header"
                            + " checks, and returned if it would have to be converted.");
    public static final Param<Integer> MIME_BOUNDARY_LENGTH_LIMIT =
            Param.integer(
                    "mime_boundary_length_limit",
                    "2048",
                    1,
                    0,
                    "Octets of a MIME boundary that are compared.");
    public static final Param<Boolean> STRICT_8BITMIME =
            Param.bool(
                    "strict_8bitmime",
                    "no",
                    "Turns strict_7bit_headers and strict_8bitmime_body on at once.");
    public static final Param<Boolean> STRICT_8BITMIME_BODY =
            Param.bool(
                    "strict_8bitmime_body",
                    "no",
                    "Mail with 8-bit octets in a part that does not say so is refused.");
    public static final Param<Boolean> STRICT_7BIT_HEADERS =
            Param.bool(
                    "strict_7bit_headers", "no", "Mail with 8-bit octets in a header is refused.");
    public static final Param<Boolean> STRICT_MIME_ENCODING_DOMAIN =
            Param.bool(
                    "strict_mime_encoding_domain",
                    "no",
                    "Mail with an encoded multipart or message part is refused.");
    public static final Param<Boolean> DETECT_8BIT_ENCODING_HEADER =
            Param.bool(
                    "detect_8bit_encoding_header",
                    "yes",
                    "A Content-Transfer-Encoding of 8bit makes the mail one of BODY=8BITMIME.");

    /// Of lists of words, the words that there are.
    static final Map<Param<List<String>>, Set<String>> WORDS =
            Map.of(
                    RECEIVE_OVERRIDE_OPTIONS,
                    Set.of(
                            "no_unknown_recipient_checks",
                            "no_address_mappings",
                            "no_header_body_checks",
                            "no_milters"),
                    INTERNAL_FILTER_CLASSES,
                    Set.of("bounce", "notify"));
}

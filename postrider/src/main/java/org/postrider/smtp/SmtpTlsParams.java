package org.postrider.smtp;

import java.time.Duration;
import java.util.List;
import org.postrider.config.Param;

/// What the administrator can set about TLS in the SMTP client.
public final class SmtpTlsParams {
    public static final Twin<String> SECURITY_LEVEL =
            Twin.string(
                            "tls_security_level",
                            "${{$compatibility_level} <level {3.11} ? {} : {may}}",
                            "Whether TLS is used: none, may (if the server offers it) or encrypt (no mail without"
                                    + " it). Mail"
                                    + " of the levels that verify the server (dane, dane-only, half-dane,"
                                    + " fingerprint, verify, secure) waits: they are not built yet.")
                    .lmtpDefault("");
    public static final Twin<List<String>> POLICY_MAPS =
            Twin.list(
                    "tls_policy_maps",
                    "",
                    "Tables with a level, and attributes, by next hop: as it is written, and by parent"
                            + " domains with a dot before them. Mail whose policy cannot be kept"
                            + " waits.");
    public static final Twin<List<String>> PER_SITE =
            Twin.list(
                    "tls_per_site",
                    "",
                    "The old form of smtp_tls_policy_maps: NONE, MAY, MUST_NOPEERMATCH or MUST by next"
                            + " hop and server.");
    public static final Twin<Boolean> USE_TLS =
            Twin.bool("use_tls", "no", "The old spelling of smtp_tls_security_level = may.");
    public static final Twin<Boolean> ENFORCE_TLS =
            Twin.bool(
                    "enforce_tls",
                    "no",
                    "The old spelling of smtp_tls_security_level = verify, or encrypt if"
                            + " smtp_tls_enforce_peername is no.");
    public static final Twin<Boolean> ENFORCE_PEERNAME =
            Twin.bool(
                    "tls_enforce_peername",
                    "yes",
                    "With smtp_enforce_tls: the server's certificate must name it.");
    public static final Twin<Boolean> WRAPPERMODE =
            Twin.bool(
                    "tls_wrappermode",
                    "no",
                    "TLS from the first octet (port 465); wants smtp_tls_security_level = encrypt.");
    public static final Twin<String> PROTOCOLS =
            Twin.string(
                    "tls_protocols",
                    ">=TLSv1",
                    "Protocols at level may, as smtpd_tls_protocols has them.");
    public static final Twin<String> MANDATORY_PROTOCOLS =
            Twin.string("tls_mandatory_protocols", ">=TLSv1", "Protocols if TLS is required.");
    public static final Twin<String> CIPHERS =
            Twin.string(
                    "tls_ciphers",
                    "medium",
                    "The cipher grade at level may: high, medium (also: export, low) or null. Lists"
                            + " count below TLS 1.3 only.");
    public static final Twin<String> MANDATORY_CIPHERS =
            Twin.string("tls_mandatory_ciphers", "medium", "The cipher grade if TLS is required.");
    public static final Twin<List<String>> EXCLUDE_CIPHERS =
            Twin.list("tls_exclude_ciphers", "", "Ciphers or types of them that are not used.");
    public static final Twin<List<String>> MANDATORY_EXCLUDE_CIPHERS =
            Twin.list(
                    "tls_mandatory_exclude_ciphers",
                    "",
                    "Ciphers or types of them that are not used if TLS is required, besides those of"
                            + " smtp_tls_exclude_ciphers.");
    public static final Twin<String> CAFILE =
            Twin.string(
                    "tls_CAfile",
                    "",
                    "A PEM file of authorities whose certificates of servers are logged as Trusted.");
    public static final Twin<String> CAPATH =
            Twin.string(
                    "tls_CApath",
                    "",
                    "A directory of such files by OpenSSL's hashed names (c_rehash).");
    public static final Twin<Integer> SCERT_VERIFYDEPTH =
            Twin.integer(
                    "tls_scert_verifydepth",
                    "9",
                    0,
                    0,
                    "How many authorities may stand between a server's certificate and one that is"
                            + " trusted (one more is let pass, as in Postfix).");
    public static final Twin<String> FINGERPRINT_DIGEST =
            Twin.string(
                    "tls_fingerprint_digest",
                    "${{$compatibility_level} <level {3.6} ? {md5} : {sha256}}",
                    "The digest of certificates' fingerprints: md5, sha1, sha256, sha512 ….");
    public static final Twin<String> SERVERNAME =
            Twin.string(
                    "tls_servername",
                    "",
                    "The name asked for (SNI): hostname, nexthop or a name; empty for none.");
    public static final Twin<String> LOGLEVEL =
            Twin.string("tls_loglevel", "0", "From 1 on, each handshake is in the log.");
    public static final Twin<Boolean> NOTE_STARTTLS_OFFER =
            Twin.bool(
                    "tls_note_starttls_offer",
                    "no",
                    "Log servers that offer STARTTLS when TLS is not wanted.");
    public static final Twin<Boolean> CONNECTION_REUSE =
            Twin.bool(
                    "tls_connection_reuse",
                    "no",
                    "Sessions within TLS are kept for the next mail, too.");
    public static final Twin<Duration> STARTTLS_TIMEOUT =
            Twin.time("starttls_timeout", "300s", 1, 0, "STARTTLS and the handshake.");
    public static final Param<Duration> MINIMAL_BACKOFF_TIME =
            Param.time(
                    "minimal_backoff_time",
                    "300s",
                    1,
                    0,
                    "From this age on mail of level may goes in clear if TLS fails.");

    private SmtpTlsParams() {}
}

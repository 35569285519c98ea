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
                            "Whether TLS is used: none, may (if the server offers it), encrypt (no"
                                    + " mail without it), fingerprint, verify or secure (no mail to a"
                                    + " server that does not prove who it is), dane (by TLSA records,"
                                    + " where the DNS has them and DNSSEC vouches for them; else may)"
                                    + " or dane-only (no mail without such records).")
                    .lmtpDefault("");
    public static final Twin<List<String>> POLICY_MAPS =
            Twin.list(
                    "tls_policy_maps",
                    "",
                    "Tables with a level, and attributes, by next hop: as it is written, and by"
                            + " parent domains with a dot before them. Mail whose policy cannot be kept"
                            + " waits.");
    public static final Twin<List<String>> PER_SITE =
            Twin.list(
                    "tls_per_site",
                    "",
                    "The old form of smtp_tls_policy_maps: NONE, MAY, MUST_NOPEERMATCH or MUST by"
                            + " next hop and server.");
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
                    "TLS from the first octet (port 465); wants smtp_tls_security_level ="
                            + " encrypt.");
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
                    "Ciphers or types of them that are not used if TLS is required, besides those"
                            + " of smtp_tls_exclude_ciphers.");
    public static final Twin<String> CAFILE =
            Twin.string(
                    "tls_CAfile",
                    "",
                    "A PEM file of authorities whose certificates of servers are trusted.");
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
    public static final Twin<List<String>> FINGERPRINT_CERT_MATCH =
            Twin.list(
                    "tls_fingerprint_cert_match",
                    "",
                    "At level fingerprint: the digests of certificates or public keys, one of which"
                            + " the server's has to have.");
    public static final Twin<List<String>> VERIFY_CERT_MATCH =
            Twin.list(
                    "tls_verify_cert_match",
                    "hostname",
                    "At level verify: the names, one of which the server's certificate has to have:"
                            + " hostname (the server's), nexthop, dot-nexthop (any host below it),"
                            + " or a name, with a dot before it for any host below.");
    public static final Twin<List<String>> SECURE_CERT_MATCH =
            Twin.list(
                            "tls_secure_cert_match",
                            "nexthop, dot-nexthop",
                            "At level secure: the names, one of which the server's certificate has"
                                    + " to have, as smtp_tls_verify_cert_match has them.")
                    .lmtpDefault("nexthop");
    public static final Twin<List<String>> TRUST_ANCHOR_FILE =
            Twin.list(
                    "tls_trust_anchor_file",
                    "",
                    "At levels verify and secure: PEM files of certificates and public keys that"
                            + " count in place of all other authorities.");
    public static final Twin<String> CERT_FILE =
            Twin.string(
                    "tls_cert_file",
                    "",
                    "A PEM file with a certificate of our own and its chain, for servers that ask"
                            + " for one.");
    public static final Twin<String> KEY_FILE =
            Twin.string("tls_key_file", "$smtp_tls_cert_file", "The key to smtp_tls_cert_file.");
    public static final Twin<String> ECCERT_FILE =
            Twin.string(
                    "tls_eccert_file",
                    "",
                    "A PEM file with a certificate of our own for a key of ECDSA, and its chain.");
    public static final Twin<String> ECKEY_FILE =
            Twin.string(
                    "tls_eckey_file", "$smtp_tls_eccert_file", "The key to smtp_tls_eccert_file.");
    public static final Twin<List<String>> CHAIN_FILES =
            Twin.list(
                    "tls_chain_files",
                    "",
                    "PEM files with keys of our own, each followed by its chain; they count in"
                            + " place of smtp_tls_cert_file and smtp_tls_eccert_file.");
    public static final Param<String> DANE_INSECURE_MX_POLICY =
            Param.string(
                    "smtp_tls_dane_insecure_mx_policy",
                    "dane",
                    "At level dane: what is asked of an exchanger with TLSA records whose domain"
                            + " DNSSEC does not vouch for: dane, encrypt or may.");
    public static final Twin<Boolean> FORCE_INSECURE_HOST_TLSA =
            Twin.bool(
                    "tls_force_insecure_host_tlsa_lookup",
                    "no",
                    "At levels dane and dane-only: TLSA records are asked for though DNSSEC does"
                            + " not vouch for the server's address.");
    public static final Param<List<String>> DANE_DIGESTS =
            Param.list(
                    "tls_dane_digests",
                    "sha512 sha256",
                    "Digests of TLSA records, the one liked best first; one but sha256 and sha512"
                            + " with its number, as sha384=3.");
    public static final Twin<Boolean> ENFORCE_STS_MX_PATTERNS =
            Twin.bool(
                    "tls_enforce_sts_mx_patterns",
                    "yes",
                    "A policy of type sts goes by the mail exchangers that its mx_host_pattern"
                            + " attributes allow, and the certificate has to have their name.");
    public static final Twin<String> SERVERNAME =
            Twin.string(
                    "tls_servername",
                    "",
                    "The name asked for (SNI): hostname, nexthop or a name; empty for none.");
    public static final Twin<Boolean> LOG_TLS_FEATURE_STATUS =
            Twin.bool(
                    "log_tls_feature_status",
                    "yes",
                    "A delivery's line in the log says what became of TLS and REQUIRETLS:"
                            + " `tls=may:none`. Where it is not set, from compatibility_level 3.11"
                            + " on.");
    public static final Twin<List<String>> REQUIRETLS_POLICY =
            Twin.list(
                            "requiretls_policy",
                            "inline:{{${domain_to_ascii{$mydomain}}=opportunistic},"
                                    + " {.${domain_to_ascii{$mydomain}}=opportunistic},"
                                    + " {localhost=opportunistic}},"
                                    + " cidr:{{0.0.0.0/0 opportunistic}, {::/0 opportunistic}},"
                                    + " enforce",
                            "What mail with REQUIRETLS asks of a next hop, by its name without"
                                    + " brackets and port: actions, and tables that name one; the first"
                                    + " that says something counts. enforce: verified TLS, and that the"
                                    + " server passes the demand on; opportunistic+starttls: TLS;"
                                    + " opportunistic: nothing; disable: nothing, and it is not told.")
                    .lmtpDefault("opportunistic");
    public static final Twin<Boolean> TLSRPT_ENABLE =
            Twin.bool(
                    "tlsrpt_enable",
                    "no",
                    "What becomes of the TLS of sessions is counted, and domains that ask for it"
                            + " get a report a day (RFC 8460). No program of others is needed for it.");
    public static final Twin<String> LOGLEVEL =
            Twin.string(
                    "tls_loglevel",
                    "0",
                    "0 to 4, or none, routine, debug, ssl-expert, ssl-developer and the words for"
                            + " parts of them: from 1 (routine) on each handshake is in the log, from 2"
                            + " (debug) on the server's certificate, too.");
    public static final Twin<List<String>> LOGLEVEL_MAPS =
            Twin.list(
                    "tls_loglevel_maps",
                    "",
                    "Tables that say smtp_tls_loglevel by server (Postfix 3.12): by its name and"
                            + " its parent domains (.example.com), else its address and its networks"
                            + " (192.0.2); DUNNO leaves it.");
    public static final Twin<Boolean> NOTE_STARTTLS_OFFER =
            Twin.bool(
                    "tls_note_starttls_offer",
                    "no",
                    "Log servers that offer STARTTLS when TLS is not wanted.");
    public static final Twin<Boolean> BLOCK_EARLY_MAIL_REPLY =
            Twin.bool(
                    "tls_block_early_mail_reply",
                    "no",
                    "Mail waits where a server says something after the handshake that no command"
                            + " asked for: somebody may have put commands before ours"
                            + " (CVE-2009-3555).");
    public static final Twin<Boolean> CONNECTION_REUSE =
            Twin.bool(
                    "tls_connection_reuse",
                    "no",
                    "Sessions within TLS are kept for the next mail, too.");
    public static final Twin<String> SESSION_CACHE_DATABASE =
            Twin.string(
                    "tls_session_cache_database",
                    "",
                    "TLS sessions are resumed from memory where this names anything, by mail of one"
                            + " next hop under one policy and login.");
    public static final Twin<Duration> SESSION_CACHE_TIMEOUT =
            Twin.time(
                    "tls_session_cache_timeout",
                    "3600s",
                    0,
                    0,
                    "How long a TLS session can be resumed; 0 for never.");
    public static final Twin<Boolean> TLSRPT_SKIP_REUSED =
            Twin.bool(
                    "tlsrpt_skip_reused_handshakes",
                    "no",
                    "A handshake that resumes a TLS session is in no report (tlsrpt_enable).");
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

package org.postrider.smtpd.tls;

import java.time.Duration;
import java.util.List;
import org.postrider.config.Param;

/// What the administrator can set about TLS in the SMTP server, besides the first of it in
/// [SmtpdParams].
public final class SmtpdTlsParams {
    public static final Param<Boolean> ASK_CCERT =
            Param.bool(
                    "smtpd_tls_ask_ccert",
                    "no",
                    "Ask clients for a certificate; one that is not trusted is no reason to"
                            + " refuse.");
    public static final Param<Boolean> REQ_CCERT =
            Param.bool(
                    "smtpd_tls_req_ccert",
                    "no",
                    "Where TLS is required: refuse clients without a trusted certificate.");
    public static final Param<List<String>> LOGLEVEL_MAPS =
            Param.list(
                    "smtpd_tls_loglevel_maps",
                    "",
                    "Tables that say smtpd_tls_loglevel by client, as smtp_tls_loglevel_maps does"
                            + " by server (Postfix 3.12).");
    public static final Param<String> CAFILE =
            Param.string(
                    "smtpd_tls_CAfile",
                    "",
                    "A PEM file of authorities whose certificates of clients are trusted; clients"
                            + " are told their names.");
    public static final Param<String> CAPATH =
            Param.string(
                    "smtpd_tls_CApath",
                    "",
                    "A directory of such files by OpenSSL's hashed names (c_rehash).");
    public static final Param<Integer> CCERT_VERIFYDEPTH =
            Param.integer(
                    "smtpd_tls_ccert_verifydepth",
                    "9",
                    0,
                    0,
                    "How many authorities may stand between a client's certificate and one that is"
                            + " trusted (one more is let pass, as in Postfix).");
    public static final Param<String> FINGERPRINT_DIGEST =
            Param.string(
                    "smtpd_tls_fingerprint_digest",
                    "${{$compatibility_level} <level {3.6} ? {md5} : {sha256}}",
                    "The digest of certificates' fingerprints: md5, sha1, sha256, sha512 ….");
    public static final Param<String> CIPHERS =
            Param.string(
                    "smtpd_tls_ciphers",
                    "medium",
                    "The cipher grade if TLS is offered: high, medium (also: export, low) or"
                            + " null. Lists count below TLS 1.3 only.");
    public static final Param<String> MANDATORY_CIPHERS =
            Param.string(
                    "smtpd_tls_mandatory_ciphers",
                    "medium",
                    "The cipher grade if TLS is required.");
    public static final Param<List<String>> EXCLUDE_CIPHERS =
            Param.list(
                    "smtpd_tls_exclude_ciphers", "", "Ciphers or types of them that are not used.");
    public static final Param<List<String>> MANDATORY_EXCLUDE_CIPHERS =
            Param.list(
                    "smtpd_tls_mandatory_exclude_ciphers",
                    "",
                    "Ciphers or types of them that are not used if TLS is required, besides those"
                            + " of smtpd_tls_exclude_ciphers.");
    public static final Param<String> EECDH_GRADE =
            Param.string(
                    "smtpd_tls_eecdh_grade",
                    "auto",
                    "Groups of the key exchange: auto, strong and ultra mean tls_eecdh_auto_curves,"
                            + " none the ffdhe groups only.");
    public static final Param<Duration> SESSION_CACHE_TIMEOUT =
            Param.time(
                    "smtpd_tls_session_cache_timeout",
                    "3600s",
                    0,
                    8640000,
                    "How long a session can be resumed; 0 for never.");
    public static final Param<List<String>> SERVER_SNI_MAPS =
            Param.list(
                    "tls_server_sni_maps",
                    "",
                    "Tables of names that clients ask for (SNI), or .parents, with PEM files of a"
                            + " key and its chain each; indexed ones by postmap -F.");
    public static final Param<Boolean> PREEMPT_CIPHERLIST =
            Param.bool(
                    "tls_preempt_cipherlist",
                    "no",
                    "The order of our list counts, not the client's.");

    private SmtpdTlsParams() {}
}

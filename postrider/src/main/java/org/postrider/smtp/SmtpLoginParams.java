package org.postrider.smtp;

import java.time.Duration;
import java.util.List;
import org.postrider.config.Param;

/// What the administrator can set about logins of the SMTP client (SASL_README, the client's half).
public final class SmtpLoginParams {
    public static final Twin<Boolean> AUTH_ENABLE =
            Twin.bool(
                    "sasl_auth_enable",
                    "no",
                    "Log in at servers that offer AUTH and that smtp_sasl_password_maps knows.");
    public static final Twin<List<String>> PASSWORD_MAPS =
            Twin.list(
                    "sasl_password_maps",
                    "",
                    "Tables with `user:password` by sender (with"
                            + " smtp_sender_dependent_authentication), server, and next hop as it"
                            + " is written.");
    public static final Twin<String> RESULT_DELIMITER =
            Twin.string(
                    "sasl_password_result_delimiter",
                    ":",
                    "The one character between user and password in what"
                            + " smtp_sasl_password_maps hold.");
    public static final Twin<Boolean> SENDER_DEPENDENT_AUTHENTICATION =
            Twin.bool(
                    "sender_dependent_authentication",
                    "no",
                    "Passwords are looked up by the sender before all else.");
    public static final Twin<List<String>> MECHANISM_FILTER =
            Twin.list(
                    "sasl_mechanism_filter",
                    "",
                    "Mechanisms of servers that may be used, names and tables; `!name` for one that"
                            + " may not. Empty: all.");
    public static final Twin<List<String>> SECURITY_OPTIONS =
            Twin.list(
                    "sasl_security_options",
                    "noplaintext, noanonymous",
                    "What a mechanism must fulfil outside TLS: noplaintext, noactive, nodictionary,"
                            + " noanonymous, mutual_auth, forward_secrecy.");
    public static final Twin<List<String>> TLS_SECURITY_OPTIONS =
            Twin.list(
                    "sasl_tls_security_options",
                    "$smtp_sasl_security_options",
                    "What a mechanism must fulfil within TLS, in the words of"
                            + " smtp_sasl_security_options.");
    public static final Twin<List<String>> TLS_VERIFIED_SECURITY_OPTIONS =
            Twin.list(
                    "sasl_tls_verified_security_options",
                    "$smtp_sasl_tls_security_options",
                    "What a mechanism must fulfil within TLS where the server has proved who it"
                            + " is, in the words of smtp_sasl_security_options.");
    public static final Twin<String> TYPE =
            Twin.string(
                    "sasl_type",
                    "cyrus",
                    "What logs in; there is cyrus, whose ways this client has itself.");
    public static final Twin<Boolean> SOFT_BOUNCE =
            Twin.bool(
                    "sasl_auth_soft_bounce",
                    "yes",
                    "Mail waits where a server refuses a login for good; otherwise it is returned.");
    public static final Twin<String> CACHE_NAME =
            Twin.string(
                    "sasl_auth_cache_name",
                    "",
                    "A table's name, as Postfix has it: logins that servers refused with 535 are"
                            + " kept beside it, in a file of this server's own, and such a login"
                            + " is not tried again.");
    public static final Twin<Duration> CACHE_TIME =
            Twin.time(
                    "sasl_auth_cache_time",
                    "90d",
                    0,
                    0,
                    "How long a refused login is not tried again.");
    public static final Twin<Boolean> DUMMY_MAIL_AUTH =
            Twin.bool(
                    "send_dummy_mail_auth",
                    "no",
                    "MAIL says AUTH=<> where this client has logged in (RFC 4954).");
    public static final Param<String> OAUTH_CONFIG =
            Param.string(
                    "postrider_oauth_config_file",
                    "/etc/sasl-xoauth2.conf",
                    "The file of sasl-xoauth2 with client_id, client_secret and token_endpoint of"
                            + " logins by XOAUTH2 and OAUTHBEARER; a token file may say each of"
                            + " them for itself.");
    public static final Param<Boolean> SEND_AUTHZID =
            Param.bool(
                    "send_cyrus_sasl_authzid",
                    "no",
                    "A login names the user twice: as who it is, and as who it acts for.");

    private SmtpLoginParams() {}
}

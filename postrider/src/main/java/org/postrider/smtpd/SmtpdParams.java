package org.postrider.smtpd;

import java.time.Duration;
import java.util.List;
import org.postrider.config.Param;

/// What the administrator can set about the SMTP server.
public final class SmtpdParams {
    public static final Param<String> TLS_SECURITY_LEVEL =
            Param.string(
                    "smtpd_tls_security_level",
                    "",
                    "Whether TLS is used: none, may (offer STARTTLS) or encrypt (no mail without"
                            + " it).");
    public static final Param<Boolean> USE_TLS =
            Param.bool(
                    "smtpd_use_tls", "no", "The old spelling of smtpd_tls_security_level = may.");
    public static final Param<Boolean> ENFORCE_TLS =
            Param.bool(
                    "smtpd_enforce_tls",
                    "no",
                    "The old spelling of smtpd_tls_security_level = encrypt.");
    public static final Param<Boolean> TLS_WRAPPERMODE =
            Param.bool("smtpd_tls_wrappermode", "no", "TLS from the first octet (port 465).");
    public static final Param<List<String>> TLS_CHAIN_FILES =
            Param.list(
                    "smtpd_tls_chain_files",
                    "",
                    "PEM files with keys, each followed by its certificates; counts over the"
                            + " others.");
    public static final Param<String> TLS_CERT_FILE =
            Param.string("smtpd_tls_cert_file", "", "A PEM file with our RSA certificates.");
    public static final Param<String> TLS_KEY_FILE =
            Param.string("smtpd_tls_key_file", "$smtpd_tls_cert_file", "Their key.");
    public static final Param<String> TLS_ECCERT_FILE =
            Param.string("smtpd_tls_eccert_file", "", "A PEM file with our ECDSA certificates.");
    public static final Param<String> TLS_ECKEY_FILE =
            Param.string("smtpd_tls_eckey_file", "$smtpd_tls_eccert_file", "Their key.");
    public static final Param<String> TLS_PROTOCOLS =
            Param.string(
                    "smtpd_tls_protocols",
                    ">=TLSv1",
                    "Protocols if TLS is offered; of older ones than TLSv1.2 none is spoken"
                            + " here.");
    public static final Param<String> TLS_MANDATORY_PROTOCOLS =
            Param.string(
                    "smtpd_tls_mandatory_protocols",
                    ">=TLSv1",
                    "Protocols if TLS is required; of older ones than TLSv1.2 none is spoken"
                            + " here.");
    public static final Param<String> TLS_LOGLEVEL =
            Param.string(
                    "smtpd_tls_loglevel",
                    "0",
                    "0 to 4, or words as smtp_tls_loglevel has them: from 1 (routine) on each"
                            + " handshake is in the log.");
    public static final Param<Boolean> TLS_RECEIVED_HEADER =
            Param.bool("smtpd_tls_received_header", "no", "Say in Received: how it was encrypted.");
    public static final Param<Duration> STARTTLS_TIMEOUT =
            Param.time(
                    "smtpd_starttls_timeout",
                    "${stress?{10}:{300}}s",
                    1,
                    0,
                    "How long a handshake may take.");
    public static final Param<List<String>> XCLIENT_HOSTS =
            Param.list(
                    "smtpd_authorized_xclient_hosts",
                    "",
                    "Clients that may say who they are with XCLIENT.");
    public static final Param<List<String>> XFORWARD_HOSTS =
            Param.list(
                    "smtpd_authorized_xforward_hosts",
                    "",
                    "Clients that may say for whom they pass mail on with XFORWARD.");
    public static final Param<List<String>> VERP_CLIENTS =
            Param.list(
                    "smtpd_authorized_verp_clients",
                    "$authorized_verp_clients",
                    "Clients that may ask for a return path for each recipient with XVERP.");
    public static final Param<String> VERP_DELIMITERS =
            Param.string("default_verp_delimiters", "+=", "XVERP's delimiters if it names none.");
    public static final Param<String> VERP_FILTER =
            Param.string(
                    "verp_delimiter_filter", "-=+", "Characters that may be XVERP's delimiters.");
    public static final Param<Boolean> REQUIRETLS_ENABLE =
            Param.bool(
                    "requiretls_enable",
                    "yes",
                    "Within TLS, mail may ask to be sent on within TLS only (RFC 8689).");
    public static final Param<String> MAIL_NAME =
            Param.string("mail_name", "Postfix", "The mail system name in banners and Received:.");
    public static final Param<String> BANNER =
            Param.string(
                    "smtpd_banner",
                    "$myhostname ESMTP $mail_name",
                    "The text after 220 in the greeting.");
    public static final Param<Boolean> HELO_REQUIRED =
            Param.bool("smtpd_helo_required", "no", "MAIL is answered only after HELO or EHLO.");
    public static final Param<Boolean> DISABLE_VRFY =
            Param.bool("disable_vrfy_command", "no", "VRFY is refused and not offered.");
    public static final Param<Boolean> STRICT_ENVELOPES =
            Param.bool(
                    "strict_rfc821_envelopes",
                    "no",
                    "Paths must stand in brackets as RFC 5321 says.");
    public static final Param<List<String>> DISCARD_EHLO_KEYWORDS =
            Param.list("smtpd_discard_ehlo_keywords", "", "EHLO keywords that are not offered.");
    public static final Param<List<String>> DISCARD_EHLO_MAPS =
            Param.list(
                    "smtpd_discard_ehlo_keyword_address_maps",
                    "",
                    "Tables by client address of EHLO keywords that are not offered.");
    public static final Param<List<String>> FORBIDDEN_COMMANDS =
            Param.list(
                    "smtpd_forbidden_commands",
                    "CONNECT GET POST regexp:{{/^[^A-Z]/ Bogus}}",
                    "Commands that end the session at once.");
    public static final Param<List<String>> NOOP_COMMANDS =
            Param.list("smtpd_noop_commands", "", "Commands that are answered like NOOP.");
    public static final Param<String> COMMAND_FILTER =
            Param.string(
                    "smtpd_command_filter",
                    "",
                    "A table of command lines; what it answers is taken instead of the line.");
    public static final Param<String> REJECT_FOOTER =
            Param.raw(
                    "smtpd_reject_footer",
                    "",
                    "Text after every refusal; \\n begins a line, \\c at its begin begins none.");
    public static final Param<List<String>> REJECT_FOOTER_MAPS =
            Param.list(
                    "smtpd_reject_footer_maps",
                    "",
                    "Tables by the text of a refusal, of what stands after it.");
    public static final Param<List<String>> REJECT_FILTER_MAPS =
            Param.list(
                    "smtpd_reject_filter_maps",
                    "",
                    "Tables by the text of a refusal, of the refusal said instead.");
    public static final Param<Long> QUEUE_MINFREE =
            Param.size(
                    "queue_minfree",
                    "0",
                    0,
                    0,
                    "Octets that must be free on the queue's disk; 0 means 1.5 messages.");
    public static final Param<Integer> LINE_LENGTH_LIMIT =
            Param.integer(
                    "line_length_limit",
                    "2048",
                    512,
                    0,
                    "Octets of a line that are taken at once.");
    public static final Param<Integer> RECIPIENT_LIMIT =
            Param.integer("smtpd_recipient_limit", "1000", 1, 0, "Recipients of a message.");
    public static final Param<Integer> RECIPIENT_OVERSHOOT =
            Param.integer(
                    "smtpd_recipient_overshoot_limit",
                    "1000",
                    1,
                    0,
                    "Recipients over the limit before they count as errors.");
    public static final Param<Integer> SOFT_ERROR_LIMIT =
            Param.integer(
                    "smtpd_soft_error_limit", "10", 1, 0, "Errors after which replies are slow.");
    public static final Param<Integer> HARD_ERROR_LIMIT =
            Param.integer(
                    "smtpd_hard_error_limit",
                    "${stress?{1}:{20}}",
                    1,
                    0,
                    "Errors after which the session ends.");
    public static final Param<Integer> JUNK_COMMAND_LIMIT =
            Param.integer(
                    "smtpd_junk_command_limit",
                    "${stress?{1}:{100}}",
                    1,
                    0,
                    "NOOP, VRFY, ETRN and RSET that are free of blame between messages.");
    public static final Param<Duration> ERROR_SLEEP =
            Param.time("smtpd_error_sleep_time", "1s", 0, 0, "How slow a reply after errors is.");
    public static final Param<Duration> TIMEOUT =
            Param.time(
                    "smtpd_timeout",
                    "${stress?{10}:{300}}s",
                    1,
                    0,
                    "How long a client may be silent.");
    public static final Param<Boolean> PER_REQUEST_DEADLINE =
            Param.bool(
                    "smtpd_per_request_deadline",
                    "${smtpd_per_record_deadline?{$smtpd_per_record_deadline}:"
                            + "{${stress?{yes}:{no}}}}",
                    "Whether smtpd_timeout limits a whole request, not each read.");
    public static final Param<Integer> MIN_DATA_RATE =
            Param.integer(
                    "smtpd_min_data_rate",
                    "500",
                    1,
                    0,
                    "Octets a second of content that a deadline per request wants.");
    public static final Param<String> BARE_NEWLINE =
            Param.string(
                    "smtpd_forbid_bare_newline",
                    "normalize",
                    "What is done with lines that end in LF alone: normalize, reject, note, no.");
    public static final Param<List<String>> BARE_NEWLINE_EXCLUSIONS =
            Param.list(
                    "smtpd_forbid_bare_newline_exclusions",
                    "$mynetworks",
                    "Clients that the bare newline rule spares.");
    public static final Param<Integer> BARE_NEWLINE_CODE =
            Param.integer(
                    "smtpd_forbid_bare_newline_reject_code",
                    "550",
                    400,
                    599,
                    "The reply code for a bare newline that smtpd_forbid_bare_newline rejects.");
    public static final Param<Boolean> FORBID_UNAUTH_PIPELINING =
            Param.bool(
                    "smtpd_forbid_unauth_pipelining",
                    "yes",
                    "Ends sessions whose client sends before it may.");
    public static final Param<Boolean> SOFT_BOUNCE =
            Param.bool("soft_bounce", "no", "Every 5xx reply becomes 4xx.");
    public static final Param<Boolean> PEERNAME_LOOKUP =
            Param.bool("smtpd_peername_lookup", "yes", "The client's name is looked up.");
    public static final Param<Boolean> CLIENT_PORT_LOGGING =
            Param.bool("smtpd_client_port_logging", "no", "The client's port is logged.");
    public static final Param<Boolean> LOG_RULE =
            Param.bool(
                    "smtpd_log_rule",
                    "no",
                    "The log line of a refusal names the restriction that refused, and where its"
                            + " list is set.");
    public static final Param<Boolean> DELAY_OPEN =
            Param.bool(
                    "smtpd_delay_open_until_valid_rcpt",
                    "yes",
                    "A mail has its queue id from the first good recipient on, else from MAIL on.");
    public static final Param<Boolean> HIDE_CLIENT_SESSION =
            Param.bool(
                    "smtpd_hide_client_session",
                    "no",
                    "Received: says nothing of the client and its session (for submission).");
    public static final Param<Boolean> SMTPUTF8_ENABLE =
            Param.bool(
                    "smtputf8_enable",
                    "${{$compatibility_level} <level {1} ? {no} : {yes}}",
                    "RFC 6531 addresses are taken.");
    public static final Param<String> RECIPIENT_DELIMITER =
            Param.string("recipient_delimiter", "", "What parts a user name from its extension.");
    public static final Param<Boolean> STRICT_SMTPUTF8 =
            Param.bool(
                    "strict_smtputf8",
                    "no",
                    "Whether an address beyond ASCII needs SMTPUTF8 with MAIL.");
    public static final Param<String> CLEANUP_SERVICE =
            Param.string("cleanup_service_name", "cleanup", "The cleanup service to hand mail to.");
    public static final Param<String> REWRITE_SERVICE =
            Param.string(
                    "rewrite_service_name", "rewrite", "The address rewriting service to ask.");
    public static final Param<List<String>> FAST_FLUSH_DOMAINS =
            Param.list("fast_flush_domains", "$relay_domains", "Domains that ETRN serves.");
    public static final Param<String> PROXY_FILTER =
            Param.string(
                    "smtpd_proxy_filter",
                    "",
                    "The filter that this listener's mail passes before it is accepted:"
                            + " `host:port`, `inet:host:port` or `unix:path` (SMTPD_PROXY_README).");
    public static final Param<String> PROXY_EHLO =
            Param.string(
                    "smtpd_proxy_ehlo",
                    "$myhostname",
                    "How the server calls itself at smtpd_proxy_filter.");
    public static final Param<Duration> PROXY_TIMEOUT =
            Param.time(
                    "smtpd_proxy_timeout",
                    "100s",
                    1,
                    0,
                    "How long connecting to smtpd_proxy_filter may take, and each command with its"
                            + " reply.");
    public static final Param<List<String>> PROXY_OPTIONS =
            Param.list(
                    "smtpd_proxy_options",
                    "",
                    "With speed_adjust the filter is asked when the whole mail is there.");

    public static final Param<Boolean> SASL_AUTH_ENABLE =
            Param.bool("smtpd_sasl_auth_enable", "no", "AUTH is offered (RFC 4954).");
    public static final Param<String> SASL_TYPE =
            Param.string(
                    "smtpd_sasl_type", "cyrus", "What authenticates: cyrus (settings) or dovecot.");
    public static final Param<String> SASL_PATH =
            Param.string(
                    "smtpd_sasl_path",
                    "smtpd",
                    "The name of the Cyrus settings without .conf, or Dovecot's socket.");
    public static final Param<String> CYRUS_CONFIG_PATH =
            Param.string(
                    "cyrus_sasl_config_path", "", "Directories of Cyrus settings, between colons.");
    public static final Param<String> SASL_SERVICE =
            Param.string("smtpd_sasl_service", "smtp", "The service that the back end is told.");
    public static final Param<String> SASL_LOCAL_DOMAIN =
            Param.string(
                    "smtpd_sasl_local_domain", "", "The realm of users who do not name theirs.");
    public static final Param<List<String>> SASL_SECURITY_OPTIONS =
            Param.list(
                    "smtpd_sasl_security_options",
                    "noanonymous",
                    "What a mechanism must fulfil without TLS.");
    public static final Param<List<String>> SASL_TLS_SECURITY_OPTIONS =
            Param.list(
                    "smtpd_sasl_tls_security_options",
                    "$smtpd_sasl_security_options",
                    "What a mechanism must fulfil within TLS.");
    public static final Param<List<String>> SASL_MECHANISM_FILTER =
            Param.list(
                    "smtpd_sasl_mechanism_filter",
                    "!external, static:rest",
                    "The mechanisms that EHLO offers of those there are.");
    public static final Param<List<String>> SASL_EXCEPTIONS_NETWORKS =
            Param.list(
                    "smtpd_sasl_exceptions_networks", "", "Clients to whom AUTH is not offered.");
    public static final Param<Boolean> BROKEN_SASL_CLIENTS =
            Param.bool(
                    "broken_sasl_auth_clients",
                    "no",
                    "AUTH is offered as AUTH= too, for old ones.");
    public static final Param<Boolean> SASL_AUTHENTICATED_HEADER =
            Param.bool(
                    "smtpd_sasl_authenticated_header", "no", "Received: names who authenticated.");
    public static final Param<Integer> SASL_RESPONSE_LIMIT =
            Param.integer(
                    "smtpd_sasl_response_limit", "12288", 1, 0, "Octets of a client's response.");
    public static final Param<Boolean> TLS_AUTH_ONLY =
            Param.bool("smtpd_tls_auth_only", "no", "AUTH is offered within TLS only.");

    private SmtpdParams() {}
}

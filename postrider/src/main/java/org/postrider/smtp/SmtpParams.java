package org.postrider.smtp;

import java.time.Duration;
import java.util.List;
import org.postrider.config.Param;

/// What the administrator can set about the SMTP client.
public final class SmtpParams {
    public static final Param<String> HELO_NAME =
            Param.string("smtp_helo_name", "$myhostname", "The name in EHLO and HELO.");
    public static final Param<List<String>> HOST_LOOKUP =
            Param.list("smtp_host_lookup", "dns", "How hosts are looked up: dns, native.");
    public static final Param<String> DNS_SUPPORT_LEVEL =
            Param.string(
                    "smtp_dns_support_level",
                    "",
                    "With disabled no domain has a mail exchanger, hosts are looked up as the"
                            + " system does. enabled and dnssec are alike: no level of TLS that needs"
                            + " DNSSEC is built.");
    public static final Param<Boolean> DISABLE_DNS_LOOKUPS =
            Param.bool(
                    "disable_dns_lookups",
                    "no",
                    "The old spelling of smtp_dns_support_level = disabled.");
    public static final Param<List<String>> INET_PROTOCOLS =
            Param.list("inet_protocols", "all", "The internet protocols that are used.");
    public static final Param<String> ADDRESS_PREFERENCE =
            Param.string("smtp_address_preference", "any", "Which protocol is tried first.");
    public static final Param<Boolean> RANDOMIZE =
            Param.bool(
                    "smtp_randomize_addresses", "yes", "Equal servers are tried in random order.");
    public static final Param<Integer> ADDRESS_LIMIT =
            Param.integer("smtp_mx_address_limit", "5", 0, 0, "Addresses that are tried; 0: all.");
    public static final Param<Integer> SESSION_LIMIT =
            Param.integer("smtp_mx_session_limit", "2", 0, 0, "Sessions that are tried; 0: all.");
    public static final Param<List<String>> FALLBACK_RELAY =
            Param.list(
                    "smtp_fallback_relay", "$fallback_relay", "Hosts for what nobody else takes.");
    public static final Param<String> BIND_ADDRESS =
            Param.string("smtp_bind_address", "", "The local IPv4 address of connections.");
    public static final Param<Boolean> SKIP_5XX =
            Param.bool("smtp_skip_5xx_greeting", "yes", "A 5xx greeting means the next server.");
    public static final Param<Boolean> ALWAYS_EHLO =
            Param.bool("smtp_always_send_ehlo", "yes", "EHLO is sent whatever the banner says.");
    public static final Param<Boolean> NEVER_EHLO =
            Param.bool("smtp_never_send_ehlo", "no", "EHLO is never sent.");
    public static final Param<Integer> LINE_LIMIT =
            Param.integer(
                    "smtp_line_length_limit",
                    "998",
                    0,
                    0,
                    "Octets of a line that is sent; 0 for no limit.");
    public static final Param<Integer> REPLY_LINE_LIMIT =
            Param.integer("line_length_limit", "2048", 512, 0, "Octets of a line that are taken.");
    public static final Param<String> TCP_PORT =
            Param.string("smtp_tcp_port", "smtp", "The port if none is named.");
    public static final Param<Boolean> CACHE_ON_DEMAND =
            Param.bool("smtp_connection_cache_on_demand", "yes", "Connections are used again.");
    public static final Param<Duration> CACHE_TIME =
            Param.time("smtp_connection_cache_time_limit", "2s", 1, 0, "How long one may idle.");
    public static final Param<Duration> REUSE_TIME =
            Param.time("smtp_connection_reuse_time_limit", "300s", 1, 0, "How long one is used.");
    public static final Param<Integer> REUSE_COUNT =
            Param.integer(
                    "smtp_connection_reuse_count_limit", "0", 0, 0, "How often; 0: no limit.");
    public static final Param<Duration> CONNECT_TIMEOUT =
            Param.time("smtp_connect_timeout", "30s", 0, 0, "How long connecting may take.");
    public static final Param<Duration> HELO_TIMEOUT =
            Param.time("smtp_helo_timeout", "300s", 1, 0, "Greeting and EHLO.");
    public static final Param<Duration> MAIL_TIMEOUT =
            Param.time("smtp_mail_timeout", "300s", 1, 0, "MAIL FROM.");
    public static final Param<Duration> RCPT_TIMEOUT =
            Param.time("smtp_rcpt_timeout", "300s", 1, 0, "RCPT TO.");
    public static final Param<Duration> DATA_INIT_TIMEOUT =
            Param.time("smtp_data_init_timeout", "120s", 1, 0, "DATA.");
    public static final Param<Duration> DATA_XFER_TIMEOUT =
            Param.time("smtp_data_xfer_timeout", "180s", 1, 0, "The content.");
    public static final Param<Duration> DATA_DONE_TIMEOUT =
            Param.time("smtp_data_done_timeout", "600s", 1, 0, "The final dot.");

    public static final Param<List<String>> PROXY_INTERFACES =
            Param.list(
                    "proxy_interfaces",
                    "",
                    "Addresses on which mail reaches this machine through a proxy or translator."
                            + " A mail exchanger there is this machine itself.");
    public static final Param<Boolean> BALANCE =
            Param.bool(
                    "smtp_balance_inet_protocols",
                    "yes",
                    "Where more addresses are found than are tried, IPv4 and IPv6 each keep a"
                            + " share.");
    public static final Param<Boolean> IGNORE_MX_ERROR =
            Param.bool(
                    "ignore_mx_lookup_error",
                    "no",
                    "After a failed MX lookup the domain's own address is used instead of"
                            + " waiting.");
    public static final Param<Boolean> DEFER_WITHOUT_ADDRESS =
            Param.bool(
                    "smtp_defer_if_no_mx_address_found",
                    "no",
                    "Mail for a domain none of whose mail exchangers has an address waits instead"
                            + " of being returned.");
    public static final Param<Boolean> QUOTE_ENVELOPE =
            Param.bool(
                    "smtp_quote_rfc821_envelope",
                    "yes",
                    "Local parts that need it are quoted in MAIL and RCPT.");
    public static final Param<List<String>> DISCARD_EHLO =
            Param.list(
                    "smtp_discard_ehlo_keywords",
                    "",
                    "EHLO keywords of servers that are passed over.");
    public static final Param<List<String>> DISCARD_EHLO_MAPS =
            Param.list(
                    "smtp_discard_ehlo_keyword_address_maps",
                    "",
                    "Tables with the keywords that are passed over by a server's address; count"
                            + " over smtp_discard_ehlo_keywords.");
    public static final Param<Boolean> SASL_AUTH_ENABLE =
            Param.bool(
                    "smtp_sasl_auth_enable",
                    "no",
                    "Log in at servers that smtp_sasl_password_maps knows. Not built yet: mail for"
                            + " them waits, other mail goes.");
    public static final Param<List<String>> SASL_PASSWORD_MAPS =
            Param.list(
                    "smtp_sasl_password_maps",
                    "",
                    "Tables with `user:password` by server, next hop and, with"
                            + " smtp_sender_dependent_authentication, sender.");
    public static final Param<Boolean> SENDER_DEPENDENT_AUTHENTICATION =
            Param.bool(
                    "smtp_sender_dependent_authentication",
                    "no",
                    "Passwords are looked up by the sender before all else.");
    public static final Param<Boolean> NO_CONVERSION =
            Param.bool(
                    "disable_mime_output_conversion",
                    "no",
                    "8-bit mail goes as it is to servers that do not offer 8BITMIME.");
    public static final Param<Duration> RSET_TIMEOUT =
            Param.time("smtp_rset_timeout", "20s", 1, 0, "How long RSET may take.");
    public static final Param<String> BIND_ADDRESS6 =
            Param.string("smtp_bind_address6", "", "The local IPv6 address of connections.");
    public static final Param<Boolean> BIND_ENFORCE =
            Param.bool(
                    "smtp_bind_address_enforce",
                    "no",
                    "Mail waits if the local address cannot be used; otherwise any is taken.");

    private SmtpParams() {}
}

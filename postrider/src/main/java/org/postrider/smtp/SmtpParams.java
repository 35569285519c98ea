package org.postrider.smtp;

import java.time.Duration;
import java.util.List;
import org.postrider.config.Param;

/// What the administrator can set about the SMTP client.
public final class SmtpParams {
    public static final Twin<String> HELO_NAME =
            Twin.string(
                            "helo_name",
                            "$myhostname",
                            "The name that this client gives itself in EHLO.")
                    .lmtpName("lhlo_name");
    public static final Twin<List<String>> HOST_LOOKUP =
            Twin.list("host_lookup", "dns", "How hosts are looked up: dns, native.");
    public static final Twin<String> DNS_SUPPORT_LEVEL =
            Twin.string(
                    "dns_support_level",
                    "",
                    "With disabled no domain has a mail exchanger, hosts are looked up as the"
                            + " system does; dnssec is what the dane levels of TLS need.");
    public static final Param<Boolean> DISABLE_DNS_LOOKUPS =
            Param.bool(
                    "disable_dns_lookups",
                    "no",
                    "The old spelling of smtp_dns_support_level = disabled.");
    public static final Param<List<String>> INET_PROTOCOLS =
            Param.list("inet_protocols", "all", "The internet protocols that are used.");
    public static final Twin<String> ADDRESS_PREFERENCE =
            Twin.string("address_preference", "any", "Which protocol is tried first.");
    public static final Twin<Boolean> RANDOMIZE =
            Twin.bool("randomize_addresses", "yes", "Equal servers are tried in random order.");
    public static final Twin<Integer> ADDRESS_LIMIT =
            Twin.integer("mx_address_limit", "5", 0, 0, "Addresses that are tried; 0: all.");
    public static final Twin<Integer> SESSION_LIMIT =
            Twin.integer("mx_session_limit", "2", 0, 0, "Sessions that are tried; 0: all.");
    public static final Twin<List<String>> FALLBACK_RELAY =
            Twin.list("fallback_relay", "$fallback_relay", "Hosts for what nobody else takes.")
                    .lmtpDefault("");
    public static final Twin<String> BIND_ADDRESS =
            Twin.string("bind_address", "", "The local IPv4 address of connections.");
    public static final Twin<Boolean> SKIP_5XX =
            Twin.bool("skip_5xx_greeting", "yes", "A 5xx greeting means the next server.");
    public static final Param<Boolean> ALWAYS_EHLO =
            Param.bool("smtp_always_send_ehlo", "yes", "EHLO is sent whatever the banner says.");
    public static final Param<Boolean> NEVER_EHLO =
            Param.bool("smtp_never_send_ehlo", "no", "EHLO is never sent.");
    public static final Twin<Integer> LINE_LIMIT =
            Twin.integer(
                    "line_length_limit",
                    "998",
                    0,
                    0,
                    "Octets of a line that is sent; 0 for no limit.");
    public static final Twin<Integer> CHUNK_SIZE =
            Twin.integer(
                    "chunk_size",
                    "0",
                    0,
                    1 << 20,
                    "A server that offers CHUNKING (RFC 3030) gets a content in chunks of so many"
                            + " octets, by BDAT; 0: every content goes behind DATA, as Postfix"
                            + " does.");
    public static final Param<Integer> REPLY_LINE_LIMIT =
            Param.integer("line_length_limit", "2048", 512, 0, "Octets of a line that are taken.");
    public static final Twin<String> TCP_PORT =
            Twin.string("tcp_port", "smtp", "The port if none is named.").lmtpDefault("24");
    public static final Twin<Boolean> CACHE_ON_DEMAND =
            Twin.bool("connection_cache_on_demand", "yes", "Connections are used again.");
    public static final Twin<List<String>> CACHE_DESTINATIONS =
            Twin.list(
                    "connection_cache_destinations",
                    "",
                    "Next hops, without brackets and port, whose connections are used again whether"
                            + " or not more mail waits for them; also with"
                            + " smtp_connection_cache_on_demand = no.");
    public static final Twin<Duration> CACHE_TIME =
            Twin.time("connection_cache_time_limit", "2s", 1, 0, "How long one may idle.");
    public static final Twin<Duration> REUSE_TIME =
            Twin.time("connection_reuse_time_limit", "300s", 1, 0, "How long one is used.");
    public static final Twin<Integer> REUSE_COUNT =
            Twin.integer("connection_reuse_count_limit", "0", 0, 0, "How often; 0: no limit.");
    public static final Twin<Duration> CONNECT_TIMEOUT =
            Twin.time("connect_timeout", "30s", 0, 0, "How long connecting may take.")
                    .lmtpDefault("0s");
    public static final Twin<Duration> HELO_TIMEOUT =
            Twin.time("helo_timeout", "300s", 1, 0, "Greeting and EHLO.").lmtpName("lhlo_timeout");
    public static final Twin<Duration> MAIL_TIMEOUT =
            Twin.time("mail_timeout", "300s", 1, 0, "MAIL FROM.");
    public static final Twin<Duration> RCPT_TIMEOUT =
            Twin.time("rcpt_timeout", "300s", 1, 0, "RCPT TO.");
    public static final Twin<Duration> DATA_INIT_TIMEOUT =
            Twin.time("data_init_timeout", "120s", 1, 0, "DATA.");
    public static final Twin<Duration> DATA_XFER_TIMEOUT =
            Twin.time("data_xfer_timeout", "180s", 1, 0, "The content.");
    public static final Twin<Duration> DATA_DONE_TIMEOUT =
            Twin.time("data_done_timeout", "600s", 1, 0, "The final dot.");

    public static final Twin<Boolean> PER_REQUEST_DEADLINE =
            Twin.bool(
                    "per_request_deadline",
                    "${smtp_per_record_deadline?{$smtp_per_record_deadline}:{no}}",
                    "A time limit holds for a request and its reply together, and"
                            + " smtp_data_xfer_timeout for a whole content, for whose octets"
                            + " smtp_min_data_rate adds time. Otherwise it holds for the request,"
                            + " for the reply, and for each write of a content.");
    public static final Twin<Integer> MIN_DATA_RATE =
            Twin.integer(
                    "min_data_rate",
                    "500",
                    1,
                    0,
                    "Octets of content that a server has to take in a second, with"
                            + " smtp_per_request_deadline.");
    public static final Twin<List<String>> PIX_WORKAROUNDS =
            Twin.list(
                    "pix_workarounds",
                    "disable_esmtp,delay_dotcrlf",
                    "What is done for a server whose greeting a PIX firewall has made stars of:"
                            + " disable_esmtp, HELO is said; delay_dotcrlf, the final dot waits.");
    public static final Twin<List<String>> PIX_WORKAROUND_MAPS =
            Twin.list(
                    "pix_workaround_maps",
                    "",
                    "Tables with what smtp_pix_workarounds is for a server's address.");
    public static final Twin<Duration> PIX_THRESHOLD =
            Twin.time(
                    "pix_workaround_threshold_time",
                    "500s",
                    0,
                    0,
                    "The age of a mail from which delay_dotcrlf of smtp_pix_workarounds counts.");
    public static final Twin<Duration> PIX_DELAY =
            Twin.time(
                    "pix_workaround_delay_time",
                    "10s",
                    1,
                    0,
                    "How long the final dot waits with delay_dotcrlf of smtp_pix_workarounds.");

    public static final Param<List<String>> PROXY_INTERFACES =
            Param.list(
                    "proxy_interfaces",
                    "",
                    "Addresses on which mail reaches this machine through a proxy or translator."
                            + " A mail exchanger there is this machine itself.");
    public static final Twin<Boolean> BALANCE =
            Twin.bool(
                    "balance_inet_protocols",
                    "yes",
                    "Where more addresses are found than are tried, IPv4 and IPv6 each keep a"
                            + " share.");
    public static final Param<Boolean> IGNORE_MX_ERROR =
            Param.bool(
                    "ignore_mx_lookup_error",
                    "no",
                    "After a failed MX lookup the domain's own address is used instead of"
                            + " waiting.");
    public static final Twin<Boolean> DEFER_WITHOUT_ADDRESS =
            Twin.bool(
                    "defer_if_no_mx_address_found",
                    "no",
                    "Mail for a domain none of whose mail exchangers has an address waits instead"
                            + " of being returned.");
    public static final Param<List<String>> USE_SRV_LOOKUP =
            Param.list(
                    "use_srv_lookup",
                    "",
                    "The services, as a next hop names them behind its colon (`submission`), whose"
                            + " servers are found by SRV records of the domain. A domain in"
                            + " brackets is always a host.");
    public static final Param<Boolean> ALLOW_SRV_FALLBACK =
            Param.bool(
                    "allow_srv_lookup_fallback",
                    "no",
                    "Where there are no usable SRV records servers are found as if none were looked"
                            + " up.");
    public static final Param<Boolean> IGNORE_SRV_ERROR =
            Param.bool(
                    "ignore_srv_lookup_error",
                    "no",
                    "Where SRV records cannot be looked up servers are found as if none were looked"
                            + " up, instead of waiting.");
    public static final Param<String> BEST_MX_TRANSPORT =
            Param.string(
                    "best_mx_transport",
                    "",
                    "The `transport:nexthop` that gets mail for a domain whose best mail exchanger"
                            + " is this machine, though it is none of its own domains; empty: such"
                            + " mail is returned.");
    public static final Twin<List<String>> GENERIC_MAPS =
            Twin.list(
                    "generic_maps",
                    "",
                    "Tables that put other addresses in the place of ours, in envelope and header,"
                            + " as mail leaves (generic(5)).");
    public static final Twin<List<String>> HEADER_CHECKS =
            Twin.list(
                    "header_checks",
                    "",
                    "Tables that look at the fields of a message's own header as it leaves, but for"
                            + " those of MIME (header_checks(5)).");
    public static final Twin<List<String>> MIME_HEADER_CHECKS =
            Twin.list(
                    "mime_header_checks",
                    "",
                    "Tables that look at the MIME fields of a message that leaves, and at the"
                            + " headers of its parts.");
    public static final Twin<List<String>> NESTED_HEADER_CHECKS =
            Twin.list(
                    "nested_header_checks",
                    "",
                    "Tables that look at the headers of messages within a message that leaves.");
    public static final Twin<List<String>> BODY_CHECKS =
            Twin.list(
                    "body_checks",
                    "",
                    "Tables that look at the lines of a message that leaves, but for its headers.");
    public static final Twin<Boolean> SEND_XFORWARD =
            Twin.bool(
                    "send_xforward_command",
                    "no",
                    "A server that offers XFORWARD is told where mail came from, as a content"
                            + " filter wants it (XFORWARD_README).");
    public static final Twin<Duration> XFORWARD_TIMEOUT =
            Twin.time(
                    "xforward_timeout", "300s", 1, 0, "How long XFORWARD and its reply may take.");
    public static final Twin<Boolean> QUOTE_ENVELOPE =
            Twin.bool(
                    "quote_rfc821_envelope",
                    "yes",
                    "Local parts that need it are quoted in MAIL and RCPT.");
    public static final Twin<List<String>> DISCARD_EHLO =
            Twin.list("discard_ehlo_keywords", "", "EHLO keywords of servers that are passed over.")
                    .lmtpName("discard_lhlo_keywords");
    public static final Twin<List<String>> DISCARD_EHLO_MAPS =
            Twin.list(
                            "discard_ehlo_keyword_address_maps",
                            "",
                            "Tables with the keywords that are passed over by a server's address;"
                                    + " count over smtp_discard_ehlo_keywords.")
                    .lmtpName("discard_lhlo_keyword_address_maps");
    public static final Twin<String> VERIFY_TARGET =
            Twin.string(
                    "address_verify_target",
                    "rcpt",
                    "How far a server is asked where an address is verified: `rcpt`, or `data` for"
                            + " one that refuses recipients only then.");
    public static final Param<Boolean> NO_CONVERSION =
            Param.bool(
                    "disable_mime_output_conversion",
                    "no",
                    "8-bit mail goes as it is to servers that do not offer 8BITMIME.");
    public static final Twin<Duration> RSET_TIMEOUT =
            Twin.time("rset_timeout", "20s", 1, 0, "How long RSET may take.");
    public static final Twin<String> BIND_ADDRESS6 =
            Twin.string("bind_address6", "", "The local IPv6 address of connections.");
    public static final Twin<Boolean> BIND_ENFORCE =
            Twin.bool(
                    "bind_address_enforce",
                    "no",
                    "Mail waits if the local address cannot be used; otherwise any is taken.");

    public static final Twin<List<String>> DNS_RESOLVER_OPTIONS =
            Twin.list(
                    "dns_resolver_options",
                    "",
                    "Where names of hosts are looked up besides as they are: res_defnames, one"
                            + " without a dot below the first domain of resolv.conf's search list;"
                            + " res_dnsrch, others below each of its domains.");
    public static final Twin<String> DNSSEC_TRUST_ANCHOR_FILE =
            Twin.string(
                    "dnssec_trust_anchor_file",
                    "",
                    "With smtp_dns_support_level = dnssec: a file of DS or DNSKEY records of the"
                            + " root zone, or of others, by which all answers of name servers are"
                            + " validated by the SMTP client itself; what is no good makes mail wait."
                            + " Empty: what a name server says of an answer (the AD bit) counts.");
    public static final Twin<List<String>> DNS_REPLY_FILTER =
            Twin.list(
                    "dns_reply_filter",
                    "",
                    "Tables that are asked for each record of an MX or address lookup; one for"
                            + " which they answer IGNORE is passed over. Mail waits where nothing is"
                            + " left, and where they answer anything else or not at all.");
    public static final Twin<List<String>> DELIVERY_STATUS_FILTER =
            Twin.list(
                    "delivery_status_filter",
                    "$default_delivery_status_filter",
                    "Tables that are asked for a delivery's `status text`, and what they answer"
                            + " takes its place: success stays success, what failed for good and what"
                            + " failed for now may change places.");
    public static final Twin<String> REPLY_FILTER =
            Twin.string(
                    "reply_filter",
                    "",
                    "A table that is asked for each line of a server's replies, and what it answers"
                            + " takes the line's place. Mail waits where it cannot answer.");
    public static final Twin<Boolean> SKIP_QUIT_RESPONSE =
            Twin.bool(
                            "skip_quit_response",
                            "yes",
                            "The connection is closed without waiting for the reply to QUIT.")
                    .lmtpDefault("no");
    public static final Twin<Duration> QUIT_TIMEOUT =
            Twin.time("quit_timeout", "300s", 1, 0, "How long QUIT and its reply may take.");
    public static final Param<Boolean> ASSUME_FINAL =
            Param.bool(
                    "lmtp_assume_final",
                    "no",
                    "A server that does not offer DSN is taken for the last on the way: senders who"
                            + " asked for it are told that their mail was delivered, not that it was"
                            + " relayed.");

    private SmtpParams() {}
}

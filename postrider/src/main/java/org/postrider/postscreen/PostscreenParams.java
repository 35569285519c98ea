package org.postrider.postscreen;

import java.time.Duration;
import java.util.List;
import org.postrider.config.Param;

/// What the administrator can set about the screening of clients.
public final class PostscreenParams {
    public static final Param<List<String>> ACCESS_LIST =
            Param.list(
                    "postscreen_access_list",
                    "permit_mynetworks",
                    "Which clients are let through, or refused, at once: permit_mynetworks, permit,"
                            + " reject, dunno and tables by address of these.");
    public static final Param<List<String>> ALLOWLIST_INTERFACES =
            Param.list(
                    "postscreen_allowlist_interfaces",
                    "${postscreen_whitelist_interfaces?{$postscreen_whitelist_interfaces}:{static:all}}",
                    "Addresses of this server at which a new client can pass the tests; elsewhere"
                            + " it is put off.");
    public static final Param<String> BARE_NEWLINE_ACTION =
            Param.string(
                    "postscreen_bare_newline_action",
                    "ignore",
                    "What becomes of a client that ends a line with LF alone: ignore, enforce or"
                            + " drop.");
    public static final Param<Boolean> BARE_NEWLINE_ENABLE =
            Param.bool(
                    "postscreen_bare_newline_enable",
                    "no",
                    "Whether lines that end in LF alone are looked for.");
    public static final Param<Duration> BARE_NEWLINE_TTL =
            Param.time(
                    "postscreen_bare_newline_ttl",
                    "30d",
                    1,
                    0,
                    "How long a passed bare newline test counts.");
    public static final Param<Duration> CACHE_CLEANUP_INTERVAL =
            Param.time(
                    "postscreen_cache_cleanup_interval",
                    "12h",
                    0,
                    0,
                    "How often what has expired is taken out of the cache; 0 for never.");
    public static final Param<Integer> CACHE_LIMIT =
            Param.integer(
                    "postrider_postscreen_cache_limit",
                    "100000",
                    1,
                    0,
                    "Clients that a cache of postscreen remembers, some 200 octets of memory each;"
                            + " who was not seen for the longest time is forgotten for one more.");
    public static final Param<String> CACHE_MAP =
            Param.string(
                    "postscreen_cache_map",
                    "$default_cache_db_type:$data_directory/postscreen_cache",
                    "Where passed tests are remembered; empty for nowhere.");
    public static final Param<Duration> CACHE_RETENTION_TIME =
            Param.time(
                    "postscreen_cache_retention_time",
                    "7d",
                    1,
                    0,
                    "How long a client is remembered after the last of its tests has expired.");
    public static final Param<Integer> CLIENT_CONNECTION_COUNT_LIMIT =
            Param.integer(
                    "postscreen_client_connection_count_limit",
                    "$smtpd_client_connection_count_limit",
                    0,
                    0,
                    "Connections that one client may have at a time; 0 for no limit.");
    public static final Param<Integer> COMMAND_COUNT_LIMIT =
            Param.integer(
                    "postscreen_command_count_limit",
                    "20",
                    1,
                    0,
                    "Commands of one session of the built-in SMTP engine.");
    public static final Param<String> COMMAND_FILTER =
            Param.string(
                    "postscreen_command_filter",
                    "",
                    "A table of command lines; what it answers is taken instead of the line.");
    public static final Param<Duration> COMMAND_TIME_LIMIT =
            Param.time(
                    "postscreen_command_time_limit",
                    "${stress?{10}:{300}}s",
                    1,
                    0,
                    "How long a client may take for one command line.");
    public static final Param<String> DENYLIST_ACTION =
            Param.string(
                    "postscreen_denylist_action",
                    "${postscreen_blacklist_action?{$postscreen_blacklist_action}:{ignore}}",
                    "What becomes of a client that postscreen_access_list rejects: ignore, enforce"
                            + " or drop.");
    public static final Param<Boolean> DISABLE_VRFY_COMMAND =
            Param.bool(
                    "postscreen_disable_vrfy_command",
                    "$disable_vrfy_command",
                    "VRFY is refused as disabled.");
    public static final Param<List<String>> DISCARD_EHLO_KEYWORD_ADDRESS_MAPS =
            Param.list(
                    "postscreen_discard_ehlo_keyword_address_maps",
                    "$smtpd_discard_ehlo_keyword_address_maps",
                    "Tables by client address of EHLO keywords that are not offered.");
    public static final Param<List<String>> DISCARD_EHLO_KEYWORDS =
            Param.list(
                    "postscreen_discard_ehlo_keywords",
                    "$smtpd_discard_ehlo_keywords",
                    "EHLO keywords that are not offered.");
    public static final Param<String> DNSBL_ACTION =
            Param.string(
                    "postscreen_dnsbl_action",
                    "ignore",
                    "What becomes of a client whose score reaches postscreen_dnsbl_threshold:"
                            + " ignore, enforce or drop.");
    public static final Param<Integer> DNSBL_ALLOWLIST_THRESHOLD =
            Param.integer(
                    "postscreen_dnsbl_allowlist_threshold",
                    "${postscreen_dnsbl_whitelist_threshold?{$postscreen_dnsbl_whitelist_threshold}:{0}}",
                    Integer.MIN_VALUE,
                    0,
                    "A score below 0 from which down the other tests are skipped; 0 for none.");
    public static final Param<Duration> DNSBL_MAX_TTL =
            Param.time(
                    "postscreen_dnsbl_max_ttl",
                    "${postscreen_dnsbl_ttl?{$postscreen_dnsbl_ttl}:{1}}h",
                    1,
                    0,
                    "How long a passed DNS list test counts at most.");
    public static final Param<Duration> DNSBL_MIN_TTL =
            Param.time(
                    "postscreen_dnsbl_min_ttl",
                    "60s",
                    1,
                    0,
                    "How long a passed DNS list test counts at least.");
    public static final Param<String> DNSBL_REPLY_MAP =
            Param.string(
                    "postscreen_dnsbl_reply_map",
                    "",
                    "A table by the domain of a DNS list, of the name that replies have in its"
                            + " place.");
    public static final Param<List<String>> DNSBL_SITES =
            Param.list("postscreen_dnsbl_sites", "", "DNS lists of clients: domain=filter*weight.");
    public static final Param<Integer> DNSBL_THRESHOLD =
            Param.integer(
                    "postscreen_dnsbl_threshold",
                    "1",
                    1,
                    0,
                    "The score from which on postscreen_dnsbl_action is done.");
    public static final Param<Duration> DNSBL_TIMEOUT =
            Param.time(
                    "postscreen_dnsbl_timeout",
                    "10s",
                    1,
                    0,
                    "How long the answers of DNS lists are waited for.");
    public static final Param<String> EXPANSION_FILTER =
            Param.raw(
                    "postscreen_expansion_filter",
                    "$smtpd_expansion_filter",
                    "What of a value may stand in a footer; the rest becomes _.");
    public static final Param<List<String>> FORBIDDEN_COMMANDS =
            Param.list(
                    "postscreen_forbidden_commands",
                    "$smtpd_forbidden_commands",
                    "Commands that fail the non-SMTP command test.");
    public static final Param<String> GREET_ACTION =
            Param.string(
                    "postscreen_greet_action",
                    "ignore",
                    "What becomes of a client that speaks before the greeting: ignore, enforce or"
                            + " drop.");
    public static final Param<String> GREET_BANNER =
            Param.string(
                    "postscreen_greet_banner",
                    "$smtpd_banner",
                    "The text of the 220- line that a client must not answer yet; empty for neither"
                            + " line nor test.");
    public static final Param<Duration> GREET_TTL =
            Param.time(
                    "postscreen_greet_ttl", "1d", 1, 0, "How long a passed pregreet test counts.");
    public static final Param<Duration> GREET_WAIT =
            Param.time(
                    "postscreen_greet_wait",
                    "${stress?{2}:{6}}s",
                    1,
                    0,
                    "How long a client has to be silent, and DNS lists may take.");
    public static final Param<Boolean> HELO_REQUIRED =
            Param.bool(
                    "postscreen_helo_required",
                    "$smtpd_helo_required",
                    "MAIL is answered only after HELO or EHLO.");
    public static final Param<String> NON_SMTP_COMMAND_ACTION =
            Param.string(
                    "postscreen_non_smtp_command_action",
                    "drop",
                    "What becomes of a client that says what is no SMTP: ignore, enforce or drop.");
    public static final Param<Boolean> NON_SMTP_COMMAND_ENABLE =
            Param.bool(
                    "postscreen_non_smtp_command_enable",
                    "no",
                    "Whether words of other protocols are looked for.");
    public static final Param<Duration> NON_SMTP_COMMAND_TTL =
            Param.time(
                    "postscreen_non_smtp_command_ttl",
                    "30d",
                    1,
                    0,
                    "How long a passed non-SMTP command test counts.");
    public static final Param<String> PIPELINING_ACTION =
            Param.string(
                    "postscreen_pipelining_action",
                    "enforce",
                    "What becomes of a client that does not wait for replies: ignore, enforce or"
                            + " drop.");
    public static final Param<Boolean> PIPELINING_ENABLE =
            Param.bool(
                    "postscreen_pipelining_enable",
                    "no",
                    "Whether commands sent ahead of replies are looked for.");
    public static final Param<Duration> PIPELINING_TTL =
            Param.time(
                    "postscreen_pipelining_ttl",
                    "30d",
                    1,
                    0,
                    "How long a passed pipelining test counts.");
    public static final Param<Integer> POST_QUEUE_LIMIT =
            Param.integer(
                    "postscreen_post_queue_limit",
                    "$default_process_limit",
                    5,
                    0,
                    "Clients that may wait for an SMTP server at a time.");
    public static final Param<Integer> PRE_QUEUE_LIMIT =
            Param.integer(
                    "postscreen_pre_queue_limit",
                    "$default_process_limit",
                    10,
                    0,
                    "Clients that may be tested at a time.");
    public static final Param<String> REJECT_FOOTER =
            Param.raw(
                    "postscreen_reject_footer",
                    "$smtpd_reject_footer",
                    "Text after every refusal; \\n begins a line, \\c at its begin begins none.");
    public static final Param<List<String>> REJECT_FOOTER_MAPS =
            Param.list(
                    "postscreen_reject_footer_maps",
                    "$smtpd_reject_footer_maps",
                    "Tables by the text of a refusal, of what stands after it.");
    public static final Param<String> SERVICE_NAME =
            Param.string(
                    "smtpd_service_name",
                    "smtpd",
                    "The pass service of master.cf that clients are handed to.");
    public static final Param<String> TLS_SECURITY_LEVEL =
            Param.string(
                    "postscreen_tls_security_level",
                    "$smtpd_tls_security_level",
                    "Whether the engine offers TLS: none, may or encrypt.");
    public static final Param<Boolean> USE_TLS =
            Param.bool(
                    "postscreen_use_tls",
                    "$smtpd_use_tls",
                    "The old spelling of postscreen_tls_security_level = may.");
    public static final Param<Boolean> ENFORCE_TLS =
            Param.bool(
                    "postscreen_enforce_tls",
                    "$smtpd_enforce_tls",
                    "The old spelling of postscreen_tls_security_level = encrypt.");
    public static final Param<List<String>> TLS_LOGLEVEL_MAPS =
            Param.list(
                    "postscreen_tls_loglevel_maps",
                    "$smtpd_tls_loglevel_maps",
                    "Tables that say postscreen_tls_loglevel by client, whose name is not known"
                            + " here: by its address and its networks (Postfix 3.12).");
    public static final Param<Duration> STARTTLS_TIMEOUT =
            Param.time(
                    "postscreen_starttls_timeout",
                    "$smtpd_starttls_timeout",
                    1,
                    0,
                    "How long a handshake may take.");
    public static final Param<String> UPSTREAM_PROXY_PROTOCOL =
            Param.string(
                    "postscreen_upstream_proxy_protocol",
                    "",
                    "With haproxy a proxy says for each connection who the client is (PROXY v1,"
                            + " v2).");
    public static final Param<Duration> UPSTREAM_PROXY_TIMEOUT =
            Param.time(
                    "postscreen_upstream_proxy_timeout",
                    "5s",
                    1,
                    0,
                    "How long a proxy may take to say it.");
    public static final Param<Boolean> RESPECTFUL_LOGGING =
            Param.bool(
                    "respectful_logging",
                    "${{$compatibility_level} <level {3.6} ? {no} : {yes}}",
                    "The log has ALLOWLISTED and DENYLISTED, not the older words.");
    public static final Param<Duration> DNSBLOG_REPLY_DELAY =
            Param.time(
                    "dnsblog_reply_delay",
                    "0s",
                    0,
                    0,
                    "How much later than they come answers of DNS lists count; for tests.");

    private PostscreenParams() {}
}

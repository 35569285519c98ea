package org.postrider.config.names;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Old spellings that still work and what to write in their place (DEPRECATION_README).
public final class Deprecations {
    private static final String LEAVE = "do not specify (leave at default)";
    private static final String NOT = "do not specify";

    /// Said once, behind what is said of each name.
    public static final String MORE =
            "See https://www.postfix.org/DEPRECATION_README.html for details";

    /// Names that no program reads any more, which mean no more than that defaults refer to them.
    private static final Set<String> LEGACY =
            Set.of(
                    "virtual_maps",
                    "fallback_relay",
                    "authorized_verp_clients",
                    "smtpd_client_connection_limit_exceptions",
                    "postscreen_dnsbl_ttl",
                    "postscreen_blacklist_action",
                    "postscreen_dnsbl_whitelist_threshold",
                    "postscreen_whitelist_interfaces",
                    "lmtp_per_record_deadline",
                    "smtp_per_record_deadline",
                    "smtpd_per_record_deadline",
                    "tlsproxy_client_level",
                    "tlsproxy_client_policy");

    private static final Map<String, String> INSTEAD =
            Map.ofEntries(
                    by("disable_dns_lookups", "smtp_dns_support_level"),
                    by("lmtp_use_tls", "lmtp_tls_security_level"),
                    by("postscreen_use_tls", "postscreen_tls_security_level"),
                    by("smtp_use_tls", "smtp_tls_security_level"),
                    by("smtpd_use_tls", "smtpd_tls_security_level"),
                    by("tlsproxy_client_use_tls", "tlsproxy_client_security_level"),
                    by("tlsproxy_use_tls", "tlsproxy_tls_security_level"),
                    by("lmtp_enforce_tls", "lmtp_tls_security_level"),
                    by("postscreen_enforce_tls", "postscreen_tls_security_level"),
                    by("smtp_enforce_tls", "smtp_tls_security_level"),
                    by("smtpd_enforce_tls", "smtpd_tls_security_level"),
                    by("tlsproxy_client_enforce_tls", "tlsproxy_client_security_level"),
                    by("tlsproxy_enforce_tls", "tlsproxy_tls_security_level"),
                    by("lmtp_tls_per_site", "lmtp_tls_policy_maps"),
                    by("smtp_tls_per_site", "smtp_tls_policy_maps"),
                    by("tlsproxy_client_per_site", "tlsproxy_client_policy_maps"),
                    Map.entry("smtpd_tls_dh1024_param_file", LEAVE),
                    Map.entry("smtpd_tls_eecdh_grade", LEAVE),
                    by("authorized_verp_clients", "smtpd_authorized_verp_clients"),
                    by("fallback_relay", "smtp_fallback_relay"),
                    by("lmtp_per_record_deadline", "lmtp_per_request_deadline"),
                    by("lmtp_tls_enforce_peername", "lmtp_tls_security_level"),
                    by("postscreen_blacklist_action", "postscreen_denylist_action"),
                    by("postscreen_dnsbl_ttl", "postscreen_dnsbl_max_ttl"),
                    by(
                            "postscreen_dnsbl_whitelist_threshold",
                            "postscreen_dnsbl_allowlist_threshold"),
                    by("postscreen_whitelist_interfaces", "postscreen_allowlist_interfaces"),
                    by(
                            "smtpd_client_connection_limit_exceptions",
                            "smtpd_client_event_limit_exceptions"),
                    by("smtpd_per_record_deadline", "smtpd_per_request_deadline"),
                    by("smtp_per_record_deadline", "smtp_per_request_deadline"),
                    by("smtp_tls_enforce_peername", "smtp_tls_security_level"),
                    by("tlsproxy_client_level", "tlsproxy_client_security_level"),
                    by("tlsproxy_client_policy", "tlsproxy_client_policy_maps"),
                    by("virtual_maps", "virtual_alias_maps"),
                    Map.entry("deleted-test-only", NOT),
                    Map.entry("lmtp_cname_overrides_servername", NOT),
                    Map.entry("smtp_cname_overrides_servername", NOT));

    private Deprecations() {}

    private static Map.Entry<String, String> by(String old, String newer) {
        return Map.entry(old, "specify \"" + newer + "\"");
    }

    /// What to do in place of setting this name, null if it is no old spelling.
    public static @Nullable String instead(String name) {
        return INSTEAD.get(name);
    }

    /// Whether it is an old name whose value only defaults of new ones refer to (`$virtual_maps`).
    public static boolean legacy(String name) {
        return LEGACY.contains(name);
    }

    /// How many old spellings there are.
    public static int count() {
        return INSTEAD.size();
    }
}

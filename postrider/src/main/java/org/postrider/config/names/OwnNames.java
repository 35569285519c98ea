package org.postrider.config.names;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Names of parameters that are ours: stock Postfix warns of them and goes on.
public final class OwnNames {
    private static final String PREFIX = "postrider_";

    /// Rates of mail (docs/decisions/0015-rate-limits.md), named as an administrator would look for
    /// them.
    private static final Set<String> RATES =
            Set.of(
                    "smtpd_login_rate_limit",
                    "smtpd_login_rate_limit_maps",
                    "smtpd_sender_rate_limit",
                    "smtpd_sender_rate_limit_maps",
                    "smtpd_sender_domain_rate_limit",
                    "smtpd_sender_domain_rate_limit_maps",
                    "smtpd_recipient_domain_rate_limit",
                    "smtpd_recipient_domain_rate_limit_maps",
                    "smtpd_rate_limit_action",
                    "smtpd_rate_limit_exceptions",
                    "smtpd_rate_limit_login_exceptions",
                    "smtpd_rate_limit_keys",
                    "smtpd_rate_limit_save_time");

    /// MTA-STS (docs/decisions/0035-mta-sts.md), beside Postfix's smtp_tls_enforce_sts_mx_patterns.
    private static final Set<String> STS =
            Set.of(
                    "smtp_tls_sts_CAfile",
                    "smtp_tls_sts_cache_limit",
                    "smtp_tls_sts_enable",
                    "smtp_tls_sts_first_wait");

    /// Rates of mail to destinations (docs/rates-out.md): of all transports, and of each.
    private static final Set<String> TRANSPORTS =
            Set.of(
                    "_destination_rate_limit",
                    "_destination_rate_limit_maps",
                    "_destination_rate_group_maps",
                    "_destination_slowdown",
                    "_destination_slowdown_reply_maps");

    /// By which answers of the DNS are validated (docs/decisions/0038), of each protocol.
    private static final String ANCHORS = "_dnssec_trust_anchor_file";

    /// Contents in chunks (docs/decisions/0054), of each protocol.
    private static final Set<String> CHUNKS = Set.of("smtp_chunk_size", "lmtp_chunk_size");

    /// What is known of a mail's authenticity: DKIM, SPF, DMARC, ARC.
    private static final List<String> AUTHENTICITY =
            List.of("dkim_", "spf_", "dmarc_", "arc_", "authentication_");

    /// Rules for From (docs/from-rules.md).
    private static final List<String> FROM_RULES = List.of("from_rewrite_", "from_verified_");

    private static final String JSON_LOG = "maillog_json_file";

    /// Refusals that name their rule in the log (docs/postexplain.md).
    private static final String LOG_RULE = "smtpd_log_rule";

    /// Lists in DNS that smtpd asks.
    private static final String DNS_LISTS = "smtpd_dns_list_timeout";

    private OwnNames() {}

    /// Whether a name looks like one of ours; the catalogue has those that are.
    public static boolean contains(String name) {
        return name.startsWith(PREFIX)
                || AUTHENTICITY.stream().anyMatch(name::startsWith)
                || FROM_RULES.stream().anyMatch(name::startsWith)
                || STS.contains(name)
                || CHUNKS.contains(name)
                || name.equals(JSON_LOG)
                || name.equals(DNS_LISTS)
                || name.equals(LOG_RULE)
                || name.endsWith(ANCHORS)
                || RATES.contains(name)
                || ofTransport(name);
    }

    /// `smtp_destination_rate_limit` and its like: of a line of master.cf.
    public static boolean ofTransport(String name) {
        return transport(name) != null;
    }

    /// The transport of `smtp_destination_rate_limit` and its like; null for any other name.
    public static @Nullable String transport(String name) {
        for (String suffix : TRANSPORTS) {
            if (name.endsWith(suffix)) {
                return name.substring(0, name.length() - suffix.length());
            }
        }
        return null;
    }
}

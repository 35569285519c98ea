package org.postrider.config.names;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The parameters of a client table type: `NAME_suffix` in main.cf for `type:NAME`, `suffix` in a
/// file for `type:/file` (ldap_table(5), mysql_table(5), …).
public final class DatabaseNames {
    private static final List<String> COMMON =
            List.of("domain", "expansion_limit", "result_format");
    private static final List<String> SQL =
            List.of(
                    "dbname",
                    "query",
                    "select_field",
                    "table",
                    "where_field",
                    "additional_conditions",
                    "result_format",
                    "domain",
                    "expansion_limit",
                    "result_filter");
    private static final List<String> SERVER =
            List.of("hosts", "user", "password", "idle_interval", "retry_interval");

    private static final Map<String, List<String>> BY_TYPE = byType();

    private DatabaseNames() {}

    private static Map<String, List<String>> byType() {
        Map<String, List<String>> out = new TreeMap<>();
        out.put("sqlite", with(SQL, List.of("dbpath", "retry_interval")));
        out.put("pgsql", with(with(SQL, SERVER), List.of("encoding")));
        out.put(
                "mysql",
                with(
                        with(SQL, SERVER),
                        List.of(
                                "option_file",
                                "option_group",
                                "require_result_set",
                                "charset",
                                "tls_cert_file",
                                "tls_key_file",
                                "tls_CAfile",
                                "tls_CApath",
                                "tls_ciphers",
                                "tls_verify_cert")));
        out.put(
                "ldap",
                with(
                        COMMON,
                        List.of(
                                "bind",
                                "bind_dn",
                                "bind_pw",
                                "cache",
                                "cache_expiry",
                                "cache_size",
                                "chase_referrals",
                                "debuglevel",
                                "dereference",
                                "leaf_result_attribute",
                                "query_filter",
                                "recursion_limit",
                                "result_attribute",
                                "result_filter",
                                "sasl_authz_id",
                                "sasl_minssf",
                                "sasl_mechs",
                                "sasl_realm",
                                "scope",
                                "search_base",
                                "server_host",
                                "server_port",
                                "size_limit",
                                "special_result_attribute",
                                "start_tls",
                                "terminal_result_attribute",
                                "timeout",
                                "tls_ca_cert_dir",
                                "tls_ca_cert_file",
                                "tls_cert",
                                "tls_cipher_suite",
                                "tls_key",
                                "tls_random_file",
                                "tls_require_cert",
                                "version")));
        out.put(
                "memcache",
                with(
                        COMMON,
                        List.of(
                                "backup",
                                "data_size_limit",
                                "flags",
                                "key_format",
                                "line_size_limit",
                                "max_try",
                                "memcache",
                                "retry_pause",
                                "timeout",
                                "ttl")));
        return Map.copyOf(out);
    }

    private static List<String> with(List<String> a, List<String> b) {
        return java.util.stream.Stream.concat(a.stream(), b.stream()).distinct().toList();
    }

    /// The suffixes of a table type; none for a type that has no such parameters.
    public static List<String> of(String type) {
        return BY_TYPE.getOrDefault(type, List.of());
    }
}

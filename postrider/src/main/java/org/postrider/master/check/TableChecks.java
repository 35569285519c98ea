package org.postrider.master.check;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Catalogue;
import org.postrider.config.Honoured;
import org.postrider.config.ServiceSettings;
import org.postrider.config.Values;
import org.postrider.maps.Lists;
import org.postrider.maps.Network;
import org.postrider.maps.Opening;
import org.postrider.maps.TableDirectory;
import org.postrider.maps.TableException;
import org.postrider.maps.TableTypes;
import org.postrider.master.Configuration;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// Tables that main.cf, or `-o` in master.cf, names for what is honoured and that cannot be opened.
final class TableChecks {
    /// Tables whose lookups ask another machine: not asked by a check.
    private static final Set<String> REMOTE =
            Set.of("tcp", "socketmap", "memcache", "mysql", "pgsql", "ldap", "unix");

    /// Caches: their service makes them when there is none.
    private static final Set<String> CACHES =
            Set.of(
                    "address_verify_map",
                    "postscreen_cache_map",
                    "smtp_tls_session_cache_database",
                    "lmtp_tls_session_cache_database");

    private static final Pattern TYPE = Pattern.compile("[a-z][a-z0-9_-]*");

    private static final Pattern IPV6 = Pattern.compile("[0-9a-f:./]*");

    /// A word where a table is wanted.
    private static final String NO_TYPE =
            "expecting \"type:name\" form instead of \"%s\"; mail that needs it is refused with 451"
                    + " or deferred";

    /// The restrictions that have a table after them.
    private static final Pattern ACCESS = Pattern.compile("check_\\w+_(access|map)");

    /// Parameters whose words are tables, or names.
    private static final Pattern OF_TABLES =
            Pattern.compile(
                    ".*_(maps|checks)|postscreen_access_list|postscreen_dnsbl_reply_map"
                            + "|.*_(command|reply|dns_reply)_filter");

    /// Those of them whose words may be other names, too.
    private static final Pattern OF_NAMES_TOO =
            Pattern.compile(
                    "authentication_checks|postscreen_access_list|proxy_.*|.*_rate_.*|.*_slowdown_.*");

    /// Parameters whose value is a match list: names, tables, and files of more of them.
    private static final List<String> LISTS =
            List.of(
                    "authentication_exempt_clients",
                    "dkim_sign_clients",
                    "local_header_rewrite_clients",
                    "permit_mx_backup_networks",
                    "postscreen_allowlist_interfaces",
                    "mydestination",
                    "mynetworks",
                    "relay_domains",
                    "virtual_alias_domains",
                    "virtual_mailbox_domains",
                    "fast_flush_domains",
                    "from_verified_domains",
                    "debug_peer_list",
                    "masquerade_exceptions",
                    "authorized_flush_users",
                    "authorized_mailq_users",
                    "authorized_submit_users",
                    "smtpd_authorized_verp_clients",
                    "smtpd_authorized_xclient_hosts",
                    "smtpd_authorized_xforward_hosts",
                    "smtpd_client_event_limit_exceptions",
                    "smtpd_forbid_bare_newline_exclusions",
                    "smtpd_forbidden_commands",
                    "smtpd_log_access_permit_actions",
                    "smtpd_noop_commands",
                    "smtpd_sasl_exceptions_networks",
                    "smtpd_sasl_mechanism_filter");

    /// Of these, those of clients and servers: names and address blocks. `mynetworks` is
    /// [RelayChecks]'s.
    private static final Set<String> NETWORKS =
            Set.of(
                    "authentication_exempt_clients",
                    "debug_peer_list",
                    "permit_mx_backup_networks",
                    "smtpd_authorized_verp_clients",
                    "smtpd_authorized_xclient_hosts",
                    "smtpd_authorized_xforward_hosts",
                    "smtpd_client_event_limit_exceptions",
                    "smtpd_forbid_bare_newline_exclusions",
                    "smtpd_sasl_exceptions_networks");

    private final Configuration configuration;
    private final List<String> out = new ArrayList<>();

    /// What was looked at: each table is named once, where it comes first.
    private final Set<String> seen = new HashSet<>();

    /// Whose table is read now.
    private String reading = "";

    private TableChecks(Configuration configuration) {
        this.configuration = configuration;
    }

    static List<String> all(Configuration configuration) {
        TableChecks checks = new TableChecks(configuration);
        checks.tables();
        return checks.out;
    }

    /// Whether a table asks another machine.
    static boolean remote(String spec) {
        int colon = spec.indexOf(':');
        return colon > 0 && REMOTE.contains(spec.substring(0, colon));
    }

    /// The files that lists name and that cannot be read, and blocks of addresses that are none, at
    /// check, start and reload.
    static List<String> lists(Configuration configuration) {
        List<String> out = new ArrayList<>();
        for (Setting each : Setting.all(configuration)) {
            if (!LISTS.contains(each.name())) {
                continue;
            }
            for (String word : Values.words(each.text())) {
                String file = bare(word);
                String why =
                        file.startsWith("/")
                                ? Lists.unread(file)
                                : NETWORKS.contains(each.name()) && !Lists.isTable(file)
                                        ? noBlock(file)
                                        : null;
                if (why != null) {
                    out.add(each.at() + why);
                }
            }
        }
        return out;
    }

    private static String bare(String word) {
        return word.startsWith("!") ? word.substring(1) : word;
    }

    private static @Nullable String noBlock(String word) {
        try {
            Network.parse(word);
            return null;
        } catch (IllegalArgumentException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private void tables() {
        ServiceSettings main = configuration.settings();
        Opening opening =
                new Opening(
                        Clock.system(),
                        Supervisor.alone(),
                        main::text,
                        text -> out.add(reading + text));
        try (TableDirectory tables = new TableDirectory(opening)) {
            for (Setting each : Setting.all(configuration)) {
                Catalogue.Known known = main.catalogue().known(each.name());
                boolean value = known == null || !known.type().equals("raw");
                Honoured.Entry entry = Honoured.list().parameter(each.name());
                boolean read = entry == null || entry.verdict() instanceof Honoured.Verdict.Honours;
                if (value && read) {
                    tables(each, tables);
                }
            }
        }
    }

    /// A type that Postfix does not know either, in a place that wants a table.
    private void unknown(Setting setting, String word, boolean table) {
        String bare = word.startsWith("proxy:") ? word.substring("proxy:".length()) : word;
        int colon = bare.indexOf(':');
        String type = colon <= 0 ? "" : bare.substring(0, colon);
        boolean known =
                Honoured.list().entry(Honoured.Kind.TABLE, type) != null
                        || TableTypes.names().contains(type);
        if (table && TYPE.matcher(type).matches() && !known && seen.add(word)) {
            out.add(
                    setting.at()
                            + word
                            + ": unsupported dictionary type: "
                            + type
                            + "; mail that needs it is refused with 451 or deferred");
        }
    }

    private void tables(Setting setting, TableDirectory tables) {
        String name = setting.name();
        boolean wanted = OF_TABLES.matcher(name).matches();
        boolean table = wanted;
        for (String word : Values.words(setting.text())) {
            String bare = bare(word);
            boolean list = LISTS.contains(name) && !IPV6.matcher(bare).matches();
            boolean must = wanted && !OF_NAMES_TOO.matcher(name).matches();
            if (must && bare.indexOf(':') < 0 && seen.add(bare)) {
                out.add(setting.at() + NO_TYPE.formatted(bare));
            }
            unknown(setting, bare, table || list);
            table = wanted || ACCESS.matcher(word).matches();
            int colon = bare.indexOf(':');
            String type = colon <= 0 ? "" : bare.substring(0, colon);
            if (!TableTypes.names().contains(type) || REMOTE.contains(type) || !seen.add(bare)) {
                continue;
            }
            reading = setting.at();
            try {
                tables.open(bare).lookup("postfix-check");
            } catch (TableException e) {
                String why = String.valueOf(e.getMessage());
                boolean yetToMake =
                        CACHES.contains(name) && why.endsWith(": No such file or directory");
                if (!type.equals("fail") && !yetToMake) {
                    out.add(setting.at() + bare + ": " + why);
                }
            }
        }
    }
}

package org.postrider.smtp;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.config.Settings;
import org.postrider.dns.HostName;
import org.postrider.dsn.Status;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.time.Clock;

/// What is asked of TLS by destination: smtp_tls_policy_maps, else smtp_tls_per_site, else
/// main.cf's level. What cannot be kept, understood or looked up holds the mail. Any thread.
final class TlsPolicies {
    /// Policies whose keys and certificates are kept; one more makes room for all.
    private static final int MOST = 256;

    private static final SmtpTls.Refusal TROUBLE =
            new SmtpTls.Refusal(SmtpTls.TLS_TROUBLE, "client TLS configuration problem", "");

    private static final SmtpTls.Refusal LOOKUP =
            new SmtpTls.Refusal(new Status(4, 3, 0), "Temporary lookup error", "");

    private final Settings settings;
    private final Clock clock;
    private final Consumer<String> warnings;
    private final SmtpTls ordinary;
    private final String ordinaryLevel;
    private final @Nullable Table policies;
    private final @Nullable Table sites;
    private final ConcurrentHashMap<TlsPolicy, SmtpTls> made = new ConcurrentHashMap<>();

    /// @param warnings get what is odd, now and later
    TlsPolicies(Settings settings, Tables tables, Clock clock, Consumer<String> warnings) {
        this.settings = settings;
        this.clock = clock;
        this.warnings = warnings;
        ordinary = SmtpTls.of(settings, clock, warnings);
        ordinaryLevel = SmtpTls.word(settings);
        policies = chain(settings.get(SmtpTlsParams.POLICY_MAPS), tables);
        sites = chain(settings.get(SmtpTlsParams.PER_SITE), tables);
    }

    private static @Nullable Table chain(List<String> maps, Tables tables) {
        return maps.isEmpty() ? null : tables.chain(maps);
    }

    /// For mail to a destination over one of its servers.
    SmtpTls of(Destination destination, Route.Server server) {
        try {
            TlsPolicy policy =
                    policies != null
                            ? policy(policies, destination.text())
                            : sites != null ? site(sites, destination.text(), server.name()) : null;
            return policy == null ? ordinary : made(policy);
        } catch (TableException e) {
            e.warnings().forEach(warnings);
            return refusing(policies != null ? TROUBLE : LOOKUP, destination, server);
        } catch (ConfigException e) {
            warnings.accept(String.valueOf(e.getMessage()));
            return refusing(TROUBLE, destination, server);
        }
    }

    private SmtpTls refusing(SmtpTls.Refusal why, Destination to, Route.Server server) {
        return ordinary.refusing(
                new SmtpTls.Refusal(
                        why.status(),
                        why.text(),
                        "TLS policy lookup for "
                                + to.text()
                                + "/"
                                + server.name()
                                + ": "
                                + why.text()));
    }

    private SmtpTls made(TlsPolicy policy) {
        SmtpTls known = made.get(policy);
        if (known == null) {
            if (made.size() >= MOST) {
                made.clear();
            }
            known = SmtpTls.of(settings, policy, clock, warnings);
            made.put(policy, known);
        }
        return known;
    }

    /// The next hop as it is written; where that is a domain, its parents too, with a dot before
    /// them.
    private @Nullable TlsPolicy policy(Table table, String nexthop) {
        String key = nexthop;
        boolean domain = HostName.valid(nexthop);
        while (true) {
            String value = table.lookup(key);
            if (value != null) {
                return TlsPolicy.of(
                        "smtp_tls_policy_maps, next-hop destination \"" + key + "\"",
                        value,
                        warnings);
            }
            int dot = key.indexOf('.', 1);
            if (!domain || dot < 0) {
                return null;
            }
            key = key.substring(dot);
        }
    }

    /// The next hop's word and the server's: one of them that is specific counts over MAY.
    private @Nullable TlsPolicy site(Table table, String nexthop, String host) {
        int level = strength(table, nexthop, "next-hop destination", -1);
        if (!nexthop.equalsIgnoreCase(host)) {
            level = strength(table, host, "server hostname", level);
        }
        if (level < 0 || (level == 1 && !ordinaryLevel.equals("none"))) {
            // MAY is the weakest: main.cf's level is more specific.
            return null;
        }
        return TlsPolicy.plain("smtp_tls_per_site", LEVELS.get(level));
    }

    private static final List<String> LEVELS = List.of("none", "may", "encrypt", "verify");

    private static int strength(Table table, String key, String what, int before) {
        String value = table.lookup(key);
        if (value == null) {
            return before;
        }
        return switch (value.strip().toUpperCase(Locale.ROOT)) {
            case "NONE" -> before <= 1 ? 0 : before;
            case "MAY" -> before < 0 ? 1 : before;
            case "MUST_NOPEERMATCH" -> Math.max(before, 2);
            case "MUST" -> 3;
            default ->
                    throw new ConfigException(
                            "smtp_tls_per_site: unknown TLS policy '"
                                    + value
                                    + "' for "
                                    + what
                                    + " "
                                    + key);
        };
    }
}

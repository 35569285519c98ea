package org.postrider.qmgr.rate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.anvil.RateGrammar;
import org.postrider.anvil.Rates;
import org.postrider.config.ConfigException;
import org.postrider.config.Param;
import org.postrider.config.Settings;
import org.postrider.config.Values;
import org.postrider.dns.Resolver;
import org.postrider.maps.Fold;
import org.postrider.maps.Table;
import org.postrider.maps.Tables;

/// Which limits the next hops of one transport have. Immutable but for what is remembered of MX
/// hosts; any thread.
public final class RateTables {
    private static final int MOST_REMEMBERED = 10_000;
    private static final long SHORTEST_NANOS = 60_000_000_000L;
    private static final long LONGEST_NANOS = 3_600_000_000_000L;
    private static final String LIMIT = "_destination_rate_limit";
    private static final String LIMIT_MAPS = "_destination_rate_limit_maps";
    private static final String GROUP_MAPS = "_destination_rate_group_maps";

    private final String transport;
    private final List<Rates.Limit> all;
    private final @Nullable Table maps;
    private final @Nullable Table groups;

    /// Null where no destination is slowed.
    private final @Nullable Throttling throttling;

    /// By next hop; guarded by itself.
    private final Map<String, Remembered> remembered = new LinkedHashMap<>();

    /// @param rates one of a group, or none
    /// @param until clock's nanoseconds
    private record Remembered(List<DestinationRate> rates, long until) {}

    /// What is known of a next hop without asking DNS.
    ///
    /// @param toGroup its MX hosts are to be asked for, which may make it one of a group
    public record Known(List<DestinationRate> rates, boolean toGroup) {
        public static final Known NOTHING = new Known(List.of(), false);

        public Known {
            rates = List.copyOf(rates);
        }

        /// The most recipients that one delivery may have, 0 for any number.
        public int recipients() {
            int most = 0;
            for (DestinationRate each : rates) {
                int one = each.recipients();
                most = most == 0 || (one > 0 && one < most) ? one : most;
            }
            return most;
        }
    }

    private RateTables(
            String transport,
            List<Rates.Limit> all,
            @Nullable Table maps,
            @Nullable Table groups,
            @Nullable Throttling throttling) {
        this.throttling = throttling;
        this.transport = transport;
        this.all = all;
        this.maps = maps;
        this.groups = groups;
    }

    /// Null where nothing is limited.
    ///
    /// @throws ConfigException for a limit that is none
    public static @Nullable RateTables of(Settings settings, String transport, Tables tables) {
        List<Rates.Limit> all = limits(settings, transport);
        Table maps =
                chain(settings, transport, LIMIT_MAPS, DestinationRateParams.LIMIT_MAPS, tables);
        Table groups =
                chain(settings, transport, GROUP_MAPS, DestinationRateParams.GROUP_MAPS, tables);
        Throttling throttling = Throttling.of(settings, transport, tables);
        return all.isEmpty() && maps == null && throttling == null
                ? null
                : new RateTables(transport, all, maps, groups, throttling);
    }

    /// The limits of all next hops of a transport.
    ///
    /// @throws ConfigException with file, line and name for one that is none
    public static List<Rates.Limit> limits(Settings settings, String transport) {
        settings.perTransport(transport, "_destination_slowdown", DestinationRateParams.SLOWDOWN);
        try {
            return RateGrammar.limits(
                    settings.perTransport(transport, LIMIT, DestinationRateParams.LIMIT));
        } catch (ConfigException e) {
            throw new ConfigException(place(settings, transport) + e.getMessage());
        }
    }

    private static String place(Settings settings, String transport) {
        String own = settings.origin(transport + LIMIT);
        String name = own == null ? DestinationRateParams.LIMIT.name() : transport + LIMIT;
        String where = own == null ? settings.origin(name) : own;
        return (where == null ? "" : where + ": ") + "bad parameter " + name + ": ";
    }

    private static @Nullable Table chain(
            Settings settings,
            String transport,
            String suffix,
            Param<List<String>> param,
            Tables tables) {
        List<String> names = settings.perTransport(transport, suffix, param);
        return names.isEmpty() ? null : tables.chain(names);
    }

    /// What holds for a next hop, as far as tables tell. May block.
    ///
    /// @param nexthop as routed: `example.com`, `[mx.example.com]:587`
    /// @param now clock's nanoseconds
    /// @throws org.postrider.maps.TableException if a table cannot answer
    /// @throws ConfigException for a limit that is none
    public Known known(String nexthop, long now) {
        String key = Fold.lower(nexthop);
        String domain = domain(key);
        List<DestinationRate> out = new ArrayList<>(2);
        String found = maps == null ? null : found(maps, key, domain);
        List<Rates.Limit> own = found == null ? all : limits(key, found);
        if (!own.isEmpty() || throttling != null) {
            out.add(new DestinationRate(key, own));
        }
        if (groups == null) {
            return new Known(out, false);
        }
        String group = found(groups, key, domain);
        if (group != null) {
            out.addAll(of(group));
            return new Known(out, false);
        }
        if (key.startsWith("[")) {
            return new Known(out, false);
        }
        List<DestinationRate> before = remembered(key, now);
        if (before != null) {
            out.addAll(before);
        }
        return new Known(out, before == null);
    }

    /// The reply in what a delivery says, if it asks for less mail and the destination is to get
    /// it; else null.
    ///
    /// @throws org.postrider.maps.TableException if a table cannot answer
    public @Nullable String throttled(String text) {
        return throttling == null ? null : throttling.heard(text);
    }

    private @Nullable List<DestinationRate> remembered(String key, long now) {
        synchronized (remembered) {
            Remembered r = remembered.get(key);
            return r == null || r.until - now <= 0 ? null : r.rates;
        }
    }

    /// The group that the MX hosts of a next hop make it a part of. Blocks; remembered for as long
    /// as DNS says, within an hour.
    ///
    /// @return one, or none
    /// @throws org.postrider.maps.TableException if a table cannot answer
    /// @throws ConfigException for a limit that is none
    /// @throws NoAnswer where DNS does not tell now
    public List<DestinationRate> group(String nexthop, Resolver dns, long now) {
        String key = Fold.lower(nexthop);
        List<DestinationRate> out = List.of();
        long nanos = SHORTEST_NANOS;
        switch (dns.mx(domain(key))) {
            case Resolver.Answer.Found<Resolver.Mx> found -> {
                out = grouped(found.records());
                nanos = found.ttl().toNanos();
            }
            case Resolver.Answer.NoName<Resolver.Mx> _ -> {
                // the agent says so
            }
            case Resolver.Answer.NoData<Resolver.Mx> _ -> {
                // the domain is its own host, and was looked for
            }
            case Resolver.Answer.TryAgain<Resolver.Mx> later ->
                    throw new NoAnswer(domain(key), later.text());
        }
        long until = now + Math.max(SHORTEST_NANOS, Math.min(LONGEST_NANOS, nanos));
        synchronized (remembered) {
            if (remembered.size() >= MOST_REMEMBERED) {
                remembered.remove(remembered.keySet().iterator().next());
            }
            remembered.put(key, new Remembered(out, until));
        }
        return out;
    }

    private List<DestinationRate> grouped(List<Resolver.Mx> hosts) {
        Table asked = groups;
        if (asked == null) {
            return List.of();
        }
        List<Resolver.Mx> sorted = new ArrayList<>(hosts);
        sorted.sort(
                Comparator.comparingInt(Resolver.Mx::preference).thenComparing(Resolver.Mx::host));
        for (Resolver.Mx each : sorted) {
            String host = Fold.lower(each.host());
            String group = host.isEmpty() ? null : found(asked, host, host);
            if (group != null) {
                return of(group);
            }
        }
        return List.of();
    }

    private List<DestinationRate> of(String group) {
        String name = Fold.lower(group.strip());
        String found = maps == null ? null : maps.lookup(name);
        List<Rates.Limit> limits = found == null ? all : limits(name, found);
        return limits.isEmpty() && throttling == null
                ? List.of()
                : List.of(new DestinationRate(name, limits));
    }

    private List<Rates.Limit> limits(String key, String found) {
        try {
            return RateGrammar.limits(Values.words(found));
        } catch (ConfigException e) {
            throw new ConfigException(
                    transport
                            + LIMIT_MAPS
                            + ": "
                            + String.valueOf(maps == null ? null : maps.name())
                            + ": \""
                            + key
                            + "\": "
                            + e.getMessage());
        }
    }

    private static @Nullable String found(Table table, String key, String domain) {
        String found = table.lookup(key);
        if (found != null || table.patterned()) {
            return found;
        }
        if (!domain.equals(key)) {
            found = table.lookup(domain);
        }
        for (int dot = domain.indexOf('.'); dot >= 0 && found == null; ) {
            found = table.lookup(domain.substring(dot));
            dot = domain.indexOf('.', dot + 1);
        }
        return found;
    }

    /// Without brackets and port.
    private static String domain(String nexthop) {
        if (nexthop.startsWith("[")) {
            int end = nexthop.indexOf(']');
            return end < 0 ? nexthop : nexthop.substring(1, end);
        }
        int colon = nexthop.indexOf(':');
        return colon < 0 ? nexthop : nexthop.substring(0, colon);
    }

    /// DNS does not tell now which group a destination is in.
    public static final class NoAnswer extends RuntimeException {
        private static final long serialVersionUID = 1;

        NoAnswer(String domain, String why) {
            super("rate group of " + domain + ": " + why);
        }
    }
}

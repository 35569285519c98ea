package org.postrider.rewrite;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.maps.AddressMaps;
import org.postrider.maps.Table;
import org.postrider.maps.Tables;
import org.postrider.time.Clock;

/// transport_maps (transport(5)): `user+ext@domain`, `user@domain`, `domain`, the parents, `*`.
/// Nearly every recipient comes to `*`: what another program answers there is kept for a while, as
/// in Postfix; that it could not answer is not.
final class TransportMaps {
    private static final long KEPT_NANOS = 30_000_000_000L;

    /// Types of tables that another program answers, whom each question costs.
    private static final Set<String> ASKED =
            Set.of("ldap", "memcache", "mysql", "pgsql", "socketmap", "sqlite", "tcp", "unix");

    private final List<Table> tables;
    private final AddressMaps extensions;
    private final boolean parentMatches;
    private final List<Table> stars;

    /// @param clock by which answers are kept; null where each is asked for
    TransportMaps(
            List<String> words,
            Tables opener,
            String delimiters,
            boolean parentMatches,
            @Nullable Clock clock) {
        tables =
                words.stream()
                        .map(word ->
                                AddressMaps.titled(
                                        RewriteParams.TRANSPORT_MAPS.name(), opener.open(word)))
                        .toList();
        List<Table> out = new ArrayList<>(tables);
        for (int i = 0; clock != null && i < out.size(); i++) {
            if (ASKED.contains(type(words.get(i)))) {
                out.set(i, new Kept(tables.get(i), clock));
            }
        }
        stars = List.copyOf(out);
        extensions = new AddressMaps(List.of(), opener, delimiters);
        this.parentMatches = parentMatches;
    }

    private static String type(String word) {
        String own = word.startsWith("proxy:") ? word.substring("proxy:".length()) : word;
        return own.substring(0, Math.max(own.indexOf(':'), 0));
    }

    /// A table that is asked for one key alone, seldom. Any thread: two may ask at once.
    private static final class Kept implements Table {
        private final Table table;
        private final Clock clock;
        private volatile @Nullable Answer last;

        private record Answer(@Nullable String value, long untilNanos) {}

        private Kept(Table asked, Clock time) {
            table = asked;
            clock = time;
        }

        @Override
        public @Nullable String lookup(String key) {
            Answer known = last;
            if (known == null || known.untilNanos() - clock.nanos() < 0) {
                String value = table.lookup(key);
                known = new Answer(value, clock.nanos() + KEPT_NANOS);
                last = known;
            }
            return known.value();
        }

        @Override
        public String name() {
            return table.name();
        }

        @Override
        public boolean patterned() {
            return table.patterned();
        }
    }

    boolean isEmpty() {
        return tables.isEmpty();
    }

    /// @param before what holds without a table
    Resolved override(Resolved before) {
        String value = find(before.recipient());
        if (value == null) {
            return before;
        }
        int colon = value.indexOf(':');
        String transport = colon < 0 ? value : value.substring(0, colon);
        String nexthop = colon < 0 ? "" : value.substring(colon + 1);
        if (transport.isEmpty()) {
            // `:` alone changes nothing, `:nexthop` only that.
            return nexthop.isEmpty() ? before : before.to(before.transport(), nexthop);
        }
        if (nexthop.isEmpty()) {
            nexthop =
                    transport.equals("error") || transport.equals("retry")
                            ? "Address is undeliverable"
                            : before.recipient().domain();
        }
        return before.to(transport, nexthop);
    }

    private @Nullable String find(Address recipient) {
        String found = AddressMaps.ask(tables, recipient.text(), false);
        String domain = recipient.domain();
        if (found == null) {
            String local = recipient.local();
            String base = extensions.withoutExtension(local);
            if (!base.equals(local)) {
                found = AddressMaps.ask(tables, base + "@" + domain, true);
            }
        }
        if (found == null) {
            found = named(domain);
        }
        for (int dot = domain.indexOf('.'); found == null && dot >= 0; ) {
            String parent = domain.substring(parentMatches ? dot + 1 : dot);
            found = named(parent);
            dot = domain.indexOf('.', dot + 1);
        }
        return found == null ? AddressMaps.ask(stars, "*", false) : found;
    }

    /// By a domain, which is never quoted; tables of patterns are not asked.
    private @Nullable String named(String domain) {
        for (Table table : tables) {
            String found = table.patterned() ? null : AddressMaps.one(table, domain);
            if (found != null) {
                return found;
            }
        }
        return null;
    }
}

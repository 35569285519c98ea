package org.postrider.qmgr;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.config.ConfigException;
import org.postrider.delivery.Probe;
import org.postrider.dsn.DsnSplit;
import org.postrider.dsn.Status;
import org.postrider.log.DeliveryEvent;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.maps.Fold;
import org.postrider.maps.TableException;
import org.postrider.qmgr.rate.Groups;
import org.postrider.qmgr.rate.RateTables;
import org.postrider.queue.Envelope;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;
import org.postrider.rewrite.AddressClass;
import org.postrider.rewrite.Resolved;
import org.postrider.rewrite.RewriteService;
import org.postrider.threads.Turn;

/// Parts the recipients of a message by transport and destination: once per delivery pass, so that
/// routes are never older than that. Any thread.
final class Routing {
    private static final Status DEFER = new Status(4, 3, 0);

    /// After so many other threads have their turn.
    private static final int RECIPIENTS_A_TURN = 64;

    private static final int ALL = Integer.MAX_VALUE;
    static final Entry.Suspension RATE_NOT_FOUND =
            new Entry.Suspension(DEFER, "destination rate lookup failure");

    /// Of an alias whose members are recipients of their own.
    static final Entry.Suspension EXPANDED =
            new Entry.Suspension(new Status(2, 0, 0), "alias expanded");

    private final MailLog log;
    private final LogTag tag;
    private final Groups groups;

    /// @param transport a service name; `null` text for an ordinary hop
    private record Hop(String transport, String nexthop, Entry.@Nullable Suspension suspension) {}

    Routing(MailLog log, LogTag tag, Groups groups) {
        this.log = log;
        this.tag = tag;
        this.groups = groups;
    }

    Groups groups() {
        return groups;
    }

    /// Entries for the given recipients. Those that cannot be tried now carry a suspension.
    List<Entry> entries(ActiveMessage m, int[] recipients, long now) {
        QueuedMessage q = m.queued;
        Envelope envelope = q.envelope();
        if (recipients.length == 1) {
            Hop hop = hop(m, recipients[0], now);
            RateTables.Known rates = rates(m.policies, hop, now);
            List<Entry> one = new ArrayList<>(1);
            one.add(entry(m, limited(hop, rates), rates, recipients, envelope));
            return one;
        }
        Turn turn = new Turn();
        Map<Hop, List<Integer>> byHop = new LinkedHashMap<>();
        for (int r : recipients) {
            Hop hop = hop(m, r, now);
            if (r % RECIPIENTS_A_TURN == RECIPIENTS_A_TURN - 1) {
                turn.perhaps();
            }
            byHop.computeIfAbsent(hop, _ -> new ArrayList<>()).add(r);
        }
        List<Entry> out = new ArrayList<>();
        byHop.forEach((resolved, all) -> {
            RateTables.Known rates = rates(m.policies, resolved, now);
            Hop hop = limited(resolved, rates);
            int most = hop.suspension() != null ? ALL : recipientLimit(m.policies, hop);
            if (rates != null && rates.recipients() > 0) {
                most = Math.min(most, rates.recipients());
            }
            if (envelope.routing().verpDelimiters() != null) {
                most = 1;
            }
            for (int from = 0; from < all.size(); from += Math.min(most, all.size())) {
                int to = (int) Math.min(all.size(), (long) from + most);
                int[] part = all.subList(from, to).stream().mapToInt(i -> i).toArray();
                out.add(entry(m, hop, rates, part, envelope));
            }
        });
        return out;
    }

    /// A REDIRECT's address as it is delivered to: in canonical form, by no alias.
    Address target(ActiveMessage m, Address to) {
        Address clean = m.policies.rewrite.rewrite(to, true);
        try {
            Resolved r = m.policies.rewrite.resolve(m.queued.envelope().sender(), clean);
            return r.badSyntax() ? clean : r.recipient();
        } catch (RuntimeException e) {
            // Its route is not found either, and the mail waits.
            return clean;
        }
    }

    private static int recipientLimit(Policies p, Hop hop) {
        Policies.Route route = p.route(hop.transport());
        int limit = route == null ? 0 : route.limits.recipients();
        return limit == 0 ? ALL : limit;
    }

    /// What is known of the rate of a next hop.
    ///
    /// @return null where that cannot be looked up now
    private RateTables.@Nullable Known rates(Policies p, Hop hop, long now) {
        Policies.Route route = hop.suspension() != null ? null : p.route(hop.transport());
        RateTables tables = route == null ? null : route.rates;
        if (tables == null) {
            return RateTables.Known.NOTHING;
        }
        try {
            return tables.known(hop.nexthop(), now);
        } catch (TableException e) {
            e.warnings().forEach(line -> log.warning(tag, line));
        } catch (ConfigException e) {
            log.warning(tag, String.valueOf(e.getMessage()));
        }
        return null;
    }

    private static Hop limited(Hop hop, RateTables.@Nullable Known rates) {
        return rates != null ? hop : new Hop("retry", RATE_NOT_FOUND.text(), RATE_NOT_FOUND);
    }

    private static Entry entry(
            ActiveMessage m,
            Hop hop,
            RateTables.@Nullable Known rates,
            int[] recipients,
            Envelope envelope) {
        // What is asked of no table has the letters of ASCII folded, as in Postfix.
        String key = Fold.ascii(hop.nexthop());
        if (hop.suspension() == null && recipientLimit(m.policies, hop) == 1) {
            key = envelope.recipients().get(recipients[0]).address().text() + " " + key;
        }
        Entry e = new Entry(m, hop.transport(), hop.nexthop(), key, recipients);
        e.suspension = hop.suspension();
        if (rates != null && (rates.toGroup() || !rates.rates().isEmpty())) {
            e.rating = new Entry.Rating(rates);
        }
        Policies.Route route = m.policies.route(hop.transport());
        e.gathers = route != null && route.transport.agent().gathers();
        return e;
    }

    private Hop hop(ActiveMessage m, int recipient, long now) {
        Policies p = m.policies;
        Envelope envelope = m.queued.envelope();
        Recipient whom = envelope.recipients().get(recipient);
        if (whom.expanded()) {
            return new Hop("retry", EXPANDED.text(), EXPANDED);
        }
        Address to = whom.address();
        Probe probe = m.probe();
        if (probe != null && probe.tooMany()) {
            return suspended(new Status(4, 3, 2), "Too many address verification requests");
        }
        Hop hop = filter(p, envelope, to);
        if (hop == null) {
            hop =
                    resolved(
                            p,
                            probe == null ? p.rewrite : p.rewrite.ofProbes(),
                            envelope.sender(),
                            to);
        }
        if (hop.suspension() != null) {
            return hop;
        }
        Entry.Suspension administrator = p.suspended(hop.transport(), hop.nexthop(), to.domain());
        if (administrator != null) {
            return new Hop("retry", administrator.text(), administrator);
        }
        if (p.deferTransports.contains(hop.transport()) && !m.queued.asked()) {
            return suspended(new Status(4, 3, 2), "deferred transport");
        }
        if (p.route(hop.transport()) == null) {
            if (p.complain(hop.transport(), now)) {
                log.event(tag, new DeliveryEvent.NoTransport(hop.transport()));
            }
            return suspended(DEFER, "mail transport unavailable");
        }
        return hop;
    }

    /// content_filter wins over every route, REDIRECT over content_filter. Without a next hop of
    /// its own it is default_filter_nexthop, else the recipient's domain.
    private static @Nullable Hop filter(Policies p, Envelope envelope, Address to) {
        String filter = envelope.routing().contentFilter();
        String redirect = envelope.routing().redirectTo();
        // What is only verified is not filtered.
        if (envelope.verifies()) {
            return null;
        }
        if (filter == null || filter.isEmpty() || (redirect != null && !redirect.isEmpty())) {
            return null;
        }
        int colon = filter.indexOf(':');
        String transport = colon < 0 ? filter : filter.substring(0, colon);
        String nexthop = colon < 0 ? "" : filter.substring(colon + 1);
        if (nexthop.isEmpty()) {
            nexthop = p.filterNexthop.isEmpty() ? Fold.ascii(to.domain()) : p.filterNexthop;
        }
        return new Hop(transport, nexthop.isEmpty() ? p.myhostname : nexthop, null);
    }

    private Hop resolved(Policies p, RewriteService rewrite, Address sender, Address to) {
        if (to.isNull()) {
            return new Hop("error", "5.1.3 null recipient address", null);
        }
        Resolved r;
        try {
            r = rewrite.resolve(sender, to);
        } catch (TableException e) {
            e.warnings().forEach(line -> log.warning(tag, line));
            return suspended(DEFER, "address resolver failure");
        } catch (RuntimeException e) {
            log.warning(tag, "resolve " + to + ": " + e.getMessage());
            return suspended(DEFER, "address resolver failure");
        }
        if (r.badSyntax()) {
            return new Hop("error", "5.1.3 bad address syntax", null);
        }
        if (r.addressClass() == AddressClass.LOCAL
                && Fold.lower(to.local()).equals(p.doubleBounceSender)) {
            // Mail to the double bounce address ends here: it would come back for ever.
            return new Hop(
                    "discard", "2.0.0 undeliverable postmaster notification discarded", null);
        }
        return new Hop(r.transport(), r.nexthop(), null);
    }

    private static Hop suspended(Status status, String text) {
        DsnSplit split = DsnSplit.of(status, text);
        return new Hop("retry", text, new Entry.Suspension(split.status(), split.text()));
    }
}

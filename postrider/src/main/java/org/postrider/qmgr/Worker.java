package org.postrider.qmgr;

import org.jspecify.annotations.Nullable;
import org.postrider.delivery.Agent;
import org.postrider.delivery.DeliveryRequest;
import org.postrider.delivery.Outcome;
import org.postrider.dsn.Status;
import org.postrider.log.LogTag;
import org.postrider.queue.Envelope;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueuedMessage;

/// Runs deliveries one after another on its virtual thread: when one ends it takes the next that
/// the scheduler starts, and ends where there is none.
final class Worker {
    private static final Outcome.Detail UNREPORTED =
            Outcome.Detail.local(new Status(4, 3, 0), "none", "unknown mail transport error");

    private final QueueManager manager;
    private @Nullable Entry next;
    private Policies.@Nullable Route slotOf;
    private @Nullable LogTag tag;

    Worker(QueueManager manager, Entry first) {
        this.manager = manager;
        this.next = first;
    }

    /// Gives it its next entry. On its own thread, between deliveries.
    ///
    /// @return false where it has one already
    boolean take(Entry e) {
        if (next != null) {
            return false;
        }
        next = e;
        return true;
    }

    void run() {
        for (Entry e = next; e != null; e = next) {
            next = null;
            Entry.Verdict verdict = Entry.Verdict.UNKNOWN;
            try {
                verdict = deliver(e);
            } finally {
                manager.ended(e, verdict, this);
            }
        }
    }

    /// After [#run], whatever was thrown in it: what it was given and did not try is tried by
    /// another, and its number is free.
    void over() {
        Entry untried = next;
        next = null;
        try {
            if (untried != null) {
                manager.ended(untried, Entry.Verdict.UNKNOWN, null);
            }
        } finally {
            giveSlot();
        }
    }

    private Entry.Verdict deliver(Entry e) {
        try {
            return tried(e);
        } catch (QueueException x) {
            // Whom it is about cannot be read: nobody of it was tried.
            ActiveMessage m = java.util.Objects.requireNonNull(e.message);
            manager.warn(m.queued.id() + ": reading recipients: " + x.getMessage());
            manager.outcomes().unread(e);
            return Entry.Verdict.UNKNOWN;
        }
    }

    private Entry.Verdict tried(Entry e) {
        ActiveMessage m = java.util.Objects.requireNonNull(e.message);
        if (m.withdrawn) {
            return Entry.Verdict.UNKNOWN;
        }
        Policies.Route route = m.policies.route(e.transport);
        if (route == null) {
            manager.outcomes()
                    .suspended(
                            e,
                            new Entry.Suspension(
                                    new Status(4, 3, 0), "mail transport unavailable"));
            return Entry.Verdict.UNKNOWN;
        }
        Entry.Suspension administrator = suspended(m, e);
        if (administrator != null) {
            manager.outcomes().suspended(e, administrator);
            return Entry.Verdict.UNKNOWN;
        }
        if (m.verifies() && !route.transport.agent().verifies()) {
            manager.outcomes()
                    .suspended(
                            e,
                            new Entry.Suspension(
                                    new Status(4, 3, 0),
                                    "transport "
                                            + e.transport
                                            + " cannot tell without delivering the mail"));
            return Entry.Verdict.UNKNOWN;
        }
        Envelope envelope = e.having();
        QueuedMessage seen = envelope == m.queued.envelope() ? m.queued : m.queued.under(envelope);
        LogTag as = tag(route);
        Outcomes.Taker report =
                manager.outcomes().taker(e, envelope.recipients(), as, route.softBounce);
        Entry.Verdict verdict = Entry.Verdict.UNKNOWN;
        try {
            Agent.Unavailable unavailable =
                    route.transport
                            .agent()
                            .deliver(
                                    new DeliveryRequest(
                                            seen,
                                            e.transport,
                                            e.nexthop,
                                            boxed(e.recipients),
                                            e.more,
                                            as),
                                    report);
            if (unavailable != null) {
                report.hears(unavailable.text());
            }
            verdict = verdict(unavailable);
        } catch (QueueException x) {
            manager.warn("delivery of " + m.queued.id() + ": " + x.getMessage());
        } catch (Throwable x) {
            manager.panic("delivery of " + m.queued.id(), x);
        }
        boolean silent = report.rest(new Outcome.Deferred(UNREPORTED));
        return silent && verdict instanceof Entry.Verdict.Answered
                ? Entry.Verdict.UNKNOWN
                : verdict;
    }

    /// What was routed before its destination was suspended; null where somebody of it may go.
    private static Entry.@Nullable Suspension suspended(ActiveMessage m, Entry e) {
        Entry.Suspension why = null;
        for (int r : e.recipients) {
            String domain = m.queued.envelope().recipients().get(r).address().domain();
            why = m.policies.suspended(e.transport, e.nexthop, domain);
            if (why == null) {
                return null;
            }
        }
        return why;
    }

    private static Entry.Verdict verdict(Agent.@Nullable Unavailable unavailable) {
        return unavailable == null
                ? Entry.Verdict.ANSWERED
                : new Entry.Verdict.Unavailable(
                        new Entry.Suspension(
                                unavailable.status(),
                                "delivery temporarily suspended: " + unavailable.text()));
    }

    private static java.util.List<Integer> boxed(int[] recipients) {
        if (recipients.length == 1) {
            return java.util.List.of(recipients[0]);
        }
        Integer[] out = new Integer[recipients.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = recipients[i];
        }
        return java.util.List.of(out);
    }

    private LogTag tag(Policies.Route route) {
        LogTag known = tag;
        if (known != null && slotOf == route) {
            return known;
        }
        giveSlot();
        LogTag made = new LogTag(route.tagName, route.transport.slots().take());
        slotOf = route;
        tag = made;
        return made;
    }

    private void giveSlot() {
        Policies.Route of = slotOf;
        LogTag had = tag;
        if (of != null && had != null) {
            of.transport.slots().give(had.pid());
        }
        slotOf = null;
        tag = null;
    }
}

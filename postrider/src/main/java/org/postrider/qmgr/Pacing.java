package org.postrider.qmgr;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.postrider.anvil.Rates;
import org.postrider.qmgr.rate.Budget;
import org.postrider.qmgr.rate.DestinationRate;

/// The scheduler's part for destinations whose rates are limited: what may wait in memory, what is
/// put back into the queue until its turn, and who goes on when a budget has room. For the
/// scheduler only.
final class Pacing {
    /// What starts sooner than this waits in memory.
    static final long SOON_NANOS = 10_000_000_000L;

    /// What waits in memory is put back where it would have to wait longer than this.
    private static final long FAR_NANOS = 6 * SOON_NANOS;

    private final Scheduler scheduler;
    private final Supplier<Rates> counts;

    /// Deliveries that wait in memory for a rate, over all transports, and how many may.
    private int late;

    /// By transport and name: what was said last of those that are slowed.
    private final Map<String, String> slowed = new ConcurrentSkipListMap<>();

    private int mostLate = 10_000;

    Pacing(Scheduler scheduler, Supplier<Rates> counts) {
        this.scheduler = scheduler;
        this.counts = counts;
    }

    void mostLate(int most) {
        mostLate = Math.max(1, most);
    }

    /// The destination has the budgets that its newest entry says, with their limits as they are
    /// now; others than it has only where nobody waits by those.
    void join(Destination d, List<DestinationRate> rates, long now) {
        boolean same = d.budgets.size() == rates.size();
        for (int i = 0; same && i < rates.size(); i++) {
            Budget<Destination> has = d.budgets.get(i);
            same = has.rate().name().equals(rates.get(i).name());
            if (same && !has.rate().equals(rates.get(i))) {
                has.rate(rates.get(i));
            }
        }
        if (same || !d.waiting.isEmpty() || !d.passing.isEmpty()) {
            return;
        }
        List<Budget<Destination>> had = d.budgets;
        List<Budget<Destination>> all = new ArrayList<>(rates.size());
        for (DestinationRate each : rates) {
            Budget<Destination> b =
                    d.lane.budgets.computeIfAbsent(
                            each.name(), _ -> new Budget<>(d.lane.name, each, counts));
            if (!b.rate().equals(each)) {
                b.rate(each);
            }
            b.users().add(d);
            all.add(b);
        }
        d.budgets = List.copyOf(all);
        for (Budget<Destination> b : had) {
            if (!d.budgets.contains(b)) {
                b.users().remove(d);
                forget(b, d.lane, now);
            }
        }
    }

    /// The destination is forgotten.
    void leave(Destination d, long now) {
        for (Budget<Destination> b : d.budgets) {
            b.users().remove(d);
            forget(b, d.lane, now);
        }
        d.budgets = List.of();
    }

    private void forget(Budget<Destination> b, Lane lane, long now) {
        if (!b.users().isEmpty()) {
            return;
        }
        long settled = b.settledAt(now);
        if (settled - now <= 0) {
            lane.budgets.remove(b.rate().name(), b);
        } else if (b.arm(settled)) {
            scheduler.timer(settled, lane, b);
        }
    }

    /// Whether an entry's turn is so late that it is put back into the queue; else it waits.
    boolean late(Entry e, Destination d, long now) {
        Entry.Rating rating = e.rating;
        if (rating == null || d.grouping) {
            return false;
        }
        long turn = now;
        Budget<Destination> last = null;
        for (Budget<Destination> b : d.budgets) {
            Entry.PutBack before = rating.before;
            if (before != null && before.name().equals(b.rate().name())) {
                b.comes(before.sure());
            }
            long at = b.turnAt(e.recipients.length, now);
            if (at - turn > 0) {
                turn = at;
                last = b;
            }
        }
        if (last == null) {
            return false;
        }
        long soon = rating.again ? 2 * SOON_NANOS : SOON_NANOS;
        boolean behind = !rating.again && last.lined(now);
        if (!behind && turn - now <= soon && late < mostLate) {
            rating.late = true;
            late++;
            return false;
        }
        Budget.Place place = last.reserve(e.recipients.length, now);
        rating.due = place.due();
        rating.now = new Entry.PutBack(last.rate().name(), place.sure());
        return true;
    }

    /// It waits in memory.
    void waits(Entry e, Destination d) {
        if (e.rating != null) {
            d.budgets.forEach(b -> b.waits(1, e.recipients.length));
        }
    }

    /// It waits no more.
    void left(Entry e, Destination d) {
        Entry.Rating rating = e.rating;
        if (rating == null) {
            return;
        }
        d.budgets.forEach(b -> b.waits(-1, e.recipients.length));
        if (rating.late) {
            rating.late = false;
            late--;
        }
    }

    void started(Entry e, Destination d, long now) {
        Entry.Rating rating = e.rating;
        if (rating == null) {
            return;
        }
        List<Budget.Charge<Destination>> charged = new ArrayList<>(d.budgets.size());
        rating.started = now;
        for (Budget<Destination> b : d.budgets) {
            charged.add(b.take(e.recipients.length, now));
        }
        rating.charged = charged;
    }

    void ended(Entry e, Entry.Verdict verdict, Destination d, long now) {
        Entry.Rating rating = e.rating;
        if (rating == null) {
            return;
        }
        boolean happened = !(verdict instanceof Entry.Verdict.Unavailable);
        for (Budget.Charge<Destination> charge : rating.charged) {
            Budget<Destination> b = charge.budget();
            b.ended(charge, e.recipients.length, happened);
            if (!happened && !b.blocked().isEmpty()) {
                serve(b, d.lane, now);
            }
        }
        if (rating.throttled != null) {
            slower(rating, d, now);
        } else if (verdict instanceof Entry.Verdict.Answered) {
            for (Budget.Charge<Destination> charge : rating.charged) {
                Budget<Destination> b = charge.budget();
                said(b, d.lane, b.took(rating.started, now));
            }
        }
    }

    /// The destination asked for less: it, or its group, is slowed, and what waits longer now is
    /// put back.
    private void slower(Entry.Rating rating, Destination d, long now) {
        if (rating.charged.isEmpty()) {
            return;
        }
        Budget<Destination> b = rating.charged.getLast().budget();
        String part = b.slower(rating.started, d.busy + 1, now);
        if (part == null) {
            return;
        }
        said(b, d.lane, "slowed to " + part + ": " + rating.throttled);
        for (Destination each : List.copyOf(b.users())) {
            if (!each.waiting.isEmpty() || !each.passing.isEmpty()) {
                scheduler.readmit(each, now);
                scheduler.ready(each, now);
            }
        }
    }

    private void said(Budget<Destination> b, Lane lane, @Nullable String what) {
        if (what == null) {
            return;
        }
        String name = b.rate().name();
        if (b.slowed() == null) {
            slowed.remove(lane.name + ":" + name);
        } else {
            slowed.put(lane.name + ":" + name, what);
        }
        scheduler.actions().speed(lane.name, name, what);
    }

    /// The administrator has seen to it.
    ///
    /// @param name of a destination or group, or with its transport before it
    void fullSpeed(Lane lane, String name, long now) {
        String prefix = lane.name + ":";
        String own = name.startsWith(prefix) ? name.substring(prefix.length()) : name;
        Budget<Destination> b = lane.budgets.get(own);
        if (b != null && b.fullSpeed()) {
            b.forgetLine();
            said(b, lane, "at full speed again, by the administrator");
            serve(b, lane, now);
            forget(b, lane, now);
        }
    }

    Map<String, String> slowed() {
        return slowed;
    }

    /// The destination has something to start: it is to wait if a budget has no room.
    ///
    /// @return true where it waits
    boolean blocks(Destination d, boolean passing, long now) {
        if (d.budgets.isEmpty()) {
            return false;
        }
        Entry next = passing ? d.passing.peek() : d.waiting.peek();
        if (next == null || next.rating == null) {
            return false;
        }
        for (Budget<Destination> b : d.budgets) {
            long at = b.readyAt(next.recipients.length, now);
            if (at - now > FAR_NANOS) {
                // Limits have changed, or more has gone than was thought. What stays does not wait
                // for what is put back.
                scheduler.readmit(d, now);
                scheduler.ready(d, now);
                return true;
            }
            if (at - now > 0) {
                if (!d.blocked) {
                    d.blocked = true;
                    b.blocked().add(d);
                }
                arm(b, d.lane, at);
                return true;
            }
        }
        return false;
    }

    private void arm(Budget<Destination> b, Lane lane, long at) {
        if (b.arm(at)) {
            scheduler.timer(at, lane, b);
        }
    }

    /// A budget's time has come.
    void tick(Budget<Destination> b, Lane lane, long at, long now) {
        if (!b.disarm(at)) {
            return;
        }
        said(b, lane, b.grown(now));
        serve(b, lane, now);
        forget(b, lane, now);
    }

    /// Whoever waits for a budget goes on, in turn, while it has room.
    private void serve(Budget<Destination> b, Lane lane, long now) {
        for (int left = b.blocked().size(); left > 0; left--) {
            Destination d = b.blocked().element();
            Entry next = d.passing.isEmpty() ? d.waiting.peek() : d.passing.peek();
            if (next != null && next.rating != null) {
                long at = b.readyAt(next.recipients.length, now);
                if (at - now > 0) {
                    arm(b, lane, at);
                    return;
                }
            }
            b.blocked().remove();
            d.blocked = false;
            scheduler.ready(d, now);
            scheduler.run(lane, now);
            scheduler.forgetIdle(d, now);
        }
    }

    /// `postqueue -f`: what was put back comes at once.
    void forgetLines(Lane lane) {
        lane.budgets.values().forEach(Budget::forgetLine);
    }
}

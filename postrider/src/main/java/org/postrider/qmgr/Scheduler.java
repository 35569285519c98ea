package org.postrider.qmgr;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.postrider.anvil.Rates;
import org.postrider.maps.Fold;
import org.postrider.qmgr.rate.Budget;
import org.postrider.qmgr.rate.DestinationRate;

/// Decides what is delivered when: a step function over time given by its caller. Events go in,
/// starts and suspensions come out through [Actions]. One caller at a time; no I/O, no clock, no
/// locks.
///
/// Transports hold destinations, destinations hold entries. Ready destinations of a transport take
/// turns, so one that is slow or dead never delays another. Each has a window of concurrent
/// deliveries that success widens and unreachability narrows; after
/// `destination_concurrency_failed_cohort_limit` windows full of failures it is dead for
/// `minimal_backoff_time`, and what waits for it is suspended. A message of many entries earns a
/// slot per `delivery_slot_cost` of its deliveries, on which small messages pass in front of it
/// (SCHEDULER_README).
final class Scheduler {
    /// What the scheduler wants done.
    interface Actions {
        /// Deliver this now; tell [Scheduler#finished] afterwards.
        void start(Entry entry);

        /// Defer these without an attempt: their destination is dead. Not to be told about.
        void suspend(List<Entry> entries);

        /// Put these back into the queue until their turn ([Entry.Rating]). Not to be told about.
        void putBack(List<Entry> entries);

        /// Say that the speed of a destination or a group has changed.
        ///
        /// @param what `slowed to 1/4: 421 4.7.0 …`
        void speed(String transport, String name, String what);

        /// Find out of which group the entry's destination is, and tell [Scheduler#grouped].
        void group(Entry entry);
    }

    /// A point in time at which a destination, a budget or a transport may go on.
    private record Timer(
            long at,
            Lane lane,
            @Nullable Destination destination,
            @Nullable Budget<Destination> budget) {}

    /// Deliveries to a destination that go with others, beside its window.
    private static final int MOST_ALONG = 14;

    private final Actions actions;
    private final Pacing pacing;
    private Function<String, Limits> limits;
    private final Map<String, Lane> lanes = new HashMap<>();
    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>((a, b) -> Long.signum(a.at() - b.at()));
    private @Nullable Clogs clogs;
    private long asks;
    private boolean paused;
    private volatile int busy;

    /// @param limits by transport name
    /// @param rates asked only where a destination's rate is counted
    Scheduler(Actions actions, Function<String, Limits> limits, Supplier<Rates> rates) {
        this.actions = actions;
        this.limits = limits;
        pacing = new Pacing(this, rates);
    }

    /// How many deliveries may wait in memory for their destinations' rates.
    void mostLate(int most) {
        pacing.mostLate(most);
    }

    /// What is said of destinations that fill the active queue; half of it may wait for rates.
    void clogs(Clogs now) {
        clogs = now;
        mostLate(now.activeLimit / 2);
    }

    /// New limits for all transports (reload). Windows shrink as deliveries end.
    void limits(Function<String, Limits> now) {
        limits = now;
        for (Lane lane : lanes.values()) {
            lane.limits = now.apply(lane.name);
            for (Destination d : lane.destinations.values()) {
                int widest = lane.limits.concurrency();
                if (widest > 0 && d.window > widest) {
                    d.window = widest;
                }
            }
        }
    }

    /// A message's entries, grouped by transport in any order.
    void add(List<Entry> entries, long now) {
        if (entries.size() == 1) {
            addJob(new Lane.Job(entries), now);
            return;
        }
        Map<String, List<Entry>> byTransport = new HashMap<>();
        for (Entry e : entries) {
            byTransport.computeIfAbsent(e.transport, _ -> new ArrayList<>()).add(e);
        }
        for (List<Entry> each : byTransport.values()) {
            addJob(new Lane.Job(each), now);
        }
    }

    private void addJob(Lane.Job job, long now) {
        Lane lane = lane(job.entries.getFirst().transport);
        int total = job.entries.size();
        List<Entry> suspended = null;
        List<Entry> early = null;
        for (Entry e : job.entries) {
            Destination d = destination(lane, e.key);
            e.job = job;
            e.destination = d;
            rate(e, d, now);
            if (e.asked && d.dead() && d.asksAtDeath < asks) {
                d.revive(lane.limits);
            }
            if (d.dead()) {
                suspended = suspended == null ? new ArrayList<>() : suspended;
                e.suspension = d.reason;
                suspended.add(e);
                job.left--;
            } else if (pacing.late(e, d, now)) {
                early = early == null ? new ArrayList<>() : early;
                early.add(e);
                job.left--;
                forgetIdle(d, now);
            } else {
                pacing.waits(e, d);
                d.waiting.add(e);
                if (clogs != null) {
                    clogs.look(d, now);
                }
            }
        }
        if (suspended != null) {
            actions.suspend(suspended);
        }
        if (early != null) {
            actions.putBack(early);
        }
        if (job.left > 0 && lane.large(total)) {
            lane.largeJobs++;
        } else if (job.left > 0 && lane.largeJobs > 0) {
            lane.candidates.add(job);
            promote(lane, now);
        }
        for (Entry e : job.entries) {
            ready(java.util.Objects.requireNonNull(e.destination), now);
        }
        run(lane, now);
    }

    /// What the entry knows of its destination's rate.
    private void rate(Entry e, Destination d, long now) {
        Entry.Rating rating = e.rating;
        if (rating == null) {
            if (!d.budgets.isEmpty()) {
                pacing.join(d, List.of(), now);
            }
            return;
        }
        if (!rating.known.toGroup()) {
            pacing.join(d, rating.known.rates(), now);
        } else if (!d.grouping && d.waiting.isEmpty() && d.passing.isEmpty()) {
            d.grouping = true;
            pacing.join(d, rating.known.rates(), now);
            actions.group(e);
        }
    }

    /// It is known now of which group a destination is.
    ///
    /// @param asked what [Actions#group] was told
    /// @param rates of the destination, and of its group if it has one
    /// @param failure why nobody knows: its mail waits
    void grouped(
            Entry asked,
            List<DestinationRate> rates,
            Entry.@Nullable Suspension failure,
            long now) {
        Destination d = java.util.Objects.requireNonNull(asked.destination);
        d.grouping = false;
        List<Entry> all = taken(d);
        if (failure != null) {
            suspend(all, failure);
        } else {
            pacing.join(d, rates, now);
            readmit(d, all, now);
            ready(d, now);
        }
        run(d.lane, now);
        forgetIdle(d, now);
    }

    /// What waits at a destination is judged anew: some of it is put back.
    void readmit(Destination d, long now) {
        readmit(d, taken(d), now);
    }

    private void readmit(Destination d, List<Entry> all, long now) {
        List<Entry> early = new ArrayList<>();
        for (Entry e : all) {
            if (pacing.late(e, d, now)) {
                early.add(e);
                counted(e);
            } else {
                pacing.waits(e, d);
                d.waiting.add(e);
            }
        }
        if (!early.isEmpty()) {
            actions.putBack(early);
        }
    }

    /// What waits at a destination, which then has nothing. Those that passed come first.
    private List<Entry> taken(Destination d) {
        List<Entry> all = new ArrayList<>(d.passing);
        all.addAll(d.waiting);
        d.passing.clear();
        d.waiting.clear();
        all.forEach(e -> pacing.left(e, d));
        return all;
    }

    private void suspend(List<Entry> all, Entry.@Nullable Suspension why) {
        for (Entry e : all) {
            e.suspension = why;
            counted(e);
        }
        if (!all.isEmpty()) {
            actions.suspend(all);
        }
    }

    private Lane lane(String transport) {
        Lane lane = lanes.get(transport);
        if (lane == null) {
            lane = new Lane(transport, limits.apply(transport));
            lanes.put(transport, lane);
        }
        return lane;
    }

    private static Destination destination(Lane lane, String key) {
        Destination d = lane.destinations.get(key);
        if (d == null) {
            d = new Destination(lane, key);
            lane.destinations.put(key, d);
        }
        return d;
    }

    /// A delivery ended: what it tells of its destination widens or narrows the window, or leaves
    /// it.
    void finished(Entry entry, Entry.Verdict verdict, long now) {
        Destination d = java.util.Objects.requireNonNull(entry.destination);
        Lane lane = d.lane;
        if (entry.along) {
            lane.along.compute(d, (_, many) -> many == null || many == 1 ? null : many - 1);
        } else {
            d.busy--;
        }
        d.lastDone = now;
        lane.busy--;
        busy--;
        switch (verdict) {
            case Entry.Verdict.Unavailable u -> failed(d, u.why(), now);
            case Entry.Verdict.Answered _ when d.dead() ->
                    // A delivery that began before the others failed got through.
                    d.revive(lane.limits);
            case Entry.Verdict.Answered _ -> d.widen(lane.limits);
            case Entry.Verdict.Unknown _ -> {
                // its place is free again, no more
            }
        }
        if (lane.limits.destinationDelayNanos() > 0) {
            if (d.dead()) {
                // As in qmgr(8), such a destination has its delay between attempts and no more.
                d.revive(lane.limits);
            }
            d.notBefore = now + lane.limits.destinationDelayNanos();
            timers.add(new Timer(d.notBefore, lane, d, null));
        }
        if (lane.limits.transportDelayNanos() > 0) {
            lane.notBefore = now + lane.limits.transportDelayNanos();
            timers.add(new Timer(lane.notBefore, lane, null, null));
        }
        pacing.ended(entry, verdict, d, now);
        ready(d, now);
        run(lane, now);
        forgetIdle(d, now);
    }

    private void failed(Destination d, Entry.Suspension why, long now) {
        if (!d.dead() && !d.narrow(d.lane.limits)) {
            return;
        }
        if (!d.dead()) {
            d.deadUntil = now + d.lane.limits.deadNanos();
            d.asksAtDeath = asks;
            d.reason = why;
            timers.add(new Timer(d.deadUntil, d.lane, d, null));
        }
        suspend(taken(d), d.reason);
    }

    void timer(long at, Lane lane, Budget<Destination> budget) {
        timers.add(new Timer(at, lane, null, budget));
    }

    /// Forgets a destination without work: its failures at once, as qmgr(8) does, and the rest of
    /// it once deliveries would no longer follow each other.
    void forgetIdle(Destination d, long now) {
        if (!d.idle(now)) {
            return;
        }
        d.forgetFailures(d.lane.limits);
        if (d.inRing || d.inPassingRing || d.lingers || d.blocked || d.grouping) {
            return;
        }
        long until = d.lastDone + Destination.BACK_TO_BACK_NANOS;
        if (d.lastDone == Destination.ALIVE || until - now < 0) {
            d.lane.destinations.remove(d.key, d);
            d.lane.clogs.remove(d);
            pacing.leave(d, now);
        } else {
            d.lingers = true;
            timers.add(new Timer(until + 1, d.lane, d, null));
        }
    }

    /// Puts a destination into the rings where it has something to start.
    void ready(Destination d, long now) {
        if (!d.mayStart(now) || pacing.blocks(d, !d.passing.isEmpty(), now)) {
            return;
        }
        if (!d.inPassingRing && !d.passing.isEmpty()) {
            d.inPassingRing = true;
            d.lane.passingRing.add(d);
        }
        if (!d.inRing && !d.waiting.isEmpty()) {
            d.inRing = true;
            d.lane.ring.add(d);
        }
    }

    /// Starts what may start on a transport.
    void run(Lane lane, long now) {
        while (!paused && lane.mayStart(now)) {
            Entry e = next(lane, now);
            if (e == null) {
                return;
            }
            Destination d = java.util.Objects.requireNonNull(e.destination);
            d.busy++;
            lane.busy++;
            busy++;
            pacing.left(e, d);
            pacing.started(e, d, now);
            counted(e);
            e.more = d.busyTimes(now);
            earn(lane, e, now);
            ready(d, now);
            actions.start(e);
            if (e.gathers) {
                along(d, now);
            }
        }
    }

    /// What waits for the same recipient goes with it, while half of the transport is free: others
    /// have their turns.
    private void along(Destination d, long now) {
        Lane lane = d.lane;
        while (lane.along.getOrDefault(d, 0) < MOST_ALONG
                && lane.roomy(now)
                && !d.waiting.isEmpty()
                && !pacing.blocks(d, false, now)) {
            Entry e = d.waiting.remove();
            e.along = true;
            lane.along.merge(d, 1, Integer::sum);
            lane.busy++;
            busy++;
            pacing.left(e, d);
            pacing.started(e, d, now);
            counted(e);
            e.more = true;
            earn(lane, e, now);
            actions.start(e);
        }
    }

    private @Nullable Entry next(Lane lane, long now) {
        while (true) {
            boolean passing = !lane.passingRing.isEmpty();
            Destination d = passing ? lane.passingRing.poll() : lane.ring.poll();
            if (d == null) {
                return null;
            }
            if (passing) {
                d.inPassingRing = false;
            } else {
                d.inRing = false;
            }
            boolean may = d.mayStart(now) && !pacing.blocks(d, passing, now);
            Entry e = may ? (passing ? d.passing.poll() : d.waiting.poll()) : null;
            if (e != null) {
                return e;
            }
            forgetIdle(d, now);
        }
    }

    /// One less of its job waits.
    private static void counted(Entry e) {
        Lane.Job job = java.util.Objects.requireNonNull(e.job);
        Lane lane = java.util.Objects.requireNonNull(e.destination).lane;
        if (--job.left == 0 && lane.largeJobs > 0) {
            if (lane.large(job.entries.size())) {
                lane.largeJobs--;
            } else if (!job.passing) {
                lane.candidates.remove(job);
            }
            if (lane.largeJobs == 0) {
                lane.earned = 0;
                lane.candidates.clear();
            }
        }
    }

    /// A large job's delivery earns part of a slot for small ones.
    private void earn(Lane lane, Entry e, long now) {
        if (lane.largeJobs == 0 || lane.limits.slotCost() == 0) {
            return;
        }
        Lane.Job job = java.util.Objects.requireNonNull(e.job);
        if (lane.large(job.entries.size())) {
            lane.earned += 1.0 / lane.limits.slotCost();
            promote(lane, now);
        }
    }

    private void promote(Lane lane, long now) {
        Iterator<Lane.Job> each = lane.candidates.iterator();
        while (each.hasNext()) {
            Lane.Job job = each.next();
            if (!lane.canPass(job.left)) {
                return;
            }
            each.remove();
            lane.earned -= job.left;
            job.passing = true;
            for (Entry e : job.entries) {
                Destination d = java.util.Objects.requireNonNull(e.destination);
                if (d.waiting.removeLastOccurrence(e)) {
                    d.passing.add(e);
                    ready(d, now);
                }
            }
        }
    }

    /// Time has come: dead destinations are alive again, delays are over.
    void tick(long now) {
        while (true) {
            Timer t = timers.peek();
            if (t == null || t.at() - now > 0) {
                return;
            }
            timers.poll();
            if (t.budget() != null) {
                pacing.tick(t.budget(), t.lane(), t.at(), now);
            }
            Destination d = t.destination();
            if (d != null) {
                if (d.dead() && d.deadUntil - now <= 0) {
                    d.revive(d.lane.limits);
                }
                d.lingers = false;
                ready(d, now);
            }
            run(t.lane(), now);
            if (d != null) {
                forgetIdle(d, now);
            }
        }
    }

    /// When [#tick] has something to do; null for never.
    @Nullable Long nextTimer() {
        Timer t = timers.peek();
        return t == null ? null : t.at();
    }

    /// ETRN, `postqueue -i`, `postqueue -s`: some messages are about to come that were asked for.
    /// Their dead destinations get one more chance each, and no others.
    void asked() {
        asks++;
    }

    /// `postqueue --resume`: a destination or a group that was slowed is at full speed.
    void fullSpeed(String name, long now) {
        for (Lane lane : lanes.values()) {
            pacing.fullSpeed(lane, name, now);
        }
    }

    /// Which destinations and groups are slowed, and how much, by transport and name. Any thread.
    Map<String, String> slowed() {
        return pacing.slowed();
    }

    /// Whether one of this name, with its transport before it or not, is slowed. Any thread.
    boolean slowed(String name) {
        return slowed().keySet().stream()
                .map(Fold::lower)
                .anyMatch(each -> each.equals(name) || each.endsWith(":" + name));
    }

    Actions actions() {
        return actions;
    }

    /// `postqueue -f`: every dead destination gets another chance now.
    void reviveAll(long now) {
        for (Lane lane : lanes.values()) {
            pacing.forgetLines(lane);
            for (Destination d : new ArrayList<>(lane.destinations.values())) {
                if (d.dead()) {
                    d.revive(lane.limits);
                    forgetIdle(d, now);
                }
            }
        }
    }

    /// Starts nothing more until told otherwise: outcomes could not be written down.
    void pause(boolean on, long now) {
        paused = on;
        if (!on) {
            for (Lane lane : new ArrayList<>(lanes.values())) {
                run(lane, now);
            }
        }
    }

    /// Deliveries under way. Any thread.
    int busy() {
        return busy;
    }

    /// For tests: the window of a destination, 0 for a dead one, -1 for an unknown one.
    int window(String transport, String nexthop) {
        Lane lane = lanes.get(transport);
        Destination d = lane == null ? null : lane.destinations.get(nexthop);
        if (d == null) {
            return -1;
        }
        return d.dead() ? 0 : d.window;
    }

    /// For tests: deliveries under way.
    int busy(String transport, String nexthop) {
        Lane lane = lanes.get(transport);
        Destination d = lane == null ? null : lane.destinations.get(nexthop);
        return d == null ? 0 : d.busy;
    }
}

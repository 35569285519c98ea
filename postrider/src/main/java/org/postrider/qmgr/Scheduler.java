package org.postrider.qmgr;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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
    }

    /// A point in time at which a destination or transport may go on.
    private record Timer(long at, Lane lane, @Nullable Destination destination) {}

    private final Actions actions;
    private Function<String, Limits> limits;
    private final Map<String, Lane> lanes = new HashMap<>();
    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>((a, b) -> Long.signum(a.at() - b.at()));
    private long asks;
    private boolean paused;
    private volatile int busy;

    /// @param limits by transport name
    Scheduler(Actions actions, Function<String, Limits> limits) {
        this.actions = actions;
        this.limits = limits;
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
            addJob(new Job(entries), now);
            return;
        }
        Map<String, List<Entry>> byTransport = new HashMap<>();
        for (Entry e : entries) {
            byTransport.computeIfAbsent(e.transport, _ -> new ArrayList<>()).add(e);
        }
        for (List<Entry> each : byTransport.values()) {
            addJob(new Job(each), now);
        }
    }

    private void addJob(Job job, long now) {
        Lane lane = lane(job.entries.getFirst().transport);
        int total = job.entries.size();
        List<Entry> suspended = null;
        for (Entry e : job.entries) {
            Destination d = destination(lane, e.key);
            e.job = job;
            e.destination = d;
            if (e.asked && d.dead() && d.asksAtDeath < asks) {
                d.revive(lane.limits);
            }
            if (d.dead()) {
                suspended = suspended == null ? new ArrayList<>() : suspended;
                e.suspension = d.reason;
                suspended.add(e);
                job.left--;
            } else {
                d.waiting.add(e);
                ready(d, now);
            }
        }
        if (suspended != null) {
            actions.suspend(suspended);
        }
        if (job.left > 0 && lane.large(total)) {
            lane.largeJobs++;
        } else if (job.left > 0 && lane.largeJobs > 0) {
            lane.candidates.add(job);
            promote(lane, now);
        }
        run(lane, now);
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
        d.busy--;
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
            d.notBefore = now + lane.limits.destinationDelayNanos();
            timers.add(new Timer(d.notBefore, lane, d));
        }
        if (lane.limits.transportDelayNanos() > 0) {
            lane.notBefore = now + lane.limits.transportDelayNanos();
            timers.add(new Timer(lane.notBefore, lane, null));
        }
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
            timers.add(new Timer(d.deadUntil, d.lane, d));
        }
        List<Entry> all = new ArrayList<>(d.passing);
        all.addAll(d.waiting);
        d.passing.clear();
        d.waiting.clear();
        for (Entry e : all) {
            e.suspension = d.reason;
            left(e);
        }
        if (!all.isEmpty()) {
            actions.suspend(all);
        }
    }

    /// Forgets a destination without work: its failures at once, as qmgr(8) does, and the rest of
    /// it once deliveries would no longer follow each other.
    private void forgetIdle(Destination d, long now) {
        if (!d.idle(now)) {
            return;
        }
        d.forgetFailures(d.lane.limits);
        if (d.inRing || d.inPassingRing || d.lingers) {
            return;
        }
        long until = d.lastDone + Destination.BACK_TO_BACK_NANOS;
        if (d.lastDone == Destination.ALIVE || until - now < 0) {
            d.lane.destinations.remove(d.key, d);
        } else {
            d.lingers = true;
            timers.add(new Timer(until + 1, d.lane, d));
        }
    }

    /// Puts a destination into the rings where it has something to start.
    private static void ready(Destination d, long now) {
        if (!d.mayStart(now)) {
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
    private void run(Lane lane, long now) {
        while (!paused && lane.mayStart(now)) {
            Entry e = next(lane, now);
            if (e == null) {
                return;
            }
            Destination d = java.util.Objects.requireNonNull(e.destination);
            d.busy++;
            lane.busy++;
            busy++;
            left(e);
            e.more = d.busyTimes(now);
            earn(lane, e, now);
            ready(d, now);
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
            Entry e = d.mayStart(now) ? (passing ? d.passing.poll() : d.waiting.poll()) : null;
            if (e != null) {
                return e;
            }
            forgetIdle(d, now);
        }
    }

    private static void left(Entry e) {
        Job job = java.util.Objects.requireNonNull(e.job);
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
    private static void earn(Lane lane, Entry e, long now) {
        if (lane.largeJobs == 0 || lane.limits.slotCost() == 0) {
            return;
        }
        Job job = java.util.Objects.requireNonNull(e.job);
        if (lane.large(job.entries.size())) {
            lane.earned += 1.0 / lane.limits.slotCost();
            promote(lane, now);
        }
    }

    private static void promote(Lane lane, long now) {
        Iterator<Job> each = lane.candidates.iterator();
        while (each.hasNext()) {
            Job job = each.next();
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

    /// `postqueue -f`: every dead destination gets another chance now.
    void reviveAll(long now) {
        for (Lane lane : lanes.values()) {
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

package org.postrider.qmgr;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import org.postrider.dsn.Status;

/// Days of mail in seconds: messages arrive, destinations come and go, retries follow Postfix's
/// back-off, all from a seed. A failure prints the seed.
final class SimulatedWorld {
    static final long SECOND = 1_000_000_000L;
    static final long HOUR = 3600 * SECOND;
    private static final int DESTINATIONS = 12;
    private static final Entry.Suspension DOWN = new Entry.Suspension(new Status(4, 4, 1), "down");

    /// One message: which of its entries are still owed.
    private static final class Mail {
        final long arrival;
        final List<String> owed;

        Mail(long arrival, List<String> owed) {
            this.arrival = arrival;
            this.owed = owed;
        }
    }

    private record Happening(long at, long order, Runnable what) {}

    private final Random random;
    private final long seed;
    private final PriorityQueue<Happening> future =
            new PriorityQueue<>((a, b) ->
                    a.at != b.at ? Long.compare(a.at, b.at) : Long.compare(a.order, b.order));
    final Map<Entry, Mail> mailOf = new HashMap<>();
    private final Map<String, Integer> busyAt = new HashMap<>();
    private final Map<String, Long> downUntil = new HashMap<>();
    private final Map<String, Long> waitingSince = new HashMap<>();
    private final Scheduler scheduler;
    private long now;
    private long order;
    int busy;
    int accepted;
    int delivered;
    int returned;
    long longestHealthyWait;

    SimulatedWorld(long seed) {
        this.seed = seed;
        random = new Random(seed);
        scheduler = new Scheduler(new Actions(), _ -> limits(), () -> null);
    }

    private Limits limits() {
        TestLimits l = new TestLimits();
        l.processes = 8;
        l.positive = random.nextBoolean() ? "1" : "1/concurrency";
        l.negative = l.positive;
        l.widest = 6;
        l.initial = 3;
        return l.make();
    }

    private final class Actions implements Scheduler.Actions {
        @Override
        public void start(Entry e) {
            busy++;
            int there = busyAt.merge(e.nexthop, 1, Integer::sum);
            assertTrue(there <= 6, () -> "seed " + seed + ": window of " + e.nexthop);
            assertTrue(busy <= 8, () -> "seed " + seed + ": process limit");
            Long since = waitingSince.remove(e.nexthop + System.identityHashCode(e));
            boolean healthy = e.nexthop.equals("healthy");
            if (healthy && since != null) {
                longestHealthyWait = Math.max(longestHealthyWait, now - since);
            }
            boolean down = down(e.nexthop);
            long takes = down ? 2 * SECOND : SECOND / 10 + random.nextInt(200_000_000);
            at(now + takes, () -> end(e, down));
        }

        @Override
        public void suspend(List<Entry> entries) {
            for (Entry e : entries) {
                waitingSince.remove(e.nexthop + System.identityHashCode(e));
                at(now, () -> deferred(e));
            }
        }

        @Override
        public void putBack(List<Entry> entries) {
            throw new AssertionError("no rate is limited here");
        }

        @Override
        public void speed(String transport, String name, String what) {
            throw new AssertionError("nothing is slowed here");
        }

        @Override
        public void group(Entry entry) {
            throw new AssertionError("no rate is limited here");
        }
    }

    boolean down(String nexthop) {
        return downUntil.getOrDefault(nexthop, 0L) > now;
    }

    private void at(long when, Runnable what) {
        future.add(new Happening(when, order++, what));
    }

    private void end(Entry e, boolean down) {
        busy--;
        busyAt.merge(e.nexthop, -1, Integer::sum);
        if (down) {
            deferred(e);
        } else {
            Mail m = java.util.Objects.requireNonNull(mailOf.remove(e));
            m.owed.remove(e.nexthop);
            delivered++;
        }
        scheduler.finished(
                e, down ? new Entry.Verdict.Unavailable(DOWN) : Entry.Verdict.ANSWERED, now);
    }

    private void deferred(Entry e) {
        Mail m = java.util.Objects.requireNonNull(mailOf.remove(e));
        long age = now - m.arrival;
        if (age > 24 * HOUR) {
            m.owed.remove(e.nexthop);
            returned++;
            return;
        }
        long wait = Math.max(300 * SECOND, Math.min(4000 * SECOND, age));
        at(now + wait, () -> attempt(m, List.of(e.nexthop)));
    }

    private void attempt(Mail m, List<String> hops) {
        List<Entry> entries = new ArrayList<>();
        for (String hop : hops) {
            Entry e = SchedulerTest.entry(hop);
            mailOf.put(e, m);
            waitingSince.put(e.nexthop + System.identityHashCode(e), now);
            entries.add(e);
        }
        scheduler.add(entries, now);
    }

    private void arrive() {
        int n = random.nextInt(50) == 0 ? 40 : 1 + random.nextInt(2);
        List<String> hops = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            int d = random.nextInt(DESTINATIONS);
            hops.add(d == 0 ? "healthy" : "d" + d);
        }
        accepted += n;
        attempt(new Mail(now, new ArrayList<>(hops)), hops);
    }

    void run(long until) {
        for (int i = 1; i < DESTINATIONS; i++) {
            for (long t = 0; t < until; ) {
                t += random.nextInt(10) * HOUR + HOUR;
                long end = t + random.nextInt(8) * HOUR / 2;
                String d = "d" + i;
                at(t, () -> downUntil.put(d, end));
                t = end;
            }
        }
        for (long t = 0; t < until; t += SECOND + random.nextInt(60) * SECOND) {
            at(t, this::arrive);
        }
        while (true) {
            Long timer = scheduler.nextTimer();
            Happening next = future.peek();
            if (next == null && timer == null) {
                break;
            }
            if (timer != null && (next == null || timer <= next.at)) {
                now = Math.max(now, timer);
                scheduler.tick(now);
                continue;
            }
            future.poll();
            now = Math.max(now, next.at);
            next.what.run();
        }
    }
}

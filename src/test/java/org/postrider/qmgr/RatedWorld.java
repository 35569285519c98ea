package org.postrider.qmgr;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.postrider.anvil.RateGrammar;
import org.postrider.anvil.Rates;
import org.postrider.dsn.Status;
import org.postrider.qmgr.rate.DestinationRate;
import org.postrider.qmgr.rate.RateTables;
import org.postrider.time.Clock;

/// Destinations with limits, mail for them, and simulated time: the real scheduler and the real
/// counts, a queue of due times and deliveries that take as long as the seed says. Every start is
/// held against every limit that it counts for.
final class RatedWorld {
    static final long SECOND = 1_000_000_000L;
    static final long MINUTE = 60 * SECOND;
    static final long HOUR = 3600 * SECOND;
    private static final Entry.Suspension DOWN = new Entry.Suspension(new Status(4, 4, 1), "down");

    /// A clock that goes when the world does.
    static final class Time implements Clock {
        long nanos = 5 * HOUR;

        @Override
        public long wallMillis() {
            return 1_700_000_000_000L + nanos / 1_000_000;
        }

        @Override
        public long nanos() {
            return nanos;
        }
    }

    /// The starts that count for one limit of one name: the last so many.
    private static final class Starts {
        final Rates.Limit limit;
        final ArrayDeque<long[]> last = new ArrayDeque<>();
        int sum;

        Starts(Rates.Limit limit) {
            this.limit = limit;
        }

        /// @return what the window that ends now holds
        int started(long now, int recipients) {
            int n = limit.unit() == Rates.Unit.MESSAGES ? 1 : recipients;
            last.add(new long[] {now, n});
            sum += n;
            while (now - last.element()[0] >= limit.seconds() * SECOND) {
                sum -= (int) last.remove()[1];
            }
            return sum;
        }

        void undone(long at, int recipients) {
            int n = limit.unit() == Rates.Unit.MESSAGES ? 1 : recipients;
            for (long[] each : last) {
                if (each[0] == at && each[1] == n) {
                    last.remove(each);
                    sum -= n;
                    return;
                }
            }
        }
    }

    private record Happening(long at, long order, Runnable what) {}

    /// A mail in the queue.
    static final class Mail {
        final String to;
        final List<DestinationRate> rates;
        final int recipients;
        final long arrival;
        boolean again;
        Entry.@Nullable PutBack before;
        long started;

        Mail(String to, List<DestinationRate> rates, int recipients, long arrival) {
            this.to = to;
            this.rates = rates;
            this.recipients = recipients;
            this.arrival = arrival;
        }
    }

    final Time time = new Time();
    final Rates rates;
    final Scheduler scheduler;
    private final Random random;
    private final int activeLimit;
    private final PriorityQueue<Happening> future =
            new PriorityQueue<>((a, b) ->
                    a.at != b.at ? Long.compare(a.at, b.at) : Long.compare(a.order, b.order));

    /// What is due and has no room in memory.
    private final ArrayDeque<Mail> due = new ArrayDeque<>();

    private final IdentityHashMap<Entry, Mail> mailOf = new IdentityHashMap<>();
    private final Map<String, List<Starts>> starts = new HashMap<>();
    final Map<String, Long> lastDelivered = new HashMap<>();
    final Map<String, Long> longestWait = new HashMap<>();
    private long order;
    int unavailablePercent;
    int delivered;
    int throttled;
    int accepted;
    long decisions;
    long putBack;
    int mostActive;
    final List<String> wrong = new ArrayList<>();
    final List<String> speeds = new ArrayList<>();

    /// Starts in a second that a provider takes without a word; 0 for any number.
    int takesPerSecond;

    private final ArrayDeque<Long> lately = new ArrayDeque<>();

    RatedWorld(long seed, int activeLimit, int mostKeys) {
        random = new Random(seed);
        this.activeLimit = activeLimit;
        rates = new Rates(time, mostKeys, wrong::add);
        TestLimits limits = new TestLimits();
        limits.cohorts = 0;
        Limits made = limits.make();
        scheduler = new Scheduler(new Actions(), _ -> made, () -> rates);
        scheduler.mostLate(activeLimit / 2);
    }

    static DestinationRate rate(String name, String text) {
        return new DestinationRate(name, RateGrammar.limits(List.of(text.split("[, ]+"))));
    }

    void at(long when, Runnable what) {
        future.add(new Happening(when, order++, what));
    }

    /// A mail that arrives at a time after the beginning.
    void mail(long after, String to, int recipients, DestinationRate... rate) {
        accepted++;
        long when = 5 * HOUR + after;
        Mail m = new Mail(to, List.of(rate), recipients, when);
        at(when, () -> arrives(m));
    }

    private void arrives(Mail m) {
        due.add(m);
        takeOn();
    }

    private void takeOn() {
        while (!due.isEmpty() && mailOf.size() < activeLimit) {
            Mail m = due.remove();
            int[] recipients = new int[m.recipients];
            Entry e = new Entry(null, "smtp", m.to, m.to, recipients);
            if (!m.rates.isEmpty()) {
                e.rating = new Entry.Rating(new RateTables.Known(m.rates, false));
                e.rating.again = m.again;
                e.rating.before = m.before;
            }
            mailOf.put(e, m);
            mostActive = Math.max(mostActive, mailOf.size());
            decisions++;
            scheduler.add(List.of(e), time.nanos);
        }
    }

    private final class Actions implements Scheduler.Actions {
        @Override
        public void start(Entry e) {
            decisions++;
            Mail m = java.util.Objects.requireNonNull(mailOf.get(e));
            m.started = time.nanos;
            longestWait.merge(m.to, time.nanos - m.arrival, Math::max);
            check(m);
            boolean down = random.nextInt(100) < unavailablePercent;
            boolean tooMany = e.rating != null && tooMany();
            long takes = SECOND / 20 + random.nextInt(400_000_000);
            at(time.nanos + takes, () -> ended(e, m, down, tooMany));
        }

        @Override
        public void suspend(List<Entry> entries) {
            throw new AssertionError("nothing is dead here");
        }

        @Override
        public void putBack(List<Entry> entries) {
            for (Entry e : entries) {
                decisions++;
                putBack++;
                Mail m = java.util.Objects.requireNonNull(mailOf.remove(e));
                m.again = true;
                Entry.Rating rating = java.util.Objects.requireNonNull(e.rating);
                m.before = rating.now;
                long when = rating.due;
                if (when - time.nanos <= 0) {
                    wrong.add("put back until " + when + " at " + time.nanos);
                }
                at(Math.max(when, time.nanos + 1), () -> arrives(m));
            }
        }

        @Override
        public void speed(String transport, String name, String what) {
            speeds.add(name + " " + what);
        }

        @Override
        public void group(Entry entry) {
            throw new AssertionError("groups are known here");
        }
    }

    private void check(Mail m) {
        for (DestinationRate each : m.rates) {
            for (Starts s : startsOf(each)) {
                int held = s.started(time.nanos, m.recipients);
                if (held > s.limit.most() && wrong.size() < 20) {
                    wrong.add(each.name() + ": " + held + " where " + each.text() + " is allowed");
                }
            }
        }
    }

    private List<Starts> startsOf(DestinationRate rate) {
        return starts.computeIfAbsent(
                rate.name(), _ -> rate.limits().stream().map(Starts::new).toList());
    }

    /// The provider's own count, in one second.
    private boolean tooMany() {
        if (takesPerSecond == 0) {
            return false;
        }
        lately.add(time.nanos);
        while (time.nanos - lately.element() >= SECOND) {
            lately.remove();
        }
        return lately.size() > takesPerSecond;
    }

    private void ended(Entry e, Mail m, boolean down, boolean tooMany) {
        mailOf.remove(e);
        decisions++;
        if (down) {
            // It counts for nothing, but for the pace by the second.
            for (DestinationRate each : m.rates) {
                for (Starts s : startsOf(each)) {
                    if (s.limit.seconds() >= 60) {
                        s.undone(m.started, m.recipients);
                    }
                }
            }
            m.again = true;
            m.before = null;
            at(time.nanos + 300 * SECOND, () -> arrives(m));
        } else if (tooMany) {
            throttled++;
            java.util.Objects.requireNonNull(e.rating).throttled = "421 4.7.28 too many";
            m.again = true;
            m.before = null;
            at(time.nanos + 300 * SECOND, () -> arrives(m));
        } else {
            delivered++;
            lastDelivered.put(m.to, time.nanos - 5 * HOUR);
        }
        scheduler.finished(
                e, down ? new Entry.Verdict.Unavailable(DOWN) : Entry.Verdict.ANSWERED, time.nanos);
        takeOn();
    }

    /// Until nothing is left to happen, or a time after the beginning.
    void run(long until) {
        long end = 5 * HOUR + until;
        while (true) {
            Long timer = scheduler.nextTimer();
            Happening next = future.peek();
            boolean ticks = timer != null && (next == null || timer <= next.at);
            if (next == null && timer == null) {
                break;
            }
            long at = ticks ? java.util.Objects.requireNonNull(timer) : next(next).at;
            if (at - end > 0) {
                time.nanos = end;
                break;
            }
            time.nanos = Math.max(time.nanos, at);
            if (ticks) {
                decisions++;
                scheduler.tick(time.nanos);
                takeOn();
            } else {
                next(future.poll()).what.run();
            }
        }
    }

    private static Happening next(@Nullable Happening h) {
        return java.util.Objects.requireNonNull(h);
    }

    int inMemory() {
        return mailOf.size();
    }
}

package org.postrider.anvil;

import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.postrider.time.Clock;

/// Connections now and events of the current unit of time, by service and client. A client's unit
/// begins with its first event and all its rates begin anew with the next (anvil(8)). Any thread.
public final class Anvil {
    /// Who does something: a service of master.cf and a client's address or network.
    public record Who(String service, String client) {}

    /// What is counted besides connections.
    public enum Event {
        CONNECTION(Peaks.What.CONNECTION_RATE),
        MESSAGE(Peaks.What.MESSAGE_RATE),
        RECIPIENT(Peaks.What.RECIPIENT_RATE),
        TLS_SESSION(Peaks.What.TLS_RATE),
        AUTH(Peaks.What.AUTH_RATE);

        private final Peaks.What peak;

        Event(Peaks.What peak) {
            this.peak = peak;
        }
    }

    /// @param count connections now
    /// @param rate connections of this unit of time
    public record Connected(int count, int rate) {}

    private static final class Counts {
        private final int[] rates = new int[Event.values().length];
        private int connections;
        private long begun;
    }

    private final Clock clock;
    private final Supplier<Rates> rates;
    private final ConcurrentHashMap<Who, Counts> clients = new ConcurrentHashMap<>();
    private final AtomicLong swept = new AtomicLong();
    private final AtomicInteger open = new AtomicInteger();
    private final Peaks peaks = new Peaks();
    private final AtomicBoolean counted = new AtomicBoolean();
    private volatile Runnable onFirstCount = () -> {};
    private volatile long lastNanos;

    /// Counts of mail that are in memory only.
    public Anvil(Clock clock) {
        this(clock, memory(clock));
    }

    private static Supplier<Rates> memory(Clock clock) {
        Rates rates = new Rates(clock, 20_000, _ -> {});
        return () -> rates;
    }

    /// @param rates opened by the first service that limits rates of mail
    public Anvil(Clock clock, Supplier<Rates> rates) {
        this.clock = clock;
        this.rates = rates;
        swept.set(clock.nanos());
    }

    /// The counts of mail by login, sender and domain.
    public Rates rates() {
        return rates.get();
    }

    /// A client connected.
    ///
    /// @param unitNanos anvil_rate_time_unit
    public Connected connect(Who who, long unitNanos) {
        sweep(unitNanos);
        Connected[] out = new Connected[1];
        clients.compute(
                who,
                (w, known) -> {
                    Counts counts = current(known, unitNanos);
                    counts.connections++;
                    out[0] =
                            new Connected(
                                    counts.connections, ++counts.rates[Event.CONNECTION.ordinal()]);
                    return counts;
                });
        open.incrementAndGet();
        int rate = out[0].rate();
        saw(Peaks.What.CONNECTION_RATE, rate, who, unitNanos);
        saw(Peaks.What.CONNECTION_COUNT, out[0].count(), who, unitNanos);
        if (rate == 1) {
            saw(Peaks.What.CACHE_SIZE, clients.size(), null, unitNanos);
        }
        return out[0];
    }

    public void disconnect(Who who) {
        lastNanos = clock.nanos();
        open.updateAndGet(n -> Math.max(0, n - 1));
        clients.computeIfPresent(
                who,
                (w, counts) -> {
                    counts.connections = Math.max(0, counts.connections - 1);
                    return counts;
                });
    }

    /// @return how many of these events there were in this unit of time, this one included
    public int count(Who who, Event event, long unitNanos) {
        int[] out = new int[1];
        clients.compute(
                who,
                (w, known) -> {
                    Counts counts = current(known, unitNanos);
                    out[0] = ++counts.rates[event.ordinal()];
                    return counts;
                });
        saw(event.peak, out[0], who, unitNanos);
        return out[0];
    }

    private void saw(Peaks.What what, int value, @Nullable Who who, long unitNanos) {
        lastNanos = clock.nanos();
        peaks.saw(what, value, who, unitNanos, clock.wallMillis());
        if (!counted.get() && counted.compareAndSet(false, true)) {
            onFirstCount.run();
        }
    }

    /// Who is told when something is counted behind a report.
    void onFirstCount(Runnable told) {
        onFirstCount = told;
    }

    /// True where something was counted since the last report.
    boolean counted() {
        return counted.get();
    }

    /// Connections now, of all.
    int connections() {
        return open.get();
    }

    /// When something last happened.
    long lastNanos() {
        return lastNanos;
    }

    /// The statistics lines since the last report, none where nothing was counted.
    ///
    /// @param zone of the times in them
    public List<String> report(ZoneId zone) {
        counted.set(false);
        return peaks.report(zone);
    }

    /// @return how many of these events there were in this unit of time so far
    public int rate(Who who, Event event, long unitNanos) {
        int[] out = new int[1];
        clients.computeIfPresent(
                who,
                (w, known) -> {
                    Counts counts = current(known, unitNanos);
                    out[0] = counts.rates[event.ordinal()];
                    return counts;
                });
        return out[0];
    }

    private Counts current(@Nullable Counts known, long unitNanos) {
        long now = clock.nanos();
        Counts counts = known == null ? new Counts() : known;
        if (known == null || now - counts.begun > unitNanos) {
            counts.begun = now;
            java.util.Arrays.fill(counts.rates, 0);
        }
        return counts;
    }

    /// Once a unit of time: who is gone and counts for nothing is forgotten.
    private void sweep(long unitNanos) {
        long now = clock.nanos();
        long last = swept.get();
        if (now - last > unitNanos && swept.compareAndSet(last, now)) {
            for (Who who : clients.keySet()) {
                clients.computeIfPresent(
                        who,
                        (w, counts) ->
                                counts.connections == 0 && now - counts.begun > unitNanos
                                        ? null
                                        : counts);
            }
        }
    }

    /// How many clients are known.
    public int size() {
        return clients.size();
    }
}

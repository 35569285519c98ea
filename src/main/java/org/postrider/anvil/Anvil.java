package org.postrider.anvil;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.postrider.time.Clock;

/// Connections now and events of the current unit of time, by service and client. A client's unit
/// begins with its first event and all its rates begin anew with the next (anvil(8)). Any thread.
public final class Anvil {
    /// Who does something: a service of master.cf and a client's address or network.
    public record Who(String service, String client) {}

    /// What is counted besides connections.
    public enum Event {
        CONNECTION,
        MESSAGE,
        RECIPIENT,
        TLS_SESSION,
        AUTH
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
    private final ConcurrentHashMap<Who, Counts> clients = new ConcurrentHashMap<>();
    private final AtomicLong swept = new AtomicLong();

    public Anvil(Clock clock) {
        this.clock = clock;
        swept.set(clock.nanos());
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
        return out[0];
    }

    public void disconnect(Who who) {
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
        return out[0];
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

package org.postrider.io;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.postrider.threads.Each;
import org.postrider.threads.Loop;
import org.postrider.threads.Supervisor;
import org.postrider.threads.Work;
import org.postrider.time.Clock;

/// Ends operations that are past their deadline: one thread looks at all live connections, so that
/// a read costs no timer. Resolution 100 ms.
public final class Watchdog implements AutoCloseable {
    private static final long LOOK_NANOS = 100_000_000L;
    private static final Work WORK =
            Work.of("watchdog", "ends reads and writes that are past their deadline").onPlatform();

    /// Something with a deadline.
    interface Watched {
        /// Acts if its deadline is before `nowNanos`.
        void look(long nowNanos);
    }

    private final Clock clock;
    private final Set<Watched> watched = ConcurrentHashMap.newKeySet();
    private final Supervisor threads;
    private final Loop loop;

    public Watchdog(Clock clock, Supervisor threads) {
        this.clock = clock;
        this.threads = threads;
        loop = threads.loop(WORK, this::step).start();
    }

    Supervisor threads() {
        return threads;
    }

    Clock clock() {
        return clock;
    }

    void add(Watched one) {
        watched.add(one);
    }

    void remove(Watched one) {
        watched.remove(one);
    }

    private long step() {
        long now = clock.nanos();
        Each.of(watched, one -> one.look(now));
        // A longer nap while nobody is connected keeps an idle server idle.
        return watched.isEmpty() ? 5 * LOOK_NANOS : LOOK_NANOS;
    }

    @Override
    public void close() {
        loop.close();
    }
}

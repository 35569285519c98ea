package org.postrider.io;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.postrider.time.Clock;

/// Ends operations that are past their deadline: one thread looks at all live connections, so that
/// a read costs no timer. Resolution 100 ms.
public final class Watchdog implements AutoCloseable {
    private static final long LOOK_NANOS = 100_000_000L;

    /// Something with a deadline.
    interface Watched {
        /// Acts if its deadline is before `nowNanos`.
        void look(long nowNanos);
    }

    private final Clock clock;
    private final Set<Watched> watched = ConcurrentHashMap.newKeySet();
    private final Thread thread;
    private volatile boolean closed;

    public Watchdog(Clock clock) {
        this.clock = clock;
        thread = Thread.ofPlatform().daemon().name("watchdog").unstarted(this::run);
        thread.start();
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

    private void run() {
        while (!closed) {
            // A longer nap while nobody is connected keeps an idle server idle.
            LockSupport.parkNanos(this, watched.isEmpty() ? 5 * LOOK_NANOS : LOOK_NANOS);
            long now = clock.nanos();
            for (Watched one : watched) {
                one.look(now);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}

package org.postrider.local;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// How many deliveries to one recipient run commands or other agents at a time: as many as the
/// destination's concurrency limit says, although more of them may have begun together for the sake
/// of the mailbox. A delivery goes through once and stays until it is over. Any thread.
final class Turnstile {
    private final int most;
    private final ConcurrentHashMap<String, Gate> gates = new ConcurrentHashMap<>();

    private static final class Gate {
        private final Semaphore turns;

        /// Deliveries that are through or wait; within the map's own lock.
        private int users;

        Gate(int most) {
            turns = new Semaphore(most, true);
        }
    }

    /// One delivery's place.
    interface Passage extends AutoCloseable {
        @Override
        void close();
    }

    /// @param most for one recipient, 0 for any
    Turnstile(int most) {
        this.most = most;
    }

    /// Waits for a place.
    Passage through(String recipient) {
        if (most <= 0) {
            return () -> {};
        }
        Gate gate = gates.compute(recipient, (_, there) -> joined(there));
        gate.turns.acquireUninterruptibly();
        return () -> {
            gate.turns.release();
            gates.computeIfPresent(recipient, (_, there) -> --there.users == 0 ? null : there);
        };
    }

    /// For tests: recipients that anybody is through for, or waits.
    int recipients() {
        return gates.size();
    }

    private Gate joined(@Nullable Gate there) {
        Gate gate = there == null ? new Gate(most) : there;
        gate.users++;
        return gate;
    }
}

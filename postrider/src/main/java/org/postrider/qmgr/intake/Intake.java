package org.postrider.qmgr.intake;

import java.util.concurrent.atomic.AtomicInteger;
import org.postrider.queue.Queue;
import org.postrider.time.Clock;

/// How many messages are under delivery, who waits for one of them to end, and when the queue is to
/// be looked at again. Any thread; only the feeder looks.
public final class Intake {
    private static final long STARVED_PARK_NANOS = 1_000_000_000L;

    private final long longestParkNanos;
    private final AtomicInteger active = new AtomicInteger();

    /// There was no room for what is due: what arrives stands behind it.
    private volatile boolean refused;

    /// What is due waits for memory that active messages take.
    private volatile boolean starved;

    /// When the feeder looks again by itself, wall milliseconds.
    private volatile long nextLook = Long.MAX_VALUE;

    public Intake(long longestParkNanos) {
        this.longestParkNanos = longestParkNanos;
    }

    public int active() {
        return active.get();
    }

    public int room(int limit) {
        return limit - active.get();
    }

    /// True where a message that arrives has to wait in the queue.
    public boolean full(int limit) {
        return refused || room(limit) <= 0;
    }

    public boolean refused() {
        return refused;
    }

    public void refused(boolean now) {
        refused = now;
    }

    public void begins() {
        active.incrementAndGet();
    }

    /// @return true where somebody waits for its place
    public boolean ends() {
        active.decrementAndGet();
        return refused || starved;
    }

    /// True where the feeder would sleep longer than to this time.
    public boolean sleepsBeyond(long wallMillis) {
        return wallMillis < nextLook;
    }

    /// All that is due was taken on, or there is no memory for it.
    ///
    /// @param wall when that was
    /// @return nanoseconds until the next look
    public long nextLook(Queue queue, long wall, Clock clock) {
        // Set before the look, so that what falls due in between wakes the feeder.
        nextLook = wall + longestParkNanos / 1_000_000;
        long next = queue.nextDueMillis();
        boolean again = !starved;
        starved = next <= wall;
        if (starved) {
            // What was given back before it was set woke nobody: one more look.
            return again ? 0 : STARVED_PARK_NANOS;
        }
        if (next < nextLook) {
            nextLook = next;
            return Math.max(1, next - clock.wallMillis()) * 1_000_000;
        }
        return longestParkNanos;
    }
}

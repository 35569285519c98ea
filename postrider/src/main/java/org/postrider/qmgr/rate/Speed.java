package org.postrider.qmgr.rate;

import org.jspecify.annotations.Nullable;

/// How a destination is slowed that has asked for less mail: each time by half, and back by a
/// five-hundredth of its speed for each delivery that it takes, and by a fiftieth in half a minute.
/// For the scheduler only; times are its own.
final class Speed {
    private static final double LEAST = 1.0 / 1024;
    private static final double TAKEN = 0.002;
    private static final double STEP = 0.02;
    private static final long STEP_NANOS = 30_000_000_000L;
    private static final long SHORTEST_GAP = 50_000_000L;
    private static final long LONGEST_GAP = 60_000_000_000L;
    private static final long LONGEST = 300_000_000_000L;

    /// Time between two starts, and deliveries at a time, at full speed.
    private final long gap;

    private final int window;
    private double part = 1;
    private long slowed;
    private long grown;

    /// The part that was said last.
    private int said = 1;

    /// @param gap between starts so far
    /// @param window deliveries at a time so far
    Speed(long gap, int window, long now) {
        this.gap = Math.max(SHORTEST_GAP, Math.min(LONGEST_GAP, gap));
        this.window = Math.max(1, window);
        slowed = now - 1;
        grown = now;
    }

    /// The destination asked for less.
    ///
    /// @param started when the delivery did that heard it
    /// @return false where it began before the last time: nothing changes
    boolean slower(long started, long now) {
        if (started - slowed <= 0) {
            return false;
        }
        grow(now);
        part = Math.max(LEAST, Math.min(part, 1) / 2);
        slowed = now;
        said = perOne();
        return true;
    }

    /// The destination took a delivery.
    void took(long started, long now) {
        if (started - slowed > 0) {
            part += TAKEN;
        }
        grow(now);
    }

    void grow(long now) {
        part += STEP * ((double) (now - grown) / STEP_NANOS);
        grown = now;
    }

    /// When it is at full speed if it hears nothing.
    long fullAt(long now) {
        grow(now);
        return now + (long) Math.max(0, (1 - part) / STEP * STEP_NANOS) + 1;
    }

    /// What is to be said: full speed, or twice as fast as what was said last; null for nothing.
    @Nullable String better() {
        if (part >= 1) {
            return FULL;
        }
        if (perOne() * 2 <= said) {
            said = perOne();
            return "at " + text() + " of its speed again";
        }
        return null;
    }

    static final String FULL = "at full speed again";

    private int perOne() {
        return (int) Math.round(1 / part);
    }

    /// `1/4`.
    String text() {
        return "1/" + perOne();
    }

    long gap() {
        return Math.min(LONGEST, (long) (gap / part));
    }

    int window() {
        return Math.max(1, (int) (window * part));
    }
}

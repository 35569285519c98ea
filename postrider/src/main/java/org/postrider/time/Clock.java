package org.postrider.time;

/// What time it is. `wallMillis` may jump with the system's clock; `nanos` never goes back.
public interface Clock {
    /// Milliseconds since 1970-01-01 UTC.
    long wallMillis();

    /// A monotonic count of nanoseconds; only differences mean something.
    long nanos();

    /// The machine's clock.
    static Clock system() {
        return SystemClock.INSTANCE;
    }

    /// The machine's clock.
    enum SystemClock implements Clock {
        INSTANCE;

        @Override
        public long wallMillis() {
            return System.currentTimeMillis();
        }

        @Override
        public long nanos() {
            return System.nanoTime();
        }
    }
}

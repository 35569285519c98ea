package org.postrider.time;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.TimeZone;

/// What time it is. `wallMillis` may jump with the system's clock; `nanos` never goes back.
public interface Clock {
    /// Milliseconds since 1970-01-01 UTC.
    long wallMillis();

    /// A monotonic count of nanoseconds; only differences mean something.
    long nanos();

    /// A time as this machine's zone has it, whole seconds.
    ///
    /// @param wallMillis since 1970-01-01 UTC
    static LocalDateTime local(long wallMillis) {
        // java.time's own zones look through every file of the class path first: a fifth of what
        // `mailq` takes. TZ may be further from UTC than they allow.
        long there = wallMillis + TimeZone.getDefault().getOffset(wallMillis);
        return LocalDateTime.ofEpochSecond(Math.floorDiv(there, 1000L), 0, ZoneOffset.UTC);
    }

    /// This machine's zone; UTC where TZ is further from it than java.time allows, 18 hours.
    static ZoneId zone() {
        try {
            return ZoneId.systemDefault();
        } catch (DateTimeException e) {
            return ZoneOffset.UTC;
        }
    }

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

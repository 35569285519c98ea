package org.postrider.rights.system;

import java.time.Duration;
import java.time.Instant;

/// The time of files: this jar has no other room than this one, so not `time`'s.
public final class Clock {
    /// The kernel says of a file the time of its last tick, of which there are at least 100 a
    /// second.
    private static final Duration TICK = Duration.ofMillis(10);

    private Clock() {}

    public static Instant now() {
        return Instant.now();
    }

    public static long seconds() {
        return now().getEpochSecond();
    }

    /// The earliest second that a file changed from now on may bear.
    ///
    /// @param now by the clock that does not wait for a tick
    public static long fileSeconds(Instant now) {
        return now.minus(TICK).getEpochSecond();
    }

    /// For how long something took, as `System.nanoTime`.
    public static long nanos() {
        return System.nanoTime();
    }
}

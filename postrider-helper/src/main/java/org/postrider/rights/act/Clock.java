package org.postrider.rights.act;

import java.time.Instant;

/// The time of files: this jar has no other room than this one, so not `time`'s.
final class Clock {
    private Clock() {}

    static Instant now() {
        return Instant.now();
    }

    static long seconds() {
        return now().getEpochSecond();
    }

    static long nanos() {
        return System.nanoTime();
    }
}

package org.postrider.https;

import java.time.Duration;
import org.postrider.io.DeadlineException;
import org.postrider.time.Clock;

/// One end for all that a request does.
final class Deadline {
    private final Clock clock;
    private final long endNanos;

    Deadline(Clock clock, Duration whole) {
        this.clock = clock;
        endNanos = clock.nanos() + whole.toNanos();
    }

    /// What is left, at least 1.
    ///
    /// @throws DeadlineException if nothing is
    long millis() throws DeadlineException {
        long left = endNanos - clock.nanos();
        if (left <= 0) {
            throw new DeadlineException("request");
        }
        return Math.max(1, left / 1_000_000);
    }
}

package org.postrider.threads;

import java.util.concurrent.locks.LockSupport;
import org.postrider.time.Clock;

/// For work that may take long without ever waiting for anything: a client that sends faster than
/// it is served, a list of a hundred thousand. Virtual threads are not taken off their processor by
/// the clock, and `Thread.yield` lets only those of the same carrier pass, never what comes in from
/// the network; so such work stops for a moment after each fifth of a millisecond. One thread.
public final class Turn {
    private static final long SLICE_NANOS = 200_000L;
    private static final long PAUSE_NANOS = 1_000L;

    private final Clock clock = Clock.system();
    private long since = clock.nanos();

    /// Called now and then; stops where others have waited long enough.
    public void perhaps() {
        if (clock.nanos() - since > SLICE_NANOS) {
            LockSupport.parkNanos(this, PAUSE_NANOS);
            since = clock.nanos();
        }
    }

    /// The thread has waited of itself.
    public void begun() {
        since = clock.nanos();
    }
}

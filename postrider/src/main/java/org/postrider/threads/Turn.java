package org.postrider.threads;

import java.util.concurrent.locks.LockSupport;
import org.postrider.time.Clock;

/// For work that may take long without ever waiting for anything: a client that sends faster than
/// it is served, a list of a hundred thousand. Virtual threads are not taken off their processor by
/// the clock, and `Thread.yield` lets only those of the same carrier pass, never what comes in from
/// the network; so such work stops for a moment after each two milliseconds. Shorter turns cost an
/// ordinary mail a quarter more processor time, longer ones keep a new client waiting among many
/// busy ones. One thread.
public final class Turn {
    private static final long SLICE_NANOS = 2_000_000L;
    private static final long PAUSE_NANOS = 1_000L;

    private final Clock clock = Clock.system();
    private long since = clock.nanos();

    /// Called now and then; stops if others have waited long enough.
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

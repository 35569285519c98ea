package org.postrider.master;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.postrider.pickup.Pickup;
import org.postrider.threads.Loop;
import org.postrider.threads.Supervisor;
import org.postrider.threads.Work;

/// Runs the pickup service of the current generation: one thread over all reloads, so that no file
/// of maildrop is ever in two hands.
final class Submissions implements AutoCloseable {
    private static final long CLOSE_MILLIS = 5_000;
    private static final long WAKEUP_NANOS = 60_000_000_000L;
    private static final Work WORK =
            Work.of("pickup", "takes local submissions out of maildrop")
                    .onPlatform()
                    .longest(Duration.ofMinutes(5));

    private final Loop loop;
    private volatile @Nullable Pickup pickup;

    Submissions(Generation first, Supervisor threads) {
        pickup = first.pickup();
        loop = threads.loop(WORK, this::step);
    }

    void start() {
        loop.start();
    }

    private long step() {
        Pickup now = pickup;
        if (now == null) {
            return Loop.UNTIL_WOKEN;
        }
        now.scan(() -> goesOn(now));
        return WAKEUP_NANOS;
    }

    /// Between two files: a reload's pickup takes the rest.
    private boolean goesOn(Pickup by) {
        loop.goesOn();
        return by == pickup && !loop.closed();
    }

    void wake() {
        loop.wake();
    }

    /// A reload's pickup takes over with the next file; null for none.
    void takeOver(@Nullable Pickup next) {
        pickup = next;
        loop.wake();
    }

    /// The file under way is taken whole, or stays.
    @Override
    public void close() {
        loop.end(CLOSE_MILLIS);
    }
}

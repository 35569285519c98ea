package org.postrider.master.life;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.master.Generation;
import org.postrider.master.Made;
import org.postrider.threads.Loop;
import org.postrider.threads.Supervisor;
import org.postrider.threads.Work;

/// Runs the pickup service of the current generation: one thread over all reloads, so that no file
/// of maildrop is ever in two hands.
public final class Submissions implements AutoCloseable {
    private static final long CLOSE_MILLIS = 5_000;
    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final Work WORK =
            Work.of("pickup", "takes local submissions out of maildrop")
                    .onPlatform()
                    .longest(Duration.ofMinutes(5));

    private final Loop loop;
    private final Consumer<BooleanSupplier> requeue;
    private volatile Made.@Nullable Submits pickup;

    /// @param requeue takes in again what was asked for meanwhile, as long as it is told to go on
    public Submissions(Generation first, Supervisor threads, Consumer<BooleanSupplier> requeue) {
        pickup = first.pickup();
        this.requeue = requeue;
        loop = threads.loop(WORK, this::step);
    }

    public void start() {
        loop.start();
    }

    private long step() {
        Made.Submits now = pickup;
        if (now == null) {
            return Loop.UNTIL_WOKEN;
        }
        requeue.accept(() -> goesOn(now));
        now.pickup().scan(() -> goesOn(now));
        return now.wakeupSeconds() == 0 ? Loop.UNTIL_WOKEN : now.wakeupSeconds() * SECOND_NANOS;
    }

    /// Between two files: a reload's pickup takes the rest.
    private boolean goesOn(Made.Submits by) {
        loop.goesOn();
        return by.equals(pickup) && !loop.closed();
    }

    public void wake() {
        loop.wake();
    }

    /// A reload's pickup takes over with the next file; null for none.
    public void takeOver(Made.@Nullable Submits next) {
        pickup = next;
        loop.wake();
    }

    /// The file under way is taken whole, or stays.
    @Override
    public void close() {
        loop.end(CLOSE_MILLIS);
    }
}

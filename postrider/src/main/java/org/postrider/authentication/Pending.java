package org.postrider.authentication;

import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.postrider.threads.Supervisor;
import org.postrider.threads.Work;

/// An answer that is under way. Its asker's thread waits for it.
final class Pending<T> {
    private static final Work WORK =
            Work.of("spf", "asks whether a client may send mail of a domain")
                    .failing("nobody can say")
                    .waiting();

    private final FutureTask<T> task;
    private final boolean threaded;
    private final long waitNanos;

    /// @param threads null: it is asked when it is wanted, on that thread
    /// @param waitNanos how long it is waited for at most
    Pending(
            java.util.concurrent.Callable<T> question,
            @Nullable Supervisor threads,
            long waitNanos) {
        task = new FutureTask<>(question);
        threaded = threads != null;
        this.waitNanos = waitNanos;
        if (threads != null) {
            threads.family(WORK).start(task, () -> task.cancel(false));
        }
    }

    /// Null if there is none in time.
    @Nullable T answer() {
        if (!threaded) {
            task.run();
        }
        try {
            return task.get(waitNanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException | CancellationException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}

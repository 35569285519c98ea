package org.postrider.dnsbl;

import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.postrider.dns.Resolver;
import org.postrider.time.Clock;

/// One question to one list, under way or answered. Any thread.
public final class Query<T> {
    private final String name;
    private final String type;
    private final boolean threaded;
    private final Clock clock;
    private final long until;
    private final FutureTask<Resolver.Answer<T>> task;

    /// @param type of the records, for the log
    /// @param threaded some thread will [#run] it; if none can be had, who waits for it does
    Query(
            String name,
            String type,
            boolean threaded,
            Clock clock,
            long until,
            Callable<Resolver.Answer<T>> question) {
        this.name = name;
        this.type = type;
        this.threaded = threaded;
        this.clock = clock;
        this.until = until;
        task = new FutureTask<>(question);
    }

    private Query(Query<T> same, long until) {
        name = same.name;
        type = same.type;
        threaded = same.threaded;
        clock = same.clock;
        task = same.task;
        this.until = until;
    }

    /// The same question, which somebody else waits for until another time.
    Query<T> alike(long other) {
        return new Query<>(this, other);
    }

    /// Asks, on the calling thread.
    void run() {
        task.run();
    }

    /// Its thread has ended: what has no answer now gets none.
    void end() {
        task.cancel(false);
    }

    /// What is looked up.
    public String name() {
        return name;
    }

    /// The answer is there, or its time is over: nobody need wait.
    public boolean done() {
        return task.isDone() || clock.nanos() - until >= 0;
    }

    /// Waits for it until its deadline; what comes later is [Resolver.Answer.TryAgain].
    public Resolver.Answer<T> answer() {
        if (!threaded) {
            task.run();
        }
        try {
            return task.get(Math.max(0, until - clock.nanos()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | CancellationException e) {
            return late();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return late();
        } catch (ExecutionException e) {
            throw bug(e.getCause());
        }
    }

    private Resolver.Answer<T> late() {
        return new Resolver.Answer.TryAgain<>(
                "Host or domain name not found. Name service error for name="
                        + name
                        + " type="
                        + type
                        + ": Host not found, try again");
    }

    private static RuntimeException bug(@Nullable Throwable cause) {
        if (cause instanceof Error e) {
            throw e;
        }
        return cause instanceof RuntimeException e ? e : new IllegalStateException(cause);
    }
}

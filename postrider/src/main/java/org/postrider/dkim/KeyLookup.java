package org.postrider.dkim;

import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.postrider.dns.Resolver;
import org.postrider.threads.Supervisor;
import org.postrider.threads.Work;
import org.postrider.time.Clock;

/// Asks for the keys of signatures in DNS, all of a mail at once. One for a server; any thread.
public final class KeyLookup {
    private static final Work WORK =
            Work.of("dkim-key", "asks for the key of a signature in DNS")
                    .failing("the key is not known now")
                    .waiting();

    private final Resolver resolver;
    private final @Nullable Supervisor threads;
    private final Clock clock;

    private KeyLookup(Resolver resolver, @Nullable Supervisor threads, Clock clock) {
        this.resolver = resolver;
        this.threads = threads;
        this.clock = clock;
    }

    /// Each question has a thread of its own.
    public static KeyLookup atOnce(Resolver resolver, Supervisor threads, Clock clock) {
        return new KeyLookup(resolver, threads, clock);
    }

    /// Has no threads: each is asked when its answer is wanted, on that thread. For commands.
    public static KeyLookup inTurn(Resolver resolver, Clock clock) {
        return new KeyLookup(resolver, null, clock);
    }

    Clock clock() {
        return clock;
    }

    /// Begins to ask; does not wait. Nothing of it is under way behind its deadline.
    ///
    /// @param until nanoseconds of the clock
    /// @param turns those of one mail that may ask at the same time: each holds a descriptor
    Question ask(String name, long until, Semaphore turns) {
        Supervisor own = threads;
        Question question =
                new Question(
                        new FutureTask<>(() -> asked(name, until, turns)),
                        own != null,
                        clock,
                        until);
        if (own != null) {
            own.family(WORK).start(question.task::run, () -> question.task.cancel(false));
        }
        return question;
    }

    private Resolver.Answer<String> asked(String name, long until, Semaphore turns)
            throws InterruptedException {
        if (!turns.tryAcquire(Math.max(0, until - clock.nanos()), TimeUnit.NANOSECONDS)) {
            return new Resolver.Answer.TryAgain<>("no answer in time");
        }
        try {
            return resolver.until(until).texts(name);
        } finally {
            turns.release();
        }
    }

    /// One that is under way or answered.
    record Question(
            FutureTask<Resolver.Answer<String>> task, boolean threaded, Clock clock, long until) {
        /// Waits for the answer until its deadline.
        Resolver.Answer<String> answer() {
            if (!threaded && clock.nanos() - until < 0) {
                task.run();
            }
            try {
                return task.get(Math.max(0, until - clock.nanos()), TimeUnit.NANOSECONDS);
            } catch (TimeoutException | CancellationException e) {
                return new Resolver.Answer.TryAgain<>("no answer in time");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return new Resolver.Answer.TryAgain<>("interrupted");
            } catch (ExecutionException e) {
                if (e.getCause() instanceof Error error) {
                    throw error;
                }
                throw new IllegalStateException(e.getCause());
            }
        }
    }
}

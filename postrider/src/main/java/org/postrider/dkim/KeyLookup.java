package org.postrider.dkim;

import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.postrider.dkim.form.TagException;
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

    /// Records that stand beside a key by a wild card, and are none, are passed over; no more of
    /// them than that.
    private static final int MOST_RECORDS = 10;

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

    private Known asked(String name, long until, Semaphore turns) throws InterruptedException {
        if (!turns.tryAcquire(Math.max(0, until - clock.nanos()), TimeUnit.NANOSECONDS)) {
            return new Known.Later();
        }
        try {
            return switch (resolver.until(until).texts(name)) {
                case Resolver.Answer.TryAgain<String> _ -> new Known.Later();
                case Resolver.Answer.Found<String> found -> known(found.records());
                default -> new Known.None("no key at " + name);
            };
        } finally {
            turns.release();
        }
    }

    /// The first that is a key; if there is none, what is wrong with the first.
    private static Known known(List<String> records) {
        String first = "no key record that can be read";
        for (int i = 0; i < records.size() && i < MOST_RECORDS; i++) {
            try {
                return new Known.Key(KeyRecord.parse(records.get(i)));
            } catch (TagException e) {
                first = i == 0 ? String.valueOf(e.getMessage()) : first;
            }
        }
        return new Known.None(first);
    }

    /// What DNS says of a key, no more than counts: answers may be large, and are kept until the
    /// mail ends.
    sealed interface Known {
        record Key(KeyRecord record) implements Known {}

        /// There is none, for good.
        record None(String why) implements Known {}

        /// Nobody can say now.
        record Later() implements Known {}
    }

    /// One that is under way or answered.
    record Question(FutureTask<Known> task, boolean threaded, Clock clock, long until) {
        /// Waits for the answer until its deadline.
        Known answer() {
            if (!threaded && clock.nanos() - until < 0) {
                task.run();
            }
            try {
                return task.get(Math.max(0, until - clock.nanos()), TimeUnit.NANOSECONDS);
            } catch (TimeoutException | CancellationException e) {
                return new Known.Later();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return new Known.Later();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof Error error) {
                    throw error;
                }
                throw new IllegalStateException(e.getCause());
            }
        }
    }
}

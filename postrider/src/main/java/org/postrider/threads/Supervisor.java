package org.postrider.threads;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.postrider.time.Clock;

/// Makes all threads of one server and knows of each what it does and when it last went on. Any
/// thread.
public final class Supervisor implements AutoCloseable {
    private static final long LOOK_NANOS = 5_000_000_000L;

    /// How much later than promised is late: a machine that is busy or was suspended is not.
    private static final long SLACK_NANOS = 10_000_000_000L;

    private static final int FRAMES = 12;

    private static final Work LOOKING =
            Work.of("supervisor", "names loops that do not go on").onPlatform();

    /// Threads at a time that run what others ran [#aside].
    private static final int ASIDE = 4;

    /// How many of them may ask for names of hosts.
    private static final int LOOK_UPS = 2;

    private static final Work FILES =
            Work.of("files", "reads files for sessions and deliveries")
                    .onPlatform()
                    .failing("who asked is told");

    /// Whose thread this is.
    private static final ScopedValue<Supervisor> WHOSE = ScopedValue.newInstance();

    private record Known(Work work, Tally tally) {}

    private final Clock clock;
    private final Steps steps;
    private final Map<String, Known> known = new ConcurrentHashMap<>();
    private final Set<Loop> loops = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean ending = new AtomicBoolean();
    private final ExecutorService aside;
    private final Semaphore lookUps = new Semaphore(LOOK_UPS);

    /// Those that are looked up now.
    private final Map<String, FutureTask<Object>> names = new ConcurrentHashMap<>();

    private volatile @Nullable Loop looking;
    private volatile @Nullable Keeper keeper;
    private volatile Alarm alarm = new Stderr();

    /// @param steps told of each step, [Steps#NONE] for nobody
    public Supervisor(Clock clock, Steps steps) {
        this.clock = clock;
        this.steps = steps;
        aside = new Family(this, FILES, tally(FILES)).pool(ASIDE);
    }

    /// For a command or a part on its own: bugs are printed on standard error.
    public static Supervisor alone() {
        return new Supervisor(Clock.system(), Steps.NONE);
    }

    /// From now on says there what happens.
    public void alarm(Alarm where) {
        alarm = where;
    }

    /// Begins to look for loops that do not go on.
    public void watch() {
        looking = loop(LOOKING, this::look).start();
    }

    /// A loop that begins with [Loop#start].
    public Loop loop(Work work, Loop.Step step) {
        Loop made = new Loop(this, work, tally(work), step);
        loops.add(made);
        return made;
    }

    /// Threads for tasks of one kind.
    public Family family(Work work) {
        return new Family(this, work, tally(work));
    }

    /// Work on its callers' threads that must not be half done.
    public Guard guard(Work work) {
        Work told = work.failing("the server ends and is started again").waiting();
        return new Guard(this, told, tally(told));
    }

    private Tally tally(Work work) {
        return known.computeIfAbsent(work.name(), _ -> new Known(work, new Tally())).tally();
    }

    /// Everything that was registered so far, by name.
    public List<Row> table() {
        long now = clock.nanos();
        List<Row> rows = new ArrayList<>();
        for (Known each : known.values()) {
            Tally t = each.tally();
            boolean late = false;
            for (Loop loop : loops) {
                late |= loop.tally() == t && loop.lateNanos(now) > SLACK_NANOS;
            }
            long age = t.begun ? Math.max(0, now - t.lastNanos) : -1;
            rows.add(new Row(each.work(), t.threads.get(), age, t.panics.get(), late));
        }
        rows.sort(Comparator.comparing(row -> row.work().name()));
        return rows;
    }

    Clock clock() {
        return clock;
    }

    Steps steps() {
        return steps;
    }

    Thread thread(Work work, Runnable life) {
        Runnable own = () -> ScopedValue.where(WHOSE, this).run(life);
        return work.platform()
                ? Thread.ofPlatform().daemon().name(work.name()).unstarted(own)
                : Thread.ofVirtual().name(work.name()).unstarted(own);
    }

    /// Reads whole files that this process may not read itself, for who may ask for them.
    public interface Keeper {
        byte[] read(Path file) throws IOException;
    }

    /// From now on asked by the threads of this supervisor.
    public void keeper(Keeper asked) {
        keeper = asked;
    }

    /// Whom the calling thread may ask for files that it may not read, null for nobody.
    public static @Nullable Keeper keeper() {
        return WHOSE.isBound() ? WHOSE.get().keeper : null;
    }

    /// Does something as one of this supervisor's threads would.
    public <T, X extends Throwable> T within(ScopedValue.CallableOp<T, X> what) throws X {
        return ScopedValue.where(WHOSE, this).call(what);
    }

    /// Runs what would hold a carrier, such as the reading of a file: on one of a few threads of
    /// the system if this one is virtual and a supervisor's, else on this one. The caller waits.
    ///
    /// @throws InterruptedIOException if the caller is interrupted meanwhile; the task may go on
    public static <T> T aside(Callable<T> task) throws Exception {
        if (!Thread.currentThread().isVirtual() || !WHOSE.isBound()) {
            return task.call();
        }
        Future<T> told;
        try {
            told = WHOSE.get().aside.submit(task);
        } catch (RejectedExecutionException e) {
            // The server has ended: whoever is left holds nobody up.
            return task.call();
        }
        try {
            return told.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error bug) {
                throw bug;
            }
            throw e.getCause() instanceof Exception why ? why : e;
        }
    }

    /// Asks the system's resolver for a name, which may hold a thread for long: each name holds one
    /// at most, all of them together not all of those that read files, and the caller waits no
    /// longer than it says.
    ///
    /// @param ask the same for all who give this name
    /// @throws UnknownHostException where nobody answers in time
    public static <T> T named(String name, Callable<T> ask, long millis) throws Exception {
        return !Thread.currentThread().isVirtual() || !WHOSE.isBound()
                ? ask.call()
                : WHOSE.get().lookedUp(name, ask, millis);
    }

    @SuppressWarnings("unchecked")
    private <T> T lookedUp(String name, Callable<T> ask, long millis) throws Exception {
        FutureTask<Object> mine = new FutureTask<>(ask::call);
        FutureTask<Object> other = names.putIfAbsent(name, mine);
        if (other == null) {
            boolean begun = false;
            try {
                begun = lookUps.tryAcquire(millis, TimeUnit.MILLISECONDS);
                if (begun) {
                    aside.execute(() -> {
                        try {
                            mine.run();
                        } finally {
                            names.remove(name, mine);
                            lookUps.release();
                        }
                    });
                }
            } catch (RejectedExecutionException e) {
                // The server has ended: whoever is left holds nobody up.
                lookUps.release();
                begun = false;
                return ask.call();
            } finally {
                if (!begun) {
                    names.remove(name, mine);
                    mine.cancel(false);
                }
            }
        }
        try {
            return (T) (other == null ? mine : other).get(millis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | CancellationException e) {
            throw new UnknownHostException(name + ": Temporary failure in name resolution");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error bug) {
                throw bug;
            }
            throw e.getCause() instanceof Exception why ? why : e;
        }
    }

    /// A loop that ended well is no longer in the table, unless another does the same work.
    void gone(Loop loop) {
        loops.remove(loop);
        Tally tally = loop.tally();
        if (tally.panics.get() == 0 && loops.stream().noneMatch(l -> l.tally() == tally)) {
            known.computeIfPresent(loop.work().name(), (_, k) -> k.tally() == tally ? null : k);
        }
    }

    /// Whatever saying it throws must not end the thread that says it.
    void thrown(Work work, Tally tally, Throwable e) {
        tally.panics.incrementAndGet();
        try {
            alarm.panic(work.name(), e);
        } catch (Throwable again) {
            new Stderr().panic(work.name(), e);
        }
    }

    void ends(Work work, Throwable e) {
        if (ending.compareAndSet(false, true)) {
            alarm.end(
                    work.name() + " failed: " + e + ": the mail system ends and is started again");
        }
    }

    private long look() {
        long now = clock.nanos();
        for (Loop loop : loops) {
            long late = loop.lateNanos(now);
            if (late > SLACK_NANOS && !loop.named) {
                loop.named = true;
                alarm.warning(late(loop, late));
            }
        }
        return LOOK_NANOS;
    }

    private static String late(Loop loop, long nanos) {
        StringBuilder out = new StringBuilder("thread ").append(loop.work().name());
        out.append(" has not gone on for ").append(Duration.ofNanos(nanos).toSeconds());
        out.append(" s longer than it should take; it is at");
        StackTraceElement[] where = loop.where();
        for (int i = 0; i < Math.min(FRAMES, where.length); i++) {
            out.append(i == 0 ? " " : " < ").append(where[i]);
        }
        return out.toString();
    }

    void goesOnAgain(Loop loop) {
        loop.named = false;
        alarm.warning("thread " + loop.work().name() + " goes on again");
    }

    @Override
    public void close() {
        aside.shutdown();
        Loop had = looking;
        if (had != null) {
            had.end(1_000);
        }
    }

    /// Where no log is.
    private static final class Stderr implements Alarm {
        @Override
        public void panic(String text, Throwable bug) {
            System.err.println("panic: " + text + ": " + bug);
            bug.printStackTrace();
        }

        @Override
        public void warning(String text) {
            System.err.println("warning: " + text);
        }

        @Override
        public void end(String reason) {
            System.err.println("fatal: " + reason);
        }
    }
}

package org.postrider.threads;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A thread that works in steps until it is closed. What a step throws, an `Error` too, is logged
/// as a panic, and the next step comes after a pause that grows from 100 ms to 2 s.
public final class Loop implements AutoCloseable {
    /// A rest that only [#wake] ends.
    public static final long UNTIL_WOKEN = Long.MAX_VALUE;

    private static final long FIRST_PAUSE_NANOS = 100_000_000L;
    private static final long LONGEST_PAUSE_NANOS = 2_000_000_000L;

    /// One round of what the loop does.
    public interface Step {
        /// @return nanoseconds until the next step is wanted, 0 for at once, [Loop#UNTIL_WOKEN]
        long step() throws Exception;
    }

    private final Supervisor supervisor;
    private final Work work;
    private final Step step;
    private final Tally tally;
    private final Thread thread;
    private volatile boolean woken;
    private volatile boolean closed;

    /// When it promised to be further than now, by the supervisor's clock.
    private volatile long dueNanos;

    private volatile boolean bounded;

    /// The supervisor has said that it is late.
    volatile boolean named;

    Loop(Supervisor supervisor, Work work, Tally tally, Step step) {
        this.supervisor = supervisor;
        this.work = work;
        this.tally = tally;
        this.step = step;
        thread = supervisor.thread(work, this::run);
    }

    /// Begins. Once.
    public Loop start() {
        tally.threads.incrementAndGet();
        boolean good = false;
        try {
            thread.start();
            good = true;
        } finally {
            if (!good) {
                tally.threads.decrementAndGet();
                supervisor.gone(this);
            }
        }
        return this;
    }

    /// Ends its rest: what is to be looked at was there before the call. Any thread, cheap.
    public void wake() {
        if (!woken) {
            woken = true;
            LockSupport.unpark(thread);
        }
    }

    /// It is still at work in a long step. From within the step.
    public void goesOn() {
        promise(work.longestNanos());
    }

    /// No step begins any more. Returns at once; a step under way goes on to its end.
    @Override
    public void close() {
        closed = true;
        wake();
    }

    /// Closes, and waits for the step under way.
    ///
    /// @param millis at most, 0 for as long as it takes
    /// @return false if it has not ended in that time
    public boolean end(long millis) {
        close();
        if (thread.getState() == Thread.State.NEW) {
            supervisor.gone(this);
            return true;
        }
        if (thread == Thread.currentThread()) {
            return false;
        }
        try {
            thread.join(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

    /// No step begins any more.
    public boolean closed() {
        return closed;
    }

    /// The caller runs on its thread.
    public boolean mine() {
        return Thread.currentThread() == thread;
    }

    Work work() {
        return work;
    }

    Tally tally() {
        return tally;
    }

    /// How long it should have been further by now; negative if it may still take its time.
    long lateNanos(long now) {
        return bounded && thread.isAlive() ? now - dueNanos : -1;
    }

    StackTraceElement[] where() {
        return thread.getStackTrace();
    }

    private void promise(long nanos) {
        long now = supervisor.clock().nanos();
        tally.lastNanos = now;
        tally.begun = true;
        dueNanos = now + Math.min(nanos, Long.MAX_VALUE / 4);
        bounded = nanos != UNTIL_WOKEN;
        if (named) {
            supervisor.goesOnAgain(this);
        }
    }

    private void run() {
        try {
            long pause = FIRST_PAUSE_NANOS;
            while (!closed) {
                woken = false;
                Throwable thrown = one();
                if (thrown == null) {
                    pause = FIRST_PAUSE_NANOS;
                } else {
                    supervisor.thrown(work, tally, thrown);
                    rest(pause);
                    pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
                }
            }
        } finally {
            tally.threads.decrementAndGet();
            supervisor.gone(this);
        }
    }

    private @Nullable Throwable one() {
        try {
            promise(work.longestNanos());
            supervisor.steps().begin(work.name());
            rest(step.step());
            return null;
        } catch (Throwable e) {
            return e;
        }
    }

    private void rest(long nanos) {
        if (woken || closed || nanos <= 0) {
            return;
        }
        if (nanos == UNTIL_WOKEN) {
            bounded = false;
            LockSupport.park(this);
        } else {
            dueNanos = supervisor.clock().nanos() + Math.min(nanos, Long.MAX_VALUE / 4);
            bounded = true;
            LockSupport.parkNanos(this, nanos);
        }
    }
}

package org.postrider.threads;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Short-lived threads for tasks of one kind, and pools of threads that run them. What a task
/// throws ends that task and is logged as a panic. Any thread.
public final class Family {
    private final Supervisor supervisor;
    private final Work work;
    private final Tally tally;

    Family(Supervisor supervisor, Work work, Tally tally) {
        this.supervisor = supervisor;
        this.work = work;
        this.tally = tally;
    }

    /// Runs a task on a thread of its own.
    public void start(Runnable task) {
        start(task, () -> {});
    }

    /// @param after gives back what the task holds: run once, after it or in its place, whatever is
    ///   thrown and also if no thread can be had (that is thrown here then)
    public void start(Runnable task, Runnable after) {
        boolean begun = false;
        tally.threads.incrementAndGet();
        try {
            supervisor.thread(work, () -> run(task, after)).start();
            begun = true;
        } finally {
            if (!begun) {
                tally.threads.decrementAndGet();
                after.run();
            }
        }
    }

    private void run(Runnable task, Runnable after) {
        try {
            guarded(task);
            guarded(after, false);
        } finally {
            tally.threads.decrementAndGet();
        }
    }

    /// Runs a task on the caller's thread under this family's rule.
    public void guarded(Runnable task) {
        guarded(task, true);
    }

    private void guarded(Runnable task, boolean step) {
        try {
            if (step) {
                begin();
            }
            task.run();
        } catch (Throwable e) {
            supervisor.thrown(work, tally, e);
        }
    }

    private void begin() {
        tally.lastNanos = supervisor.clock().nanos();
        tally.begun = true;
        supervisor.steps().begin(work.name());
    }

    /// Threads that stay and take tasks by turns. Who waits for a task is told what it threw; an
    /// `Error` is logged as well. To be shut down by the caller.
    public ExecutorService pool(int threads) {
        return new Pool(threads);
    }

    private final class Pool extends ThreadPoolExecutor {
        Pool(int threads) {
            super(
                    threads,
                    threads,
                    0,
                    TimeUnit.SECONDS,
                    new LinkedBlockingQueue<>(),
                    r -> supervisor.thread(work, () -> counted(r)));
        }

        @Override
        protected <T> RunnableFuture<T> newTaskFor(Callable<T> task) {
            return new FutureTask<>(() -> told(task));
        }

        @Override
        protected <T> RunnableFuture<T> newTaskFor(Runnable task, T value) {
            return new FutureTask<>(() ->
                    told(() -> {
                        task.run();
                        return value;
                    }));
        }
    }

    private void counted(Runnable life) {
        tally.threads.incrementAndGet();
        try {
            life.run();
        } finally {
            tally.threads.decrementAndGet();
        }
    }

    private <T> T told(Callable<T> task) throws Exception {
        try {
            begin();
            return task.call();
        } catch (Error e) {
            supervisor.thrown(work, tally, e);
            throw e;
        }
    }
}

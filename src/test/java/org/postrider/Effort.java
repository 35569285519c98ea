package org.postrider;

import java.lang.management.ManagementFactory;

/// What something costs, however busy the machine is.
public final class Effort {
    private Effort() {}

    /// Milliseconds that this thread computed while it ran; what it waited does not count.
    ///
    /// @param <E> what it may fail with
    public static <E extends Exception> long millis(Step<E> step) throws E {
        long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        step.run();
        return (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before) / 1_000_000;
    }

    /// What is measured.
    ///
    /// @param <E> what it may fail with
    @FunctionalInterface
    public interface Step<E extends Exception> {
        void run() throws E;
    }
}

package org.postrider;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// Tests wait for what is to happen, never for so long. How often it is looked for is not counted:
/// on a busy machine a look may take a second.
public final class Until {
    /// For what happens at once if it happens at all: no machine is busy for so long, and it costs
    /// time only where a test fails. Longer than what any test tells the product to take at most.
    public static final Duration PATIENCE = Duration.ofSeconds(120);

    private static final long LOOK_NANOS = 2_000_000;

    private Until() {}

    /// What is looked for.
    ///
    /// @param <E> what looking may fail with
    @FunctionalInterface
    public interface Sign<E extends Exception> {
        boolean seen() throws E;
    }

    /// Returns when it is so.
    ///
    /// @param otherwise what the test says if that never comes, made then
    public static <E extends Exception> void seen(Supplier<String> otherwise, Sign<E> sign)
            throws E {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!sign.seen()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("never: " + otherwise.get());
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /// Returns when it is so.
    ///
    /// @param what the test says if that never comes
    public static <E extends Exception> void seen(String what, Sign<E> sign) throws E {
        seen(() -> what, sign);
    }
}

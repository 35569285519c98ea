package org.postrider.master;

import org.jspecify.annotations.Nullable;
import org.postrider.disk.RealDisk;
import org.postrider.pickup.Pickup;

/// Runs the pickup service of the current generation.
final class Submissions {
    private static final long WAKEUP_MILLIS = 60_000;

    private @Nullable Pickup pickup;

    Submissions(Generation first) {
        pickup = first.pickup(new RealDisk());
    }

    void start() {
        run(pickup);
    }

    private static void run(@Nullable Pickup one) {
        if (one != null) {
            Thread.ofPlatform().daemon().name("pickup").start(() -> one.run(WAKEUP_MILLIS));
        }
    }

    synchronized void wake() {
        if (pickup != null) {
            pickup.wake();
        }
    }

    synchronized void generation(Generation next) {
        close();
        pickup = next.pickup(new RealDisk());
        run(pickup);
    }

    synchronized void close() {
        if (pickup != null) {
            pickup.close();
        }
    }
}

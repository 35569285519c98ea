package org.postrider.master.listen;

import java.util.function.Consumer;
import org.postrider.time.Clock;

/// Whether a service is overloaded (Postfix STRESS_README): it is from when all its places are
/// taken until some time after they last were. Any thread.
final class Stress {
    private static final long LASTS_NANOS = 1_000_000_000_000L;

    private final Clock clock;
    private int sessions;
    private boolean seen;
    private long fullNanos;
    private boolean warned;
    private long warnedNanos;

    Stress(Clock clock) {
        this.clock = clock;
    }

    /// A session begins; true where it has to be brief (`stress=yes`).
    ///
    /// @param limit most sessions at a time, 0 for no limit
    /// @param full told when all places are taken, not more often than stress lasts
    synchronized boolean begin(int limit, Runnable full) {
        sessions++;
        long now = clock.nanos();
        if (limit > 0 && sessions >= limit) {
            seen = true;
            fullNanos = now;
            if (!warned || now - warnedNanos > LASTS_NANOS) {
                warned = true;
                warnedNanos = now;
                full.run();
            }
        }
        return seen && now - fullNanos < LASTS_NANOS;
    }

    synchronized void end() {
        sessions--;
    }

    /// What the log says of it.
    ///
    /// @param service as master.cf names it
    /// @param place its port, or its name where that has one
    static void explain(String service, String place, int limit, Consumer<String> warning) {
        warning.accept(
                "service \""
                        + service
                        + "\" ("
                        + place
                        + ") has reached its process limit \""
                        + limit
                        + "\": new clients may experience noticeable delays");
        warning.accept(
                "to avoid this condition, increase the process count in master.cf or reduce the"
                        + " service time per client");
        warning.accept(
                "see https://www.postfix.org/STRESS_README.html for examples of stress-adapting"
                        + " configuration settings");
    }
}

package org.postrider.queue;

import java.util.concurrent.atomic.AtomicLong;

/// Octets of memory that many share. Any thread.
final class Budget {
    private final long limit;
    private final AtomicLong taken = new AtomicLong();

    Budget(long limit) {
        this.limit = limit;
    }

    /// @return false where so much is not left; nothing is taken then
    boolean take(long octets) {
        if (taken.addAndGet(octets) <= limit) {
            return true;
        }
        taken.addAndGet(-octets);
        return false;
    }

    void give(long octets) {
        taken.addAndGet(-octets);
    }
}

package org.postrider.memory;

import org.postrider.time.Clock;

/// Octets of the heap for one purpose, which many owners share. A part is kept for the small, so
/// that a few large owners never shut out all others; and one large owner at a time may take more
/// than the budget has, up to what a single owner may take at most, so that nothing that was
/// accepted is too large to be worked on. Any thread.
public final class Budget {
    private static final int KEPT_FOR_SMALL = 4;

    private final Clock clock = Clock.system();
    private final String name;
    private final long limit;
    private final long small;
    private final long most;
    private long bySmall;
    private long byLarge;
    private int large;

    /// @param name of what it is for, for people
    /// @param limit octets for all owners
    /// @param small an owner of no more octets than this is small: a quarter of the limit is only
    ///   for those
    /// @param most octets for one owner who is the only large one; at least the limit counts
    public Budget(String name, long limit, long small, long most) {
        this.name = name;
        this.limit = limit;
        this.small = small;
        this.most = Math.max(limit, most);
    }

    /// So many per cent of this process's heap.
    public static long ofHeap(int percent) {
        return Runtime.getRuntime().maxMemory() / 100 * percent;
    }

    public String name() {
        return name;
    }

    /// Octets that one owner may have at most, were he the only one.
    public long most() {
        return most;
    }

    /// Octets taken by all owners.
    public synchronized long taken() {
        return bySmall + byLarge;
    }

    /// An owner who has taken nothing yet.
    public Share share() {
        return new Share();
    }

    private synchronized boolean take(Share by, long octets) {
        if (by.closed) {
            return false;
        }
        long its = by.octets + octets;
        long all = bySmall + byLarge + octets;
        if (its > small) {
            int others = large - (by.octets > small ? 1 : 0);
            boolean fits = all <= limit - limit / KEPT_FOR_SMALL;
            if (its > most || (!fits && others > 0)) {
                return false;
            }
        } else if (all > limit && bySmall + octets > limit / KEPT_FOR_SMALL) {
            return false;
        }
        becomes(by, its);
        return true;
    }

    private synchronized void give(Share by, long octets) {
        becomes(by, by.octets - Math.min(octets, by.octets));
        notifyAll();
    }

    private void becomes(Share by, long octets) {
        count(by.octets, -1);
        by.octets = octets;
        count(octets, 1);
    }

    private void count(long octets, int sign) {
        if (octets > small) {
            large += sign;
            byLarge += sign * octets;
        } else {
            bySmall += sign * octets;
        }
    }

    private synchronized boolean await(Share by, long octets, long millis) {
        long end = clock.nanos() + millis * 1_000_000;
        while (!take(by, octets)) {
            long left = (end - clock.nanos()) / 1_000_000;
            if (left <= 0 || by.closed || by.octets + octets > most) {
                return false;
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    /// What one owner has taken: a mail being received, a message under delivery. Any thread.
    public final class Share implements AutoCloseable {
        private long octets;
        private boolean closed;

        private Share() {}

        /// @return false if so much is not left; nothing is taken then
        public boolean take(long more) {
            return Budget.this.take(this, more);
        }

        /// The same, but waits for others to give back.
        public boolean await(long more, long millis) {
            return Budget.this.await(this, more, millis);
        }

        /// Octets taken.
        public long octets() {
            synchronized (Budget.this) {
                return octets;
            }
        }

        /// What it is a share of, for people.
        public String of() {
            return name;
        }

        /// Gives some of it back.
        public void give(long some) {
            Budget.this.give(this, some);
        }

        /// Gives all of it back; afterwards nothing can be taken. More than once is the same as
        /// once.
        @Override
        public void close() {
            synchronized (Budget.this) {
                closed = true;
                Budget.this.give(this, octets);
            }
        }
    }
}

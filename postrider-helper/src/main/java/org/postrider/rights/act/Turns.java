package org.postrider.rights.act;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.postrider.rights.MailboxRules.Locks;
import org.postrider.rights.system.Act;

/// Who writes to a file next, of this process's threads: two that met at the file's locks would
/// wait a second each time (deliver_lock_delay), since nobody is told that a lock was given back.
/// The locks are taken all the same. Any thread of the system.
public final class Turns {
    private final ConcurrentHashMap<String, Turn> taken = new ConcurrentHashMap<>();

    /// One file's.
    private static final class Turn {
        private final ReentrantLock lock = new ReentrantLock(true);

        /// Threads that have it or wait for it; within the map's own lock.
        private int users;
    }

    /// Something that is done to a file.
    public interface Deed<T> {
        T done() throws Act;
    }

    /// Does it when the others are ready, or when they have had the time that the locks have: what
    /// holds them up may be no concern of this one's, and the locks decide.
    public <T> T at(String path, Locks locks, Deed<T> deed) throws Act {
        Turn turn = taken.compute(path, (_, there) -> joined(there));
        boolean mine = false;
        try {
            mine = mine(turn, locks.attempts() * locks.delay().toMillis());
            return deed.done();
        } finally {
            try {
                if (mine) {
                    turn.lock.unlock();
                }
            } finally {
                left(path);
            }
        }
    }

    /// At once or not at all.
    ///
    /// @return null if somebody else has it
    public @Nullable Taken take(String path) {
        Turn turn = taken.compute(path, (_, there) -> joined(there));
        if (turn.lock.tryLock()) {
            return new Taken(path, turn);
        }
        left(path);
        return null;
    }

    /// One's turn, until it is closed on the same thread.
    public final class Taken implements AutoCloseable {
        private final String path;
        private final Turn turn;
        private boolean over;

        private Taken(String path, Turn turn) {
            this.path = path;
            this.turn = turn;
        }

        @Override
        public void close() {
            if (!over) {
                over = true;
                try {
                    turn.lock.unlock();
                } finally {
                    left(path);
                }
            }
        }
    }

    private void left(String path) {
        taken.computeIfPresent(path, (_, there) -> --there.users == 0 ? null : there);
    }

    private static Turn joined(@Nullable Turn there) {
        Turn turn = there == null ? new Turn() : there;
        turn.users++;
        return turn;
    }

    private static boolean mine(Turn turn, long millis) {
        try {
            return turn.lock.tryLock(Math.max(0, millis), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}

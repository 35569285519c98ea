package org.postrider.qmgr;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.postrider.threads.Family;
import org.postrider.threads.Guard;

/// An inbox whose messages are handled one at a time, in order, by whichever thread finds it idle:
/// one owner at any moment, without a lock, and without waking a thread for it.
final class OwnerInbox<M> {
    /// After so many messages the owner's duty moves to a thread of its own, so that a session that
    /// happened to be the owner is not held up.
    private static final int TURN = 64;

    private final ConcurrentLinkedQueue<M> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();
    private final Guard guard;
    private final Family turns;
    private final Handler<M> handler;

    /// @param <M> what is handled
    interface Handler<M> {
        /// @param by who runs this, null for a thread that may not take on work
        void handle(M message, @Nullable Worker by);
    }

    /// @param guard what a message's handling that throws ends
    /// @param turns threads for owners that had their turn
    OwnerInbox(Guard guard, Family turns, Handler<M> handler) {
        this.guard = guard;
        this.turns = turns;
        this.handler = handler;
    }

    /// Hands a message over, and handles what is there unless another thread is at it.
    void put(M message, @Nullable Worker by) {
        waiting.add(message);
        if (count.getAndIncrement() == 0) {
            drain(by, TURN);
        }
    }

    private void drain(@Nullable Worker by, int most) {
        int left = most;
        do {
            if (left-- == 0) {
                turns.start(() -> {}, () -> drain(null, Integer.MAX_VALUE));
                return;
            }
            M m = waiting.poll();
            guard.run(() -> handler.handle(java.util.Objects.requireNonNull(m), by));
        } while (count.decrementAndGet() > 0);
    }
}

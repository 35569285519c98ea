package org.postrider.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.postrider.time.Clock;

/// The port over a store that nodes share, and what several of them do there.
class MemoryQueueTest extends RefusingContract {
    private final MemoryQueue.Store store = new MemoryQueue.Store();

    @Override
    Queue open() {
        return node("here");
    }

    @Override
    Queue again(Queue before) {
        return node("here");
    }

    @Override
    void full(boolean now) {
        store.full(now);
    }

    private Queue node(String name) {
        return new MemoryQueue(store, name, Clock.system());
    }

    @Test
    void eachNodeIsOfferedItsOwnAndNothingElse() throws IOException {
        QueueId id = accept("x");
        Queue other = node("there");
        assertEquals(0, other.due(FAR, 10).size());
        assertNull(other.find(id));
        assertEquals(1, queue.due(FAR, 10).size());
    }

    /// The one that was thought dead comes back: whatever it says counts no more.
    @Test
    void whoIsAdoptedMarksNothingMore() throws IOException {
        QueueId id = accept("x");
        assertEquals(1, queue.due(FAR, 10).size());
        Queue heir = node("there");
        assertEquals(1, heir.adopt(queue.lease()));
        QueueException e =
                assertThrows(
                        QueueException.class,
                        () -> queue.commit(Transaction.of(new Mark.Removed(id))));
        assertEquals(QueueException.Kind.CLOSED, e.kind());
        assertThrows(QueueException.class, () -> queue.post(new Mark.Done(id, 0)));
        assertEquals(id, heir.due(FAR, 10).getFirst().id());
        assertEquals(0, heir.adopt(queue.lease()), "all of it is there already");
    }
}

package org.postrider.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a queue keeps whose store the test can fill up.
abstract class RefusingContract extends QueueContract {
    /// Nothing can be written from now on, or it can be again.
    abstract void full(boolean now);

    @Test
    void whatIsRefusedIsNotThereNorComesLater() throws IOException {
        QueueId before = accept("before");
        NewMessage m = message("refused", Attributes.OWN, false);
        full(true);
        QueueException e =
                assertThrows(
                        QueueException.class,
                        () ->
                                queue.commit(
                                        new Transaction(
                                                List.of(m), List.of(new Mark.Done(before, 0)))));
        assertEquals(QueueException.Kind.FULL, e.kind());
        assertFalse(queue.marksWritable());
        assertNull(queue.find(m.id()));
        assertFalse(find(before).done(0));
        full(false);
        queue.commit(Transaction.NONE);
        QueueId after = accept("after");
        assertTrue(queue.marksWritable());
        queue = again(queue);
        assertNull(queue.find(m.id()));
        assertFalse(find(before).done(0));
        assertEquals("after", body(find(after)));
    }
}

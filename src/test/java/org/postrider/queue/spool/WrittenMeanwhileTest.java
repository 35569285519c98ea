package org.postrider.queue.spool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.postrider.dsn.Status;
import org.postrider.queue.Mark;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Transaction;

/// Why a message waits is written down while its record is read: who reads it sees that, and not
/// what was before.
class WrittenMeanwhileTest {
    private final SpoolBench bench = new SpoolBench();

    private Mark.Deferred deferred(QueueId id, String why, long due) {
        Mark.Reason reason =
                new Mark.Reason(0, new Status(4, 4, 1), why, "none", null, null, "delayed");
        return new Mark.Deferred(id, due, List.of(reason));
    }

    private static String why(@Nullable QueuedMessage m) {
        assertNotNull(m);
        Mark.Reason reason = m.reason(0);
        return reason == null ? "nothing is known" : reason.text();
    }

    private void writtenWhileItIsRead() {
        bench.disk.beforeRead(() -> bench.spool.commit(Transaction.NONE));
    }

    @Test
    void whoLooksSeesIt() throws IOException {
        QueueId id = bench.accept("text");
        long later = bench.clock.millis + 3_600_000;
        for (String now : List.of("first", "second")) {
            bench.spool.post(deferred(id, now, later));
            writtenWhileItIsRead();
            assertEquals(now, why(bench.spool.find(id)));
            assertEquals(now, why(bench.spool.find(id)), "once it is written");
        }
    }

    @Test
    void whoDeliversItNextSeesIt() throws IOException {
        QueueId id = bench.accept("text");
        bench.spool.post(deferred(id, "first", bench.clock.millis));
        writtenWhileItIsRead();
        List<QueuedMessage> due = bench.spool.due(bench.clock.wallMillis(), 10);
        assertEquals(List.of(id), due.stream().map(QueuedMessage::id).toList());
        assertEquals("first", why(due.getFirst()));
    }

    /// The record that is moved says what the mark said that stays behind.
    @Test
    void itIsNotLostWhenTheRecordMoves() throws IOException {
        QueueId id = bench.accept("text");
        long later = bench.clock.millis + 3_600_000;
        bench.spool.commit(Transaction.of(deferred(id, "first", later)));
        Path first = bench.record(id).file();
        for (int i = 0; i < 40; i++) {
            bench.remove(bench.accept("x".repeat(3_000)));
        }
        assertEquals(first, bench.record(id).file());
        bench.disk.beforeRead(
                () -> bench.spool.commit(Transaction.of(deferred(id, "second", later))));
        bench.spool.upkeep().compact();
        assertEquals("second", why(bench.spool.find(id)));
        bench.spool.upkeep().compact();
        assertTrue(bench.spool.upkeep().moved() > 0);
        assertNotEquals(first, bench.record(id).file());
        assertEquals("second", why(bench.spool.find(id)));
        bench.kill();
        assertEquals("second", why(bench.spool.find(id)));
    }
}

package org.postrider.queue.spool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postrider.message.Content;
import org.postrider.message.ContentWriter;
import org.postrider.message.Facts;
import org.postrider.queue.NewMessage;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;
import org.postrider.queue.Transaction;

/// A content on its way into the queue: what it takes, and what is left of it whatever becomes of
/// it.
class SpoolWriterTest {
    private static final Facts FACTS = new Facts(0, 0, 70, false, true, false, false, 0);
    private static final int SMALL = 3_000;
    private static final int LARGE = 9_000;

    private final SpoolBench bench = new SpoolBench();

    private long taken() {
        return bench.spool.parts().memory.arriving.taken();
    }

    private List<String> files() {
        return bench.disk.list(SpoolBench.SPOOL.resolve("body"));
    }

    private static byte[] octets(int count) {
        return "x".repeat(count).getBytes(StandardCharsets.US_ASCII);
    }

    private ContentWriter written(int header, int body) throws IOException {
        ContentWriter writer = bench.spool.content();
        writer.header(octets(header), 0, header);
        for (int at = 0; at < body; at += 1_000) {
            writer.body(octets(1_000), 0, 1_000);
        }
        return writer;
    }

    /// Until it is in the queue nobody else has charged what lies in memory.
    @ParameterizedTest
    @ValueSource(ints = {SMALL, LARGE})
    void theMemoryOfAContentIsItsOwnUntilAfterTheCommit(int body) throws IOException {
        QueueId id = bench.spool.newId();
        try (ContentWriter writer = written(6_000, body)) {
            long before = taken();
            assertTrue(before > 0);
            Content content = writer.finish(FACTS);
            assertEquals(before, taken(), "given back before the commit");
            bench.spool.commit(
                    Transaction.of(new NewMessage(id, SpoolBench.envelope(id), content, false)));
            assertEquals(before, taken());
        }
        assertEquals(0, taken());
        assertEquals("x".repeat(body), bench.body(id));
        bench.spool.upkeep().step();
        assertEquals(body == LARGE ? 1 : 0, files().size());
    }

    /// The file of a content that was committed, delivered and removed may be another's when its
    /// writer is closed.
    @Test
    void whoIsDoneTakesNobodyElsesFile() throws IOException {
        QueueId id = bench.spool.newId();
        ContentWriter first = written(100, LARGE);
        bench.spool.commit(
                Transaction.of(
                        new NewMessage(id, SpoolBench.envelope(id), first.finish(FACTS), false)));
        bench.remove(id);
        QueueId other = bench.spool.newId();
        try (ContentWriter second = written(100, LARGE)) {
            Content content = second.finish(FACTS);
            assertEquals(1, files().size(), "not the first one's file");
            first.close();
            bench.spool.upkeep().step();
            bench.spool.commit(
                    Transaction.of(
                            new NewMessage(other, SpoolBench.envelope(other), content, false)));
        }
        bench.spool.upkeep().step();
        assertEquals("x".repeat(LARGE), bench.body(other));
    }

    /// Mail whose body is gone is not taken.
    @Test
    void aContentIsCommittedBeforeItsWriterIsClosed() throws IOException {
        QueueId id = bench.spool.newId();
        Content content;
        try (ContentWriter writer = written(100, LARGE)) {
            content = writer.finish(FACTS);
        }
        NewMessage late = new NewMessage(id, SpoolBench.envelope(id), content, false);
        assertThrows(QueueException.class, () -> bench.spool.commit(Transaction.of(late)));
    }

    /// What nobody queues goes at the next step, without a garbage collector; what is queued stays.
    @Test
    void aContentThatGoesIntoNoQueueLeavesNoFile() throws IOException {
        QueueId id = bench.spool.newId();
        try (ContentWriter writer = written(100, LARGE)) {
            Content content = writer.finish(FACTS);
            bench.spool.commit(
                    Transaction.of(new NewMessage(id, SpoolBench.envelope(id), content, false)));
        }
        List<Content> refused = new ArrayList<>();
        try (ContentWriter writer = written(100, LARGE)) {
            refused.add(writer.finish(FACTS));
        }
        bench.spool.upkeep().step();
        assertEquals(1, files().size(), refused::toString);
        assertEquals("x".repeat(LARGE), bench.body(id));
    }

    /// A disk that is full, or fails, at any call on the way: nothing of it stays, neither memory
    /// nor a file that only the garbage collector would find.
    @Test
    void whatCannotBeFinishedLeavesNothing() throws IOException {
        int failed = 0;
        for (int call = 1; call < 10; call++) {
            long first = bench.disk.calls() + call;
            try (ContentWriter writer = bench.spool.content()) {
                bench.disk.failAt(first, Long.MAX_VALUE, "Input/output error");
                assertThrows(
                        IOException.class,
                        () -> {
                            for (int i = 0; i < LARGE / 1_000; i++) {
                                writer.body(octets(1_000), 0, 1_000);
                            }
                            writer.finish(FACTS);
                            throw new Finished();
                        });
                failed++;
            } catch (AssertionError e) {
                assertTrue(e.getCause() instanceof Finished, e::toString);
                break;
            } finally {
                bench.disk.failAt(Long.MAX_VALUE, Long.MAX_VALUE, "");
            }
            assertEquals(0, taken(), "after a failure at call " + call);
            bench.spool.upkeep().step();
            assertEquals(List.of(), files(), "after a failure at call " + call);
        }
        assertTrue(failed >= 3, failed + " ways to fail");
    }

    /// Nothing failed on the way.
    private static final class Finished extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    @ParameterizedTest
    @ValueSource(ints = {SMALL, LARGE})
    void whatIsNotFinishedLeavesNothing(int body) throws IOException {
        ContentWriter writer = written(6_000, body);
        assertTrue(taken() > 0);
        writer.close();
        writer.close();
        assertEquals(0, taken());
        bench.spool.upkeep().step();
        assertEquals(List.of(), files());
    }
}

package org.postrider.queue.spool;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.files.Bodies;

/// The files of large bodies, and who may write over them.
class BodiesTest {
    private final SpoolBench bench = new SpoolBench();

    private int files() {
        return bench.disk.list(SpoolBench.SPOOL.resolve("body")).size();
    }

    /// Its message is gone, and a delivery is still amid it: the next body goes elsewhere.
    @Test
    void aBodyUnderAReaderIsNotWrittenOver() throws IOException {
        QueueId first = bench.accept("a".repeat(6_000));
        QueuedMessage m = java.util.Objects.requireNonNull(bench.spool.find(first));
        try (InputStream reading = m.content().body()) {
            assertEquals("a".repeat(100), text(reading.readNBytes(100)));
            bench.remove(first);
            bench.spool.upkeep().step();
            QueueId second = bench.accept("b".repeat(6_000));
            assertEquals("a".repeat(5_900), text(reading.readAllBytes()));
            assertEquals("b".repeat(6_000), bench.body(second));
        }
        bench.spool.upkeep().step();
        assertEquals(1, files(), "the first one's file is not deleted");
    }

    /// Whoever has read to the end keeps nothing: the file is a spare.
    @Test
    void aBodyThatWasReadIsASpare() throws IOException {
        QueueId first = bench.accept("a".repeat(6_000));
        assertEquals("a".repeat(6_000), bench.body(first));
        bench.remove(first);
        bench.spool.upkeep().step();
        QueueId second = bench.accept("b".repeat(6_000));
        assertEquals(1, files());
        assertEquals("b".repeat(6_000), bench.body(second));
    }

    /// What is given back while it is looked at what may go may be a commit's that is durable and
    /// that memory does not know.
    @Test
    void onlyWhatWasGivenBackBeforeAllWasSettledIsDeleted() {
        Bodies bodies = bench.spool.parts().bodies;
        abandoned();
        bodies.tidy(() -> false, bench.said::add);
        assertEquals(1, files());
        bodies.tidy(
                () -> {
                    abandoned();
                    return true;
                },
                bench.said::add);
        assertEquals(1, files(), "the second one is looked at the next time");
        bodies.tidy(() -> true, bench.said::add);
        assertEquals(0, files());
        assertEquals(List.of(), bench.said);
    }

    private void abandoned() {
        try (var _ = bench.writers) {
            bench.content(new byte[6_000]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(byte[] octets) {
        return new String(octets, StandardCharsets.ISO_8859_1);
    }
}

package org.postrider.queue.spool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postrider.address.Address;
import org.postrider.disk.Disk;
import org.postrider.disk.FaultyDisk;
import org.postrider.dsn.Status;
import org.postrider.message.ContentWriter;
import org.postrider.message.Facts;
import org.postrider.queue.Attributes;
import org.postrider.queue.Envelope;
import org.postrider.queue.JournalQueue;
import org.postrider.queue.Mark;
import org.postrider.queue.NewMessage;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;
import org.postrider.queue.Transaction;
import org.postrider.threads.Supervisor;

/// Recipients that stand in a file, behind the body.
class RecipientFileTest {
    private static final int MANY = 5000;

    private final SpoolBench.HandClock clock = new SpoolBench.HandClock();
    private final List<String> said = new ArrayList<>();
    private final FaultyDisk disk = new FaultyDisk();
    private Spool spool = open();

    private Spool open() {
        return Spool.open(
                new Ground(disk, SpoolBench.SPOOL, clock, said::add),
                new JournalQueue.Options(
                        12_288,
                        4_000,
                        1_000,
                        1 << 20,
                        false,
                        new JournalQueue.Limits(0, 1 << 20, 1 << 20, 1 << 20, 2_000_000)),
                Supervisor.alone(),
                false);
    }

    @AfterEach
    void close() {
        spool.close();
    }

    private static Recipient recipient(int i) {
        return new Recipient(
                new Address("user" + i + "@example.net"),
                i % 3 == 0 ? new Address("alias" + i + "@example.com") : null,
                i % 16,
                i % 5 == 0 ? "rfc822;alias" + i + "@example.com" : null);
    }

    private QueueId accept(int recipients, int bodyOctets) throws IOException {
        QueueId id = spool.newId();
        List<Recipient> to = new ArrayList<>();
        for (int i = 0; i < recipients; i++) {
            to.add(recipient(i));
        }
        byte[] body = "x".repeat(bodyOctets).getBytes(StandardCharsets.US_ASCII);
        try (ContentWriter w = spool.content()) {
            w.body(body, 0, body.length);
            Envelope envelope = new Envelope(new Address("s@example.com"), to, 0, Attributes.NONE);
            Facts facts = new Facts(4, 4, 4, false, true, false, false, 0);
            spool.commit(Transaction.of(new NewMessage(id, envelope, w.finish(facts), false)));
        }
        return id;
    }

    private QueuedMessage found(QueueId id) {
        QueuedMessage found = spool.find(id);
        assertNotNull(found);
        return found;
    }

    private void assertWhole(QueueId id, int bodyOctets) throws IOException {
        QueuedMessage m = found(id);
        assertEquals(MANY, m.envelope().recipients().size());
        for (int i = MANY - 1; i >= 0; i--) {
            assertEquals(recipient(i), m.envelope().recipients().get(i));
        }
        try (var in = m.content().body()) {
            assertEquals(
                    "x".repeat(bodyOctets),
                    new String(in.readAllBytes(), StandardCharsets.US_ASCII));
        }
    }

    @Test
    void allOfThemAreThereAfterAStartWithASmallBodyAndALargeOne() throws IOException {
        QueueId small = accept(MANY, 10);
        QueueId large = accept(MANY, 9_000);
        assertWhole(small, 10);
        assertWhole(large, 9_000);
        spool.close();
        spool = open();
        assertWhole(small, 10);
        assertWhole(large, 9_000);
    }

    /// A disk that refuses such mail keeps no file of it.
    @Test
    void whatIsRefusedLeavesNoFile() throws IOException {
        for (int octets : new int[] {10, 9_000}) {
            disk.failForces(1);
            assertThrows(QueueException.class, () -> accept(MANY, octets));
            spool.upkeep().step();
            assertEquals(List.of(), disk.list(SpoolBench.SPOOL.resolve("body")));
        }
    }

    @Test
    void theirRecordIsSmallAndTheyTakeLittleMemory() throws IOException {
        QueueId id = accept(MANY, 10);
        spool.due(clock.wallMillis(), 1);
        assertEquals(1, disk.list(SpoolBench.SPOOL.resolve("body")).size());
        // In the journal they would not fit a segment of 12 KB.
        assertEquals(false, disk.list(SpoolBench.SPOOL.resolve("journal")).size() > 3);
        spool.remove(id);
    }

    @Test
    void reasonsOfAllAreOneAndFoundByRecipient() throws IOException {
        QueueId id = accept(MANY, 10);
        var gathering = new Mark.Reasons.Gathering(MANY);
        for (int i = MANY - 1; i > 0; i--) {
            gathering.add(reason(i));
        }
        spool.commit(
                Transaction.of(new Mark.Deferred(id, clock.wallMillis() + 1000, gathering.all())));
        for (int n = 0; n < 2; n++) {
            QueuedMessage m = found(id);
            assertNull(m.reason(0));
            for (int i = 1; i < MANY; i++) {
                assertEquals(reason(i), m.reason(i));
            }
            spool.close();
            spool = open();
        }
    }

    private static Mark.Reason reason(int i) {
        String text = i % 1000 == 7 ? "text of " + i : "busy";
        return new Mark.Reason(i, new Status(4, 2, 0), text, "h[1]:25", "h", "450 busy", "delayed");
    }

    @Test
    void recipientsThatAreDamagedAreSetAsideWithTheirMessage() throws IOException {
        QueueId id = accept(MANY, 10);
        spool.close();
        String file = disk.list(SpoolBench.SPOOL.resolve("body")).getFirst();
        try (Disk.File body = disk.open(SpoolBench.SPOOL.resolve("body").resolve(file))) {
            body.write(ByteBuffer.wrap(new byte[] {77}), 100_000);
            body.force();
        }
        spool = open();
        QueuedMessage m = spool.due(clock.wallMillis() + 1, 1).getFirst();
        assertThrows(QueueException.class, () -> m.envelope().recipients().forEach(r -> {}));
        spool.upkeep().step();
        assertNull(spool.find(id));
        QueuedMessage aside = spool.setAside(id);
        assertNotNull(aside);
        assertEquals(recipient(5), aside.envelope().recipients().get(5));
        assertEquals(
                "queue: " + id + ": damaged, what is left of it is in corrupt/" + id,
                said.getLast());
    }
}

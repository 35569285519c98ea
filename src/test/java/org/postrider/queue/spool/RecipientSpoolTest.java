package org.postrider.queue.spool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postrider.address.Address;
import org.postrider.disk.FaultyDisk;
import org.postrider.memory.Budget;
import org.postrider.memory.NoMemoryException;
import org.postrider.message.ContentWriter;
import org.postrider.message.Facts;
import org.postrider.queue.Attributes;
import org.postrider.queue.Envelope;
import org.postrider.queue.JournalQueue;
import org.postrider.queue.NewMessage;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;
import org.postrider.queue.Transaction;
import org.postrider.threads.Supervisor;

/// Recipients on their way into the queue: what they take while they come.
class RecipientSpoolTest {
    private static final int THRESHOLD = 1_000;

    private final FaultyDisk disk = new FaultyDisk();
    private final Spool spool =
            Spool.open(
                    new Ground(disk, SpoolBench.SPOOL, new SpoolBench.HandClock(), _ -> {}),
                    new JournalQueue.Options(
                            12_288,
                            4_000,
                            THRESHOLD,
                            1 << 20,
                            false,
                            new JournalQueue.Limits(0, 1 << 20, 1 << 20, 1 << 20, 2_000_000)),
                    Supervisor.alone(),
                    false);
    private long taken;
    private long room = Long.MAX_VALUE;

    @AfterEach
    void close() {
        spool.close();
    }

    private Recipient.Writer writer() {
        return spool.recipients(octets -> {
            if (taken + octets > room) {
                return false;
            }
            taken += octets;
            return true;
        });
    }

    private List<String> files() {
        return disk.list(SpoolBench.SPOOL.resolve("body"));
    }

    private static Recipient recipient(int i) {
        return new Recipient(
                new Address("user" + i + "@example.net"),
                i % 3 == 0 ? new Address("alias" + i + "@example.com") : null,
                i % 16,
                i % 5 == 0 ? "rfc822;alias" + i + "@example.com" : null);
    }

    private static List<Recipient> recipients(int count) {
        List<Recipient> out = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            out.add(recipient(i));
        }
        return out;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 999, 1_000, 1_001, 1_151, 1_152, 1_153, 20_000})
    void allThatWereAddedAreThereInTheirOrder(int count) throws IOException {
        try (Recipient.Writer to = writer()) {
            for (Recipient each : recipients(count)) {
                to.add(each);
            }
            assertEquals(count, to.size());
            assertEquals(recipients(count), to.all());
            assertEquals(count > THRESHOLD, !files().isEmpty());
        }
        spool.parts().bodies.tidy(() -> true, _ -> {});
        assertEquals(List.of(), files(), "the file is given back");
    }

    @Test
    void moreMayBeAddedAfterALook() throws IOException {
        try (Recipient.Writer to = writer()) {
            for (Recipient each : recipients(2_000)) {
                to.add(each);
            }
            List<Recipient> before = to.all();
            for (int i = 2_000; i < 3_000; i++) {
                to.add(recipient(i));
            }
            assertEquals(recipients(2_000), before);
            assertEquals(recipients(3_000), to.all());
        }
    }

    @Test
    void theyTakeTheMemoryOfAFewAndALittleForEachBlock() throws IOException {
        try (Recipient.Writer to = writer()) {
            for (int i = 0; i < THRESHOLD; i++) {
                to.add(recipient(i));
            }
            long few = taken;
            for (int i = THRESHOLD; i < 200_000; i++) {
                to.add(recipient(i));
            }
            assertTrue(taken < few + 100_000, taken + " octets, " + few + " of which for the few");
        }
    }

    @Test
    void whoHasNoRoomIsNotThere() throws IOException {
        room = 100 * recipient(1).memory();
        try (Recipient.Writer to = writer()) {
            int i = 0;
            while (to.hasRoom(recipient(1))) {
                to.add(recipient(1));
                i++;
            }
            assertEquals(100, i);
            assertThrows(NoMemoryException.class, () -> to.add(recipient(1)));
            assertEquals(i, to.all().size());
        }
    }

    @Test
    void askingTwiceTakesOnce() throws IOException {
        try (Recipient.Writer to = writer()) {
            assertTrue(to.hasRoom(recipient(1)));
            assertTrue(to.hasRoom(recipient(1)));
            to.add(recipient(1));
            assertEquals(recipient(1).memory(), taken);
        }
    }

    @Test
    void onAFullDiskNothingOfThemIsOfUse() throws IOException {
        try (Recipient.Writer to = writer()) {
            for (int i = 0; i < THRESHOLD; i++) {
                to.add(recipient(i));
            }
            disk.fullFromCall(1);
            assertThrows(IOException.class, () -> to.add(recipient(THRESHOLD)));
            disk.fullFromCall(Long.MAX_VALUE);
            QueueException e = assertThrows(QueueException.class, to::all);
            assertEquals(QueueException.Kind.FULL, e.kind());
        }
        spool.parts().bodies.tidy(() -> true, _ -> {});
        assertEquals(List.of(), files());
    }

    @Test
    void aMessageHasThemWhenTheirFileIsGone() throws IOException {
        QueueId many = committed(5_000);
        spool.parts().bodies.tidy(() -> true, _ -> {});
        assertEquals(1, files().size());
        QueuedMessage m = spool.find(many);
        assertNotNull(m);
        assertEquals(recipients(5_000), m.envelope().recipients());
        assertFalse(m.done(4_999));
    }

    private QueueId committed(int count) throws IOException {
        QueueId id = spool.newId();
        try (Budget.Share share = spool.writing();
                Recipient.Writer to = spool.recipients(share::take);
                ContentWriter w = spool.content()) {
            for (Recipient each : recipients(count)) {
                to.add(each);
            }
            Envelope envelope =
                    new Envelope(new Address("s@example.com"), to.all(), 0, Attributes.NONE);
            Facts facts = new Facts(4, 4, 4, false, true, false, false, 0);
            spool.commit(Transaction.of(new NewMessage(id, envelope, w.finish(facts), false)));
        }
        return id;
    }
}

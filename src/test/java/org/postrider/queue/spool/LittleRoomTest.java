package org.postrider.queue.spool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postrider.address.Address;
import org.postrider.bounce.FakeMessage;
import org.postrider.disk.Disk;
import org.postrider.disk.FaultyDisk;
import org.postrider.queue.JournalQueue;
import org.postrider.queue.Mark;
import org.postrider.queue.NewMessage;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueId;
import org.postrider.queue.Recipient;
import org.postrider.queue.Transaction;
import org.postrider.time.Clock;

/// A queue on a small disk: the journal's segments leave room for mail.
class LittleRoomTest {
    private static final Path QUEUE = Path.of("/queue");
    private static final int SEGMENT = 8 << 20;

    private final FaultyDisk disk = new FaultyDisk();
    private final List<String> warnings = new ArrayList<>();

    private Queue open() {
        JournalQueue.Options options =
                new JournalQueue.Options(
                        SEGMENT,
                        1 << 20,
                        1 << 20,
                        false,
                        JournalQueue.Limits.ofContents(1 << 20, 1 << 20));
        return JournalQueue.open(disk, QUEUE, options, Clock.system(), warnings::add);
    }

    private static QueueId mail(Queue queue, String sender) {
        FakeMessage made =
                FakeMessage.of(queue.newId(), sender, Recipient.of(new Address("r@x.example")));
        queue.commit(
                Transaction.of(new NewMessage(made.id(), made.envelope(), made.content(), false)));
        return made.id();
    }

    private List<Long> sizes() throws IOException {
        List<Long> out = new ArrayList<>();
        Path journal = QUEUE.resolve("journal");
        for (String name : disk.list(journal)) {
            if (name.endsWith(".seg")) {
                try (Disk.File file = disk.openToRead(journal.resolve(name))) {
                    out.add(file.size());
                }
            }
        }
        return out;
    }

    @Test
    void aSegmentIsAnEighthOfTheRoomThereIs() throws IOException {
        disk.free(5L << 20);
        QueueId id;
        try (Queue queue = open()) {
            id = mail(queue, "s@a.example");
            assertTrue(sizes().stream().allMatch(size -> size == 10 * 65_536), sizes()::toString);
        }
        assertEquals(
                List.of(
                        "queue: /queue has room for 5 MB: segments of the journal have 640 kB and"
                                + " not postrider_segment_size"),
                warnings);
        warnings.clear();
        disk.free(1L << 30);
        try (Queue queue = open()) {
            assertEquals(List.of(), warnings);
            assertNotNull(queue.find(id));
        }
    }

    /// Spare segments of a time with less room hold less than what is written now.
    @Test
    void whatIsLargerThanASpareOfBeforeFindsRoom() throws IOException {
        disk.free(100_000);
        try (Queue queue = open()) {
            for (int i = 0; i < 400; i++) {
                QueueId id = mail(queue, "s@a.example");
                queue.commit(Transaction.of(new Mark.Removed(id)));
            }
            assertTrue(sizes().size() > 1, "no spare");
        }
        disk.free(1L << 30);
        QueueId large;
        try (Queue queue = open()) {
            large = mail(queue, "x".repeat(200_000) + "@a.example");
        }
        try (Queue queue = open()) {
            assertNotNull(queue.find(large));
            assertEquals(1, queue.size());
        }
    }
}

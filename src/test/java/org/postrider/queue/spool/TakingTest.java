package org.postrider.queue.spool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postrider.address.Address;
import org.postrider.disk.FaultyDisk;
import org.postrider.message.ContentWriter;
import org.postrider.message.Facts;
import org.postrider.queue.Attributes;
import org.postrider.queue.Envelope;
import org.postrider.queue.JournalQueue;
import org.postrider.queue.Mark;
import org.postrider.queue.NewMessage;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;
import org.postrider.queue.Transaction;
import org.postrider.queue.files.Segment;
import org.postrider.threads.Supervisor;

/// What becomes active where memory is short.
class TakingTest {
    private static final long ACTIVE = 200_000;

    private final SpoolBench.HandClock clock = new SpoolBench.HandClock();
    private final List<String> said = new ArrayList<>();
    private final FaultyDisk disk = new FaultyDisk();
    private boolean logIsBroken;
    private final Spool spool =
            Spool.open(
                    new Ground(disk, SpoolBench.SPOOL, clock, this::say),
                    new JournalQueue.Options(
                            12_288,
                            4_000,
                            1 << 20,
                            false,
                            new JournalQueue.Limits(0, 1 << 20, 1 << 20, 1 << 20, ACTIVE)),
                    Supervisor.alone(),
                    false);

    private void say(String line) {
        if (logIsBroken) {
            throw new IllegalStateException("expected by the test");
        }
        said.add(line);
    }

    private QueueId accept(int recipients) throws IOException {
        return accept(recipients, false);
    }

    private QueueId accept(int recipients, boolean held) throws IOException {
        QueueId id = spool.newId();
        List<Recipient> to = new ArrayList<>();
        for (int i = 0; i < recipients; i++) {
            to.add(Recipient.of(new Address("user" + i + "@example.net")));
        }
        byte[] body = "text".getBytes(StandardCharsets.US_ASCII);
        try (ContentWriter w = spool.content()) {
            w.body(body, 0, body.length);
            spool.commit(
                    Transaction.of(
                            new NewMessage(
                                    id,
                                    new Envelope(
                                            new Address("sender@example.com"),
                                            to,
                                            0,
                                            Attributes.NONE),
                                    w.finish(new Facts(4, 4, 4, false, true, false, false, 0)),
                                    held)));
        }
        return id;
    }

    /// HOLD in an access table, or a milter's quarantine: nobody was to work on it yet.
    @Test
    void whatCameInHeldIsTakenOnceItIsReleased() throws IOException {
        QueueId id = accept(1, true);
        assertEquals(List.of(), spool.due(clock.wallMillis(), 10));
        spool.commit(Transaction.of(new Mark.Released(id)));
        assertEquals(
                List.of(id),
                spool.due(clock.wallMillis() + 1, 10).stream().map(QueuedMessage::id).toList());
    }

    /// ETRN: what it made due says so, and revives its destination.
    @Test
    void whatIsFlushedByIdIsAskedFor() throws IOException {
        QueueId id = accept(1);
        QueueId other = accept(1);
        for (QueuedMessage m : spool.due(clock.wallMillis(), 10)) {
            spool.post(new Mark.Deferred(m.id(), clock.wallMillis() + 1_000, List.of()));
        }
        spool.commit(Transaction.of(new Mark.DelayWarned(other)));
        spool.flush(List.of(id));
        List<QueuedMessage> due = spool.due(clock.wallMillis(), 10);
        assertEquals(List.of(id), due.stream().map(QueuedMessage::id).toList());
        assertTrue(due.getFirst().asked());
    }

    /// Whoever asks for one id a thousand times has no large envelope read each time.
    @Test
    void whatIsKnownOfAMessageIsSaidWithoutReadingIt() throws IOException {
        QueueId id = accept(1, true);
        spool.post(new Mark.ForcedToExpire(id));
        for (String name : disk.list(SpoolBench.JOURNAL)) {
            disk.unreadable(SpoolBench.JOURNAL.resolve(name), Segment.HEADER, 12_288);
        }
        assertEquals(new Queue.State(true, true), spool.state(id));
        assertEquals(List.of(), said);
        assertEquals(null, spool.state(new QueueId("0")));
    }

    /// As after a start with a smaller heap.
    @Test
    void aMessageThatNoMemoryWillEverHoldKeepsNoOtherWaiting() throws IOException {
        QueueId huge = accept(3_000);
        QueueId large = accept(200);
        assertEquals(
                List.of(large),
                spool.due(clock.wallMillis(), 10).stream().map(QueuedMessage::id).toList());
        assertTrue(said.stream().anyMatch(l -> l.contains(huge.text())), said::toString);
        assertEquals(2, spool.size());
    }

    /// Whatever becomes of it: removed, put off, held, or gone before it was begun.
    @Test
    void theMemoryOfWhatIsDoneWithIsGivenBack() throws IOException {
        QueueId removed = accept(2);
        QueueId deferred = accept(2);
        QueueId held = accept(2);
        QueueId back = accept(2);
        assertEquals(4, spool.due(clock.wallMillis(), 10).size());
        assertTrue(spool.parts().memory.active.taken() > 0);
        spool.post(new Mark.Removed(removed));
        spool.post(new Mark.Deferred(deferred, clock.millis + 3_600_000, List.of()));
        spool.commit(Transaction.of(new Mark.Held(held)));
        spool.giveBack(back);
        assertEquals(0, spool.parts().memory.active.taken());
        assertEquals(0, spool.parts().memory.fresh.taken());
    }

    @Test
    void theMemoryOfWhatCannotBeReadIsGivenBack() throws IOException {
        QueueId id = accept(2);
        for (String name : disk.list(SpoolBench.JOURNAL)) {
            disk.unreadable(SpoolBench.JOURNAL.resolve(name), Segment.HEADER, 12_288);
        }
        assertEquals(List.of(), spool.due(clock.wallMillis(), 10));
        assertTrue(said.stream().anyMatch(l -> l.contains(id.text())), said::toString);
        assertEquals(0, spool.parts().memory.active.taken());
    }

    /// A bug met while it is read: it waits, and the others have the memory.
    @Test
    void theMemoryOfWhatABugKeptFromBeingReadIsGivenBack() throws IOException {
        QueueId id = accept(2);
        disk.readsThrow(new InternalError("expected by the test"));
        assertEquals(List.of(), spool.due(clock.wallMillis(), 10));
        assertTrue(
                said.stream().anyMatch(l -> l.startsWith("panic: queue: reading " + id)),
                said::toString);
        assertEquals(0, spool.parts().memory.active.taken());
        disk.readsThrow(null);
        clock.millis += 120_000;
        assertEquals(
                List.of(id),
                spool.due(clock.wallMillis(), 10).stream().map(QueuedMessage::id).toList());
    }

    /// Not even the bug can be told: nobody got any of them, so all wait, and their memory is free.
    @Test
    void theMemoryOfAllIsGivenBackWhereTakingThemFails() throws IOException {
        List<QueueId> ids = List.of(accept(2), accept(2));
        disk.readsThrow(new InternalError("expected by the test"));
        logIsBroken = true;
        assertThrows(IllegalStateException.class, () -> spool.due(clock.wallMillis(), 10));
        assertEquals(0, spool.parts().memory.active.taken());
        disk.readsThrow(null);
        logIsBroken = false;
        clock.millis += 120_000;
        assertEquals(
                ids, spool.due(clock.wallMillis(), 10).stream().map(QueuedMessage::id).toList());
    }
}

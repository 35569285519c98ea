package org.postrider.queue.spool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postrider.Until;
import org.postrider.address.Address;
import org.postrider.disk.FaultyDisk;
import org.postrider.message.ContentWriter;
import org.postrider.message.Facts;
import org.postrider.queue.Attributes;
import org.postrider.queue.Envelope;
import org.postrider.queue.JournalQueue;
import org.postrider.queue.NewMessage;
import org.postrider.queue.QueueId;
import org.postrider.queue.Recipient;
import org.postrider.queue.Transaction;
import org.postrider.threads.Supervisor;

/// Listings of a queue that is large beside the memory for them.
class ListingsTest {
    private static final int MESSAGES = 2_000;
    private static final int MEMORY = 40_000;
    private static final int ARRIVING = 300_000;

    private final Spool spool =
            Spool.open(
                    new Ground(
                            new FaultyDisk(),
                            SpoolBench.SPOOL,
                            new SpoolBench.HandClock(),
                            _ -> {}),
                    new JournalQueue.Options(
                            1 << 20,
                            100_000,
                            0,
                            false,
                            new JournalQueue.Limits(0, ARRIVING, 1 << 20, MEMORY, 1 << 24)),
                    Supervisor.alone(),
                    false);

    private QueueId accept() throws IOException {
        QueueId id = spool.newId();
        try (ContentWriter w = spool.content()) {
            spool.commit(
                    Transaction.of(
                            new NewMessage(
                                    id,
                                    new Envelope(
                                            new Address("sender@example.com"),
                                            List.of(Recipient.of(new Address("a@example.net"))),
                                            0,
                                            Attributes.NONE),
                                    w.finish(new Facts(4, 4, 4, false, true, false, false, 0)),
                                    true)));
        }
        return id;
    }

    /// The first one's reader reads no further until the second listing is done.
    @Test
    void noListingWaitsForTheReaderOfAnother() throws IOException {
        List<QueueId> all = new ArrayList<>();
        for (int i = 0; i < MESSAGES; i++) {
            all.add(accept());
        }
        List<QueueId> first = new ArrayList<>();
        List<QueueId> second = new ArrayList<>();
        assertTimeoutPreemptively(
                Until.PATIENCE,
                () ->
                        spool.list(outer -> {
                            if (first.isEmpty()) {
                                spool.list(inner -> second.add(inner.message().id()));
                            }
                            first.add(outer.message().id());
                        }));
        assertEquals(new HashSet<>(all), new HashSet<>(first));
        assertEquals(MESSAGES, first.size());
        assertEquals(new HashSet<>(all), new HashSet<>(second));
        assertEquals(MESSAGES, second.size());
    }

    /// Until the commit the content is in the heap, whoever waits for its turn.
    @Test
    void aContentCountsAsArrivingUntilItIsCommitted() throws IOException {
        byte[] body = new byte[90_000];
        List<ContentWriter> waiting = new ArrayList<>();
        long taken = 0;
        for (int i = 0; i < 8; i++) {
            ContentWriter w = spool.content();
            waiting.add(w);
            w.body(body, 0, body.length);
            boolean inMemory =
                    w.finish(new Facts(4, 4, 4, false, true, false, false, 0)).inlineBody() != null;
            taken += inMemory ? body.length : 0;
        }
        waiting.forEach(ContentWriter::close);
        assertEquals(true, taken <= ARRIVING, taken + " octets are in memory");
    }
}

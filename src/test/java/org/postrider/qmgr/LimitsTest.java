package org.postrider.qmgr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.delivery.Agent;
import org.postrider.delivery.Outcome;
import org.postrider.dsn.Status;
import org.postrider.message.MemoryContent;
import org.postrider.queue.Attributes;
import org.postrider.queue.Envelope;
import org.postrider.queue.NewMessage;
import org.postrider.queue.QueueId;
import org.postrider.queue.Recipient;
import org.postrider.queue.Transaction;

/// How many recipients a delivery has, and how long mail waits for its next attempt.
class LimitsTest {
    @TempDir Path directory = Path.of("");
    private @Nullable House house;
    private final List<Integer> sizes = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void close() {
        House open = house;
        if (open != null) {
            open.close();
        }
    }

    private House house(String mainCf, Outcome outcome) {
        Agent agent =
                (request, report) -> {
                    sizes.add(request.recipients().size());
                    for (int r : request.recipients()) {
                        report.outcome(r, outcome);
                    }
                    return null;
                };
        House made = House.open(directory, mainCf).agent("smtp", agent).start();
        house = made;
        return made;
    }

    private static String[] recipients(int count) {
        String[] out = new String[count];
        for (int i = 0; i < count; i++) {
            out[i] = "r" + i + "@b.example";
        }
        return out;
    }

    @Test
    void aDeliveryHasAsManyRecipientsAsTheLimitSaysAndNoMore() {
        Outcome sent =
                new Outcome.Sent(
                        Outcome.Detail.local(new Status(2, 0, 0), "h[1]:25", "250 ok"), true);
        House h = house("default_destination_recipient_limit = 3\n", sent);
        h.accept("s@a.example", recipients(7));
        h.awaitEmpty();
        sizes.sort(null);
        assertEquals(List.of(1, 3, 3), sizes);
        sizes.clear();
        h.accept("s@a.example", recipients(3));
        h.awaitEmpty();
        assertEquals(List.of(3), sizes);
    }

    /// As long as it is old, between minimal_backoff_time and maximal_backoff_time.
    @Test
    void olderMailWaitsLonger() {
        House h =
                house(
                        "minimal_backoff_time = 300\nmaximal_backoff_time = 4000\n",
                        new Outcome.Deferred(
                                Outcome.Detail.local(new Status(4, 4, 2), "h[1]:25", "busy")));
        assertWait(h, 10, 300);
        assertWait(h, 2000, 2000);
        assertWait(h, 9000, 4000);
    }

    private void assertWait(House h, long ageSeconds, long seconds) {
        QueueId id = h.queue.newId();
        long now = System.currentTimeMillis();
        Envelope envelope =
                new Envelope(
                        House.address("s@a.example"),
                        List.of(Recipient.of(House.address("r@b.example"))),
                        now - ageSeconds * 1000,
                        Attributes.NONE);
        int before = h.count("status=deferred");
        h.queue.commit(
                Transaction.of(
                        new NewMessage(
                                id,
                                envelope,
                                MemoryContent.of(new byte[0], "\r\nx\r\n".getBytes()),
                                false)));
        h.await(() ->
                h.count("status=deferred") > before
                        && h.queue.nextDueMillis() < Long.MAX_VALUE
                        && h.manager.activeMessages() == 0);
        long waits = (h.queue.nextDueMillis() - now) / 1000;
        assertTrue(
                waits >= seconds && waits < seconds + 60,
                "mail of " + ageSeconds + " s waits " + waits + " s");
        h.queue.remove(id);
    }
}

package org.postrider.qmgr;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.delivery.Agent;
import org.postrider.delivery.Outcome;
import org.postrider.dsn.Status;
import org.postrider.message.MemoryContent;
import org.postrider.queue.Envelope;
import org.postrider.queue.Named;
import org.postrider.queue.NewMessage;
import org.postrider.queue.Recipient;
import org.postrider.queue.Transaction;

/// REDIRECT (access(5)): one recipient stands for all of them, now and when it is tried again.
class RedirectTest {
    @TempDir Path directory = Path.of("");

    private final List<String> delivered = Collections.synchronizedList(new ArrayList<>());

    private Agent agent(Outcome outcome) {
        return (request, report) -> {
            for (int r : request.recipients()) {
                Recipient to = request.message().envelope().recipients().get(r);
                delivered.add(to.address() + " for " + to.original());
                report.outcome(r, outcome);
            }
            return null;
        };
    }

    private static Recipient to(String address) {
        return Recipient.of(House.address(address));
    }

    @Test
    void theFirstByDomainAndAddressIsSentElsewhereAndNobodyElseGetsIt() {
        Outcome.Detail busy = Outcome.Detail.local(new Status(4, 4, 2), "h[1]:25", "busy");
        try (House h =
                House.open(directory, "")
                        .agent("smtp", agent(new Outcome.Deferred(busy)))
                        .start()) {
            byte[] body = "\r\nx\r\n".getBytes(StandardCharsets.US_ASCII);
            h.queue.commit(
                    Transaction.of(
                            new NewMessage(
                                    h.queue.newId(),
                                    new Envelope(
                                            House.address("s@a.example"),
                                            List.of(
                                                    to("z@c.example"),
                                                    to("y@b.example"),
                                                    to("x@b.example")),
                                            System.currentTimeMillis(),
                                            Named.of("redirect_to", "quarantine@q.example")),
                                    MemoryContent.of(new byte[0], body),
                                    false)));
            h.await(() -> delivered.size() == 1 && h.manager.activeMessages() == 0);
        }
        Outcome.Detail taken = Outcome.Detail.local(new Status(2, 0, 0), "h[1]:25", "250 ok");
        try (House h =
                House.open(directory, "")
                        .agent("smtp", agent(new Outcome.Sent(taken, true)))
                        .start()) {
            h.manager.flush();
            h.awaitEmpty();
        }
        assertEquals(Collections.nCopies(2, "quarantine@q.example for x@b.example"), delivered);
    }
}

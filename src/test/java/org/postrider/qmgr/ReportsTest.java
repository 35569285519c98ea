package org.postrider.qmgr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.address.Address;
import org.postrider.delivery.Agent;
import org.postrider.delivery.DeliveryRequest;
import org.postrider.delivery.Outcome;
import org.postrider.dsn.Status;
import org.postrider.queue.QueueId;
import org.postrider.queue.Recipient;

/// Mail of `sendmail -bv`, of which nothing may be delivered, and of `sendmail -v`.
class ReportsTest {
    private static final Map<String, String> VERIFY = Map.of("trace_flags", "512");
    private static final Map<String, String> DELIVERY = Map.of("trace_flags", "1024");

    @TempDir Path directory;

    /// Remembers what it was asked; soft and hard fail.
    private static final class Asked implements Agent {
        private final boolean verifies;
        private final List<QueueId> mails = new CopyOnWriteArrayList<>();

        Asked(boolean verifies) {
            this.verifies = verifies;
        }

        @Override
        public boolean verifies() {
            return verifies;
        }

        @Override
        public @Nullable Unavailable deliver(DeliveryRequest request, Report report) {
            mails.add(request.message().id());
            for (int r : request.recipients()) {
                String to = request.message().envelope().recipients().get(r).address().local();
                report.outcome(
                        r,
                        switch (to) {
                            case "soft" -> new Outcome.Deferred(detail(4, "busy"));
                            case "hard" -> new Outcome.Bounced(detail(5, "unknown"));
                            default -> new Outcome.Sent(detail(2, "250 ok"), true);
                        });
            }
            return null;
        }

        private static Outcome.Detail detail(int kind, String text) {
            return Outcome.Detail.local(new Status(kind, 0, 0), "h[1]:25", text);
        }
    }

    private static Recipient[] to(String... addresses) {
        Recipient[] out = new Recipient[addresses.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = Recipient.of(new Address(addresses[i]));
        }
        return out;
    }

    @Test
    void anAgentThatWouldDeliverIsNeverAsked() {
        Asked agent = new Asked(false);
        try (House h = House.open(directory, "").agent("smtp", agent).start()) {
            QueueId id = h.accept("s@a.example", VERIFY, to("ok@b.example", "soft@b.example"));
            h.awaitEmpty();
            assertTrue(!agent.mails.contains(id), "asked");
            assertEquals(2, h.count("status=undeliverable (transport smtp cannot tell"));
            assertEquals(1, h.count(id + ": sender delivery status notification"));
            assertEquals(1, h.count(id + ": removed"));
        }
    }

    @Test
    void oneThatTellsIsAskedOnceWhateverItSays() {
        Asked agent = new Asked(true);
        try (House h =
                House.open(directory, "minimal_backoff_time = 1s").agent("smtp", agent).start()) {
            QueueId id =
                    h.accept(
                            "s@a.example",
                            VERIFY,
                            to("ok@b.example", "soft@b.example", "hard@b.example"));
            h.awaitEmpty();
            assertEquals(1, agent.mails.stream().filter(id::equals).count());
            assertEquals(1, h.count("to=<ok@b.example>, relay=h[1]:25, dsn=2.0.0, status=deliv"));
            assertEquals(2, h.count("status=undeliverable ("));
            assertEquals(0, h.count("sender non-delivery notification"));
            assertEquals(1, h.count(id + ": sender delivery status notification"));
        }
    }

    @Test
    void whereThereIsNoTransportItIsTold() {
        try (House h = House.open(directory, "").start()) {
            QueueId id = h.accept("", VERIFY, to("ok@b.example"));
            h.awaitEmpty();
            assertEquals(1, h.count("status=undeliverable (mail transport unavailable)"));
            assertEquals(1, h.count(id + ": not sending trace/success notification for single"));
        }
    }

    @Test
    void onlyTheFirstPassIsReported() {
        Asked agent = new Asked(false);
        String often = "minimal_backoff_time = 1\nqueue_run_delay = 1\nmaximal_backoff_time = 1\n";
        try (House h = House.open(directory, often).agent("smtp", agent).start()) {
            QueueId id = h.accept("s@a.example", DELIVERY, to("ok@b.example", "soft@b.example"));
            h.await(() -> h.count("to=<soft@b.example>") >= 3);
            assertEquals(1, h.count("to=<ok@b.example>"));
            assertEquals(1, h.count(id + ": sender delivery status notification"));
        }
    }

    @Test
    void aReportOfSuccessAloneComesBeforeTheMailsEnd() {
        Asked agent = new Asked(false);
        try (House h = House.open(directory, "").agent("smtp", agent).start()) {
            QueueId id = h.accept("s@a.example", DELIVERY, to("ok@b.example"));
            h.awaitEmpty();
            List<String> lines = h.lines();
            int report = indexOf(lines, id + ": sender delivery status notification");
            assertTrue(report >= 0, lines::toString);
            assertTrue(report < indexOf(lines, id + ": removed"), lines::toString);
        }
    }

    private static int indexOf(List<String> lines, String part) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).contains(part)) {
                return i;
            }
        }
        return -1;
    }
}

package org.postrider.qmgr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.address.Address;
import org.postrider.delivery.Agent;
import org.postrider.delivery.DeliveryRequest;
import org.postrider.delivery.Outcome;
import org.postrider.delivery.Probe;
import org.postrider.dsn.Status;
import org.postrider.message.MemoryContent;
import org.postrider.queue.Attributes;
import org.postrider.queue.Dsn;
import org.postrider.queue.Envelope;
import org.postrider.queue.NewMessage;
import org.postrider.queue.Recipient;

/// A probe goes the way of mail, is told once, and nothing of it is left.
final class ProbesTest {
    private static final String MAIN =
            """
            compatibility_level = 3.6
            inet_interfaces = 127.0.0.1
            inet_protocols = ipv4
            mydestination =
            address_verify_transport_maps = inline:{{probed.example=probing:there}}
            """;

    @TempDir Path directory;
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final AtomicInteger ended = new AtomicInteger();

    private final Probe.Answers answers =
            new Probe.Answers() {
                @Override
                public String told(Recipient recipient, Outcome outcome) {
                    told.add(recipient.address() + " " + outcome.detail().text());
                    return outcome instanceof Outcome.Sent ? "deliverable" : "undeliverable";
                }

                @Override
                public void ended() {
                    ended.incrementAndGet();
                }
            };

    private record Says(List<String> asked, @Nullable RuntimeException bug) implements Agent {
        @Override
        public boolean verifies() {
            return true;
        }

        @Override
        public @Nullable Unavailable deliver(DeliveryRequest request, Report report) {
            asked.add(request.transport() + ":" + request.nexthop());
            if (bug != null) {
                throw bug;
            }
            for (int r : request.recipients()) {
                Outcome.Detail detail =
                        Outcome.Detail.local(new Status(4, 2, 0), "none", "450 come again");
                report.outcome(r, new Outcome.Deferred(detail));
            }
            return null;
        }
    }

    private Probe probe(House house, boolean tooMany, String... recipients) {
        Envelope envelope =
                new Envelope(
                        new Address("double-bounce@twin.example"),
                        List.of(recipients).stream()
                                .map(r -> Recipient.of(new Address(r)))
                                .toList(),
                        System.currentTimeMillis(),
                        Attributes.OWN.withDsn(Dsn.NONE.withReport(Dsn.Report.VERIFY)));
        byte[] header = "Subject: probe\r\n".getBytes(StandardCharsets.ISO_8859_1);
        byte[] body = "\r\n".getBytes(StandardCharsets.ISO_8859_1);
        return new Probe(
                new NewMessage(
                        house.queue.newId(), envelope, MemoryContent.of(header, body), false),
                tooMany,
                answers);
    }

    private void played(
            @Nullable RuntimeException bug, boolean tooMany, List<String> asked, String... to) {
        try (House house = House.open(directory, MAIN)) {
            Says agent = new Says(asked, bug);
            house.agent("smtp", agent).agent("probing", agent).agent("retry", "error", agent);
            house.start();
            assertTrue(house.manager.arrived(probe(house, tooMany, to)));
            house.await(() -> ended.get() > 0);
            house.await(() -> house.manager.activeMessages() == 0);
            assertEquals(1, ended.get());
            assertEquals(Long.MAX_VALUE, house.queue.nextDueMillis(), "something waits");
            assertEquals(0, house.count("status=deferred"));
        }
    }

    @Test
    void whatIsPutOffIsToldAndOver() {
        List<String> asked = new CopyOnWriteArrayList<>();
        played(null, false, asked, "a@probed.example", "b@other.example");
        assertEquals(
                List.of("a@probed.example 450 come again", "b@other.example 450 come again"),
                told.stream().sorted().toList());
        assertEquals(
                List.of("probing:there", "smtp:other.example"), asked.stream().sorted().toList());
    }

    @Test
    void aBugOfAnAgentIsATemporaryAnswer() {
        played(
                new IllegalStateException("planted"),
                false,
                new CopyOnWriteArrayList<>(),
                "a@x.example");
        assertEquals(List.of("a@x.example unknown mail transport error"), told);
    }

    @Test
    void oneOfTooManyIsPutOffWithoutAnAgent() {
        List<String> asked = new CopyOnWriteArrayList<>();
        played(null, true, asked, "a@x.example");
        assertEquals(List.of("a@x.example Too many address verification requests"), told);
        assertEquals(List.of(), asked);
    }

    @Test
    void oneForNobodyIsOverAtOnce() {
        played(null, false, new CopyOnWriteArrayList<>());
        assertEquals(List.of(), told);
    }
}

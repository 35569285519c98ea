package org.postrider.qmgr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.address.Address;
import org.postrider.delivery.Agent;
import org.postrider.delivery.DeliveryRequest;
import org.postrider.delivery.Outcome;
import org.postrider.dsn.Status;
import org.postrider.queue.Mark;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;
import org.postrider.queue.Transaction;

/// Messages whose recipients are not all in memory at a time.
class LargeMessageTest {
    private static final String LIMITS =
            "qmgr_message_recipient_limit = 200\n"
                    + "default_recipient_refill_limit = 20\n"
                    + "default_destination_recipient_limit = 10\n"
                    + "minimal_backoff_time = 1000s\n"
                    + "postrider_large_envelope_threshold = 100\n";

    @TempDir Path directory = Path.of("");
    private @Nullable House house;
    private final Map<String, Integer> tried = new ConcurrentHashMap<>();

    private House house(String mainCf) {
        House made = House.open(directory, LIMITS + mainCf);
        house = made;
        return made;
    }

    @AfterEach
    void close() {
        House open = house;
        if (open != null) {
            open.close();
        }
    }

    private static Outcome.Detail detail(int kind, String text) {
        return Outcome.Detail.local(new Status(kind, 0, 0), "h[1]:25", text);
    }

    /// By the number in the recipient's name: every fifth waits, every seventh fails.
    private Agent agent(Runnable before) {
        return (request, report) -> {
            before.run();
            for (int r : request.recipients()) {
                String name = request.message().envelope().recipients().get(r).address().local();
                tried.merge(name, 1, Integer::sum);
                int n = Integer.parseInt(name.substring(1));
                report.outcome(
                        r,
                        n % 5 == 1
                                ? new Outcome.Deferred(detail(4, "busy"))
                                : n % 7 == 1
                                        ? new Outcome.Bounced(detail(5, "no"))
                                        : new Outcome.Sent(detail(2, "ok"), true));
            }
            return null;
        };
    }

    private static Recipient[] recipients(int count, String domain) {
        Recipient[] out = new Recipient[count];
        for (int i = 0; i < count; i++) {
            out[i] = Recipient.of(new Address("u" + i + "@" + domain));
        }
        return out;
    }

    private void assertEachTriedOnce(int count) {
        assertEquals(count, tried.size());
        assertTrue(tried.values().stream().allMatch(n -> n == 1));
    }

    @Test
    void eachRecipientHasItsOutcomeAndOnlyThoseThatWaitAreTriedAgain() {
        House h = house("").agent("smtp", agent(() -> {})).start();
        QueueId id = h.accept("", Map.of(), recipients(3001, "b.example"));
        h.await(() -> h.manager.activeMessages() == 0);
        assertEachTriedOnce(3001);
        assertEquals(600, h.count("status=deferred"));
        assertEquals(343, h.count("status=bounced"));
        QueuedMessage m = h.queue.find(id);
        assertNotNull(m);
        for (int i = 0; i < 3001; i++) {
            assertEquals(i % 5 != 1, m.done(i));
            Mark.Reason why = m.reason(i);
            assertEquals(i % 5 == 1 ? "busy" : null, why == null ? null : why.text());
        }
        tried.clear();
        h.manager.flush();
        h.await(() -> h.count("status=deferred") == 1200 && h.manager.activeMessages() == 0);
        assertEachTriedOnce(600);
    }

    @Test
    void noMoreAreInMemoryThanTheLimitAndAnotherMessageHasItsOwn() {
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger begun = new AtomicInteger();
        Agent waits =
                agent(() -> {
                    begun.incrementAndGet();
                    try {
                        go.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
        House h = house("").agent("smtp", waits).agent("relay", agent(() -> {})).start();
        h.accept("s@a.example", Map.of(), recipients(1000, "b.example"));
        h.await(() -> begun.get() > 0);
        assertEquals(200, h.manager.recipientsInMemory());
        // The first window of another is what every message has, and the rest follows it.
        h.accept("s@a.example", Map.of(), recipients(70, "relayed.example"));
        h.await(() -> h.count("status=") == 70);
        // The log has a recipient before the manager gives its place back.
        h.await(() -> h.manager.recipientsInMemory() == 200);
        go.countDown();
        h.await(() -> h.manager.activeMessages() == 0);
        assertEquals(0, h.manager.recipientsInMemory());
    }

    @Test
    void ofOneThatIsHeldNoMoreAreReadAndAllHaveItOnceItIsReleased() {
        House[] it = new House[1];
        QueueId[] id = new QueueId[1];
        CountDownLatch known = new CountDownLatch(1);
        Agent holds =
                (request, report) -> {
                    try {
                        known.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    if (tried.isEmpty()) {
                        it[0].queue.commit(Transaction.of(new Mark.Held(id[0])));
                    }
                    for (int r : request.recipients()) {
                        tried.merge("u" + r, 1, Integer::sum);
                        report.outcome(r, new Outcome.Sent(detail(2, "ok"), true));
                    }
                    return null;
                };
        House h = house("smtp_destination_concurrency_limit = 1\n").agent("smtp", holds);
        it[0] = h;
        h.start();
        id[0] = h.accept("s@a.example", Map.of(), recipients(1000, "b.example"));
        known.countDown();
        h.await(() -> h.manager.activeMessages() == 0);
        assertTrue(tried.size() <= 200, tried.size() + " were tried");
        h.queue.commit(Transaction.of(new Mark.Released(id[0])));
        h.awaitEmpty();
        assertEachTriedOnce(1000);
    }

    @Test
    void whoCannotBeReadWaitsAndAllOthersOfTheWindowsBeforeHaveIt() {
        House h = house("").agent("smtp", agent(() -> {})).start();
        List<Recipient> all = new ArrayList<>(List.of(recipients(900, "b.example")));
        all.set(500, Recipient.of(new Address("u500@error.example")));
        QueueId id = h.accept("", Map.of(), all.toArray(Recipient[]::new));
        h.await(() -> h.manager.activeMessages() == 0);
        QueuedMessage m = h.queue.find(id);
        assertNotNull(m);
        Mark.Reason why = m.reason(899);
        assertEquals("recipients could not be read", why == null ? null : why.text());
        for (int i = 0; i < 900; i++) {
            Mark.Reason each = m.reason(i);
            assertEquals(each == null, m.done(i));
            boolean read = each == null || each.text().equals("busy");
            assertEquals(read, tried.containsKey("u" + i), "u" + i);
            assertTrue(read ? i < 500 : i > 300);
        }
        assertNull(m.reason(0));
        assertEquals(0, h.manager.recipientsInMemory());
    }

    /// Blocks of recipients are kept in memory for a while only.
    @Test
    void whatWasDeliveredIsWrittenDownThoughTheFileCannotBeReadBehindIt() throws IOException {
        Path bodies = directory.resolve("queue/body");
        Path away = directory.resolve("away");
        Agent agent = agent(() -> {});
        AtomicInteger deliveries = new AtomicInteger();
        Agent loses =
                (request, report) -> {
                    if (deliveries.getAndIncrement() > 0) {
                        return agent.deliver(request, report);
                    }
                    List<Recipient> all = request.message().envelope().recipients();
                    for (int i = all.size() - 1; i > 500; i -= 100) {
                        all.get(i);
                    }
                    move(bodies, away);
                    for (int r : request.recipients()) {
                        tried.merge("u" + r, 1, Integer::sum);
                        report.outcome(r, new Outcome.Sent(detail(2, "ok"), true));
                    }
                    move(away, bodies);
                    return null;
                };
        House h =
                house(
                                "smtp_destination_concurrency_limit = 1\n"
                                        + "default_destination_recipient_limit = 200\n")
                        .agent("smtp", loses)
                        .start();
        QueueId id = h.accept("", Map.of(), recipients(22_000, "b.example"));
        h.await(() -> h.manager.activeMessages() == 0);
        QueuedMessage m = h.queue.find(id);
        assertNotNull(m);
        assertEachTriedOnce(22_000);
        for (int i = 0; i < 200; i++) {
            assertTrue(m.done(i), "u" + i + " has it");
        }
        assertEquals(0, h.count("panic:"));
    }

    /// Those of a destination that is down are told why they wait, as far as they can be read.
    @Test
    void whoWaitsForADeadDestinationAndCannotBeReadWaitsToo() {
        Path bodies = directory.resolve("queue/body");
        Path away = directory.resolve("away");
        Agent dead =
                (request, report) -> {
                    List<Recipient> all = request.message().envelope().recipients();
                    for (int i = all.size() - 1; i > 5_000; i -= 100) {
                        all.get(i);
                    }
                    move(bodies, away);
                    return new Agent.Unavailable(new Status(4, 4, 1), "no connection");
                };
        House h =
                house(
                                "smtp_destination_concurrency_limit = 1\n"
                                        + "qmgr_message_recipient_limit = 22000\n"
                                        + "smtp_destination_recipient_limit = 100\n")
                        .agent("smtp", dead)
                        .start();
        QueueId id = h.accept("", Map.of(), recipients(22_000, "b.example"));
        h.await(() -> h.count("reading recipients: ") > 0);
        move(away, bodies);
        h.await(() -> h.manager.activeMessages() == 0);
        QueuedMessage m = h.queue.find(id);
        assertNotNull(m);
        Map<String, Integer> why = new TreeMap<>();
        for (int i = 0; i < 22_000; i++) {
            Mark.Reason each = m.reason(i);
            assertNotNull(each, "u" + i);
            why.merge(each.text(), 1, Integer::sum);
        }
        Integer unread = why.remove("recipients could not be read");
        assertNotNull(unread, why.toString());
        Mark.Reason next = m.reason(100);
        assertEquals("recipients could not be read", next == null ? null : next.text());
        assertEquals(100, why.remove("unknown mail transport error"), "those of the delivery");
        assertEquals(Set.of("delivery temporarily suspended: no connection"), why.keySet());
        assertEquals(22_000 - unread, h.count("status=deferred"));
        assertTrue(h.count("warning: " + id.text() + ": reading recipients: ") > 0);
        assertEquals(0, h.count("panic:"));
    }

    /// The report of what would become of them goes out in parts, and its memory with each.
    @Test
    void aReportOfVeryManyGoesOutInParts() {
        List<Integer> kept = new CopyOnWriteArrayList<>();
        Agent asked =
                new Agent() {
                    @Override
                    public boolean verifies() {
                        return true;
                    }

                    @Override
                    public @Nullable Unavailable deliver(DeliveryRequest request, Report report) {
                        boolean own = request.message().envelope().sender().isNull();
                        kept.add(own ? 1 : 0);
                        return agent(() -> {}).deliver(request, report);
                    }
                };
        House h = house("postrider_notice_recipient_limit = 500\n").agent("smtp", asked).start();
        h.accept("u0@a.example", Map.of("trace_flags", "512"), recipients(3001, "b.example"));
        h.awaitEmpty();
        int reports = h.count("sender delivery status notification");
        assertTrue(reports >= 5 && reports <= 7, reports + " reports");
        assertEquals(reports, kept.stream().mapToInt(n -> n).sum());
        assertEquals(3001, h.count("status=deliverable") + h.count("status=undeliverable"));
    }

    private static void move(Path from, Path to) {
        try {
            Files.move(from, to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What decides about the next window fails for each delivery that ends.
    @Test
    void whatFailsBetweenTwoWindowsLeavesNobodyUnderDeliveryForEver() {
        House h = house("retry_recipient_limit = many\n").agent("smtp", agent(() -> {})).start();
        QueueId id = h.accept("", Map.of(), recipients(1000, "relayed.example"));
        h.await(() -> h.manager.activeMessages() == 0);
        QueuedMessage m = h.queue.find(id);
        assertNotNull(m);
        for (int i = 0; i < 1000; i++) {
            assertEquals(false, m.done(i));
        }
        assertEquals(0, h.manager.recipientsInMemory());
    }
}

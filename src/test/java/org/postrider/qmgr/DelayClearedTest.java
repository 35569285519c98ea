package org.postrider.qmgr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.delivery.Agent;
import org.postrider.delivery.DeliveryRequest;
import org.postrider.delivery.Outcome;
import org.postrider.dsn.Status;
import org.postrider.message.Content;
import org.postrider.queue.QueueId;
import org.postrider.queue.Recipient;

/// `confirm_delay_cleared`: what real Postfix 3.7 told the sender of each NOTIFY=, after a next hop
/// that knows DSN and one that does not had deferred the mail at first.
class DelayClearedTest {
    private static final String SOON =
            "delay_warning_time = 1s\nminimal_backoff_time = 1\nqueue_run_delay = 1\n"
                    + "maximal_backoff_time = 1\n";
    private static final String CONFIRMED = SOON + "confirm_delay_cleared = yes\n";

    @TempDir Path directory;

    /// The next hops: at first only `ok` gets in, once they are up all do. Keeps notices.
    private static final class Hops implements Agent {
        private final boolean up;
        private final List<String> notices = new CopyOnWriteArrayList<>();

        Hops(boolean up) {
            this.up = up;
        }

        @Override
        public @Nullable Unavailable deliver(DeliveryRequest request, Report report) {
            for (int r : request.recipients()) {
                var to = request.message().envelope().recipients().get(r).address();
                if (request.message().envelope().sender().isNull()) {
                    notices.add(text(request));
                }
                boolean in = up || to.local().equals("ok") || to.local().equals("s");
                report.outcome(
                        r,
                        in
                                ? new Outcome.Sent(
                                        detail(2, "250 2.0.0 taken"),
                                        to.domain().equals("dsn.example"))
                                : new Outcome.Deferred(detail(4, "450 4.2.0 later")));
            }
            return null;
        }

        private static Outcome.Detail detail(int kind, String text) {
            Status status = new Status(kind, kind == 2 ? 0 : 2, 0);
            return new Outcome.Detail(
                    status, "h[1]:25", text, "", "h", text, new Outcome.Spent(0, 0, 0, ""));
        }

        private static String text(DeliveryRequest request) {
            Content content = request.message().content();
            try (InputStream body = content.body()) {
                return new String(content.header(), StandardCharsets.UTF_8)
                        + new String(body.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /// Of whom the sender was told that they have it.
        Set<String> told() {
            TreeSet<String> all = new TreeSet<>();
            for (String notice : notices) {
                assertTrue(notice.contains("Subject: Successful Mail Delivery Report"), notice);
                notice.lines()
                        .filter(line -> line.startsWith("Final-Recipient: rfc822; "))
                        .forEach(line -> assertTrue(all.add(line.substring(25)), notice));
                assertTrue(notice.contains("Action: relayed"), notice);
            }
            return all;
        }
    }

    private static Recipient[] recipients() {
        Map<String, Integer> all =
                Map.of(
                        "ok",
                        0,
                        "plain",
                        0,
                        "never",
                        Recipient.NEVER,
                        "failure",
                        Recipient.FAILURE,
                        "delay",
                        Recipient.DELAY,
                        "success",
                        Recipient.SUCCESS,
                        "both",
                        Recipient.SUCCESS | Recipient.DELAY,
                        "ends",
                        Recipient.SUCCESS | Recipient.FAILURE);
        List<Recipient> out = new ArrayList<>();
        for (String domain : List.of("b.example", "dsn.example")) {
            all.forEach((local, notify) ->
                    out.add(
                            new Recipient(
                                    House.address(local + "@" + domain), null, notify, null)));
        }
        return out.toArray(Recipient[]::new);
    }

    /// The sender is told of the delay, the server stops and starts, and the mail is delivered.
    private Set<String> told(String mainCf) {
        QueueId id;
        try (House h = House.open(directory, mainCf).agent("smtp", new Hops(false)).start()) {
            id = h.accept("s@a.example", Map.of(), recipients());
            h.await(() -> h.count(id + ": sender delay notification: ") == 1);
            h.await(() -> h.queue.size() == 1);
            assertEquals(0, h.count("sender delivery status notification"), h.lines()::toString);
        }
        Hops up = new Hops(true);
        try (House h = House.open(directory, mainCf).agent("smtp", up).start()) {
            h.awaitEmpty();
            assertEquals(
                    up.notices.size(), h.count(id + ": sender delivery status notification: "));
            assertEquals(1, h.count(id + ": removed"));
            assertEquals(0, h.count("sender delay notification"), h.lines()::toString);
        }
        return up.told();
    }

    @Test
    void whoeverGetsItAfterTheWarningIsConfirmedToTheSender() {
        assertEquals(
                new TreeSet<>(
                        List.of(
                                "plain@b.example",
                                "delay@b.example",
                                "success@b.example",
                                "both@b.example",
                                "ends@b.example",
                                "plain@dsn.example",
                                "delay@dsn.example",
                                "success@dsn.example",
                                "both@dsn.example")),
                told(CONFIRMED));
    }

    @Test
    void withoutItOnlySuccessThatWasAskedForIs() {
        assertEquals(
                new TreeSet<>(List.of("success@b.example", "both@b.example", "ends@b.example")),
                told(SOON));
    }

    @Test
    void noticesAreConfirmedToNobodyAndMailThatWasNeverLateNeither() {
        Hops up = new Hops(true);
        try (House h = House.open(directory, CONFIRMED).agent("smtp", up).start()) {
            h.accept("s@a.example", "plain@b.example");
            h.awaitEmpty();
        }
        try (House h = House.open(directory, CONFIRMED).agent("smtp", new Hops(false)).start()) {
            h.accept("", "plain@b.example");
            h.await(() -> h.count("to=<plain@b.example>") >= 4);
            assertEquals(0, h.count("sender delay notification"));
        }
        try (House h = House.open(directory, CONFIRMED).agent("smtp", up).start()) {
            h.awaitEmpty();
            assertEquals(0, h.count(" notification: "), h.lines()::toString);
        }
    }
}

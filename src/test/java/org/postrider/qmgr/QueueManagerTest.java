package org.postrider.qmgr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postrider.delivery.Agent;
import org.postrider.delivery.Outcome;
import org.postrider.dsn.Status;
import org.postrider.queue.Mark;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;

/// The queue manager over the real spool on the machine's disk, with agents made of lambdas.
class QueueManagerTest {
    private static final Status OK = new Status(2, 0, 0);
    private static final Status BUSY = new Status(4, 2, 1);
    private static final Status UNKNOWN = new Status(5, 1, 1);

    @TempDir Path directory = Path.of("");
    private @Nullable House house;

    private House house(String mainCf) {
        House made = House.open(directory, mainCf);
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

    private static Outcome sent() {
        return new Outcome.Sent(Outcome.Detail.local(OK, "h[1]:25", "250 ok"), true);
    }

    private static Outcome deferred() {
        return new Outcome.Deferred(Outcome.Detail.local(BUSY, "h[1]:25", "busy"));
    }

    private static Outcome held() {
        return new Outcome.Deferred(
                Outcome.Detail.local(BUSY, "none", "agent x is not built yet"), true);
    }

    private static Outcome bounced() {
        return new Outcome.Bounced(Outcome.Detail.local(UNKNOWN, "h[1]:25", "unknown"));
    }

    /// By the recipient's local part: ok, soft, hard.
    private static final Agent BY_NAME =
            (request, report) -> {
                for (int r : request.recipients()) {
                    Recipient to = request.message().envelope().recipients().get(r);
                    report.outcome(
                            r,
                            switch (to.address().local()) {
                                case "soft" -> deferred();
                                case "hard" -> bounced();
                                case "held" -> held();
                                default -> sent();
                            });
                }
                return null;
            };

    @Test
    void aMessageIsDeliveredLoggedAndRemoved() {
        House h = house("").agent("smtp", BY_NAME).start();
        QueueId id = h.accept("s@a.example", "ok@b.example");
        h.awaitEmpty();
        assertEquals(
                List.of(
                        "postfix/qmgr "
                                + id
                                + ": from=<s@a.example>, size=41, nrcpt=1 (queue active)",
                        "postfix/smtp "
                                + id
                                + ": to=<ok@b.example>, relay=h[1]:25, dsn=2.0.0, status=sent (250"
                                + " ok)",
                        "postfix/qmgr " + id + ": removed"),
                h.lines());
    }

    @Test
    void eachRecipientHasItsOwnOutcomeAndOnlyTheDeferredIsTriedAgain() {
        House h =
                house("minimal_backoff_time = 1\nqueue_run_delay = 1\nmaximal_backoff_time = 1\n")
                        .agent("smtp", BY_NAME)
                        .start();
        QueueId id = h.accept("s@a.example", "ok@b.example", "hard@b.example", "soft@b.example");
        h.await(() -> h.count(" nrcpt=1 (queue active)") >= 1 && h.count("to=<soft") >= 2);
        assertEquals(1, h.count("to=<ok@b.example>"));
        assertEquals(1, h.count("to=<hard@b.example>"));
        assertEquals(1, h.count("sender non-delivery notification"));
        QueuedMessage q = h.queue.find(id);
        assertNotNull(q);
        assertTrue(q.done(0));
        assertTrue(q.done(1));
        assertFalse(q.done(2));
        Mark.Reason why = q.reason(2);
        assertNotNull(why);
        assertEquals("busy", why.text());
    }

    @Test
    void theNoticeReachesTheSenderWithWhatFailed() {
        House h = house("").agent("smtp", BY_NAME).start();
        h.accept("s@a.example", "hard@b.example");
        h.awaitEmpty();
        assertEquals(1, h.count("to=<s@a.example>, relay=h[1]:25, dsn=2.0.0, status=sent"));
        assertEquals(2, h.count(": removed"));
    }

    @Test
    void aBounceThatFailsIsDropped() {
        House h = house("").agent("smtp", BY_NAME).start();
        h.accept("hard@a.example", "hard@b.example");
        h.awaitEmpty();
        assertEquals(1, h.count("sender non-delivery notification"));
        assertEquals(2, h.count("status=bounced"));
    }

    @Test
    void anAgentThatThrowsDefersTheMail() {
        House h =
                house("")
                        .agent(
                                "smtp",
                                (_, _) -> {
                                    throw new IllegalStateException("bug");
                                })
                        .start();
        QueueId id = h.accept("s@a.example", "ok@b.example");
        h.await(() -> h.queue.ids("deferred").contains(id));
        assertEquals(1, h.count("dsn=4.3.0, status=deferred (unknown mail transport error)"));
    }

    @Test
    void mailForAnUnknownTransportIsDeferred() {
        House h = house("").start();
        QueueId id = h.accept("s@a.example", "ok@b.example");
        h.await(() -> h.queue.ids("deferred").contains(id));
        assertEquals(
                1, h.count("relay=none, dsn=4.3.0, status=deferred (mail transport unavailable)"));
        assertEquals(
                1,
                h.count("warning: connect to transport private/smtp: No such file or directory"));
    }

    @Test
    void aRouteThatCannotBeFoundDefersTheMail() {
        House h = house("").agent("smtp", BY_NAME).start();
        QueueId id = h.accept("s@a.example", "x@table-trouble.example");
        h.await(() -> h.queue.ids("deferred").contains(id));
        assertEquals(1, h.count("dsn=4.3.0, status=deferred (address resolver failure)"));
    }

    @Test
    void oldMailGoesBackWithItsLastReason() {
        House h = house("maximal_queue_lifetime = 0\n").agent("smtp", BY_NAME).start();
        QueueId id = h.accept("s@a.example", "soft@b.example");
        h.awaitEmpty();
        assertEquals(
                1,
                h.count(
                        "postfix/qmgr "
                                + id
                                + ": from=<s@a.example>, status=expired, returned to"
                                + " sender"));
        assertEquals(1, h.count(id + ": sender non-delivery notification"));
    }

    /// What waits for us is not returned for its age, be it a sender's or a notice that nobody
    /// would miss.
    @Test
    void whatWaitsForSomethingNotBuiltDoesNotExpire() {
        House h = house("maximal_queue_lifetime = 0\n").agent("smtp", BY_NAME).start();
        QueueId mail = h.accept("s@a.example", "held@b.example", "soft@b.example");
        QueueId notice = h.accept("", "held@b.example");
        h.await(() -> h.queue.ids("deferred").contains(mail));
        h.await(() -> h.queue.ids("deferred").contains(notice));
        h.await(() -> h.count(mail + ": sender non-delivery notification") == 1);
        assertEquals(0, h.count(mail + ": removed"));
        assertEquals(0, h.count(notice + ": removed"));
        assertEquals(
                1,
                h.count(
                        "warning: mail older than maximal_queue_lifetime is kept"
                                + " (postrider_held_mail_expires = no): agent x is not built yet"));
    }

    @Test
    void theAdministratorMayLetItExpire() {
        House h = house("maximal_queue_lifetime = 0\npostrider_held_mail_expires = yes\n");
        h.agent("smtp", BY_NAME).start();
        h.accept("s@a.example", "held@b.example");
        h.awaitEmpty();
        assertEquals(1, h.count("status=expired, returned to sender"));
    }

    /// notify_classes without 2bounce: nobody is told, and the delivery's own line says what became
    /// of it, as in Postfix.
    @Test
    void aNoticeThatCannotBeDeliveredIsNamedWhenItGoes() {
        House h = house("").agent("smtp", BY_NAME).start();
        QueueId id = h.accept("", "hard@b.example");
        h.awaitEmpty();
        assertEquals(1, h.count(id + ": to=<hard@b.example>"));
        assertEquals(1, h.count("status=bounced (unknown)"));
        assertEquals(0, h.count("warning: "));
    }

    @Test
    void softBounceKeepsTheMail() {
        House h = house("soft_bounce = yes\n").agent("smtp", BY_NAME).start();
        QueueId id = h.accept("s@a.example", "hard@b.example");
        h.await(() -> h.queue.ids("deferred").contains(id));
        assertEquals(1, h.count("dsn=4.1.1, status=SOFTBOUNCE (unknown)"));
    }

    @Test
    void deferredTransportsWait() {
        House h = house("defer_transports = smtp\n").agent("smtp", BY_NAME).start();
        QueueId id = h.accept("s@a.example", "ok@b.example");
        h.await(() -> h.queue.ids("deferred").contains(id));
        assertEquals(1, h.count("dsn=4.3.2, status=deferred (deferred transport)"));
    }

    /// `postqueue -f`, and ETRN.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void deferredTransportsDeliverWhatIsFlushed(boolean all) {
        House h = house("defer_transports = smtp\n").agent("smtp", BY_NAME).start();
        QueueId id = h.accept("s@a.example", "ok@b.example");
        h.await(() -> h.queue.ids("deferred").contains(id));
        if (all) {
            h.manager.flush();
        } else {
            h.manager.flush(List.of(id));
        }
        h.awaitEmpty();
        assertEquals(1, h.count("status=sent"));
    }

    @Test
    void flushTriesDeferredMailAtOnce() {
        boolean[] up = {false};
        House h =
                house("")
                        .agent(
                                "smtp",
                                (request, report) -> {
                                    if (!up[0]) {
                                        return new Agent.Unavailable(BUSY, "down");
                                    }
                                    return BY_NAME.deliver(request, report);
                                })
                        .start();
        QueueId id = h.accept("s@a.example", "ok@b.example");
        h.await(() -> h.queue.ids("deferred").contains(id));
        up[0] = true;
        h.manager.flush();
        h.awaitEmpty();
        assertEquals(1, h.count("status=sent"));
    }

    @Test
    void moreMailThanMayBeActiveIsDeliveredAllTheSame() {
        House h = house("qmgr_message_active_limit = 5\n").agent("smtp", BY_NAME).start();
        for (int i = 0; i < 200; i++) {
            h.accept("s@a.example", "ok@d" + i % 7 + ".example");
        }
        h.awaitEmpty();
        assertEquals(200, h.count("status=sent"));
        assertEquals(200, h.count(": removed"));
    }

    @Test
    void mailOfBeforeAStartIsDelivered() {
        House h = house("");
        QueueId id = h.accept("s@a.example", "ok@b.example");
        h.agent("smtp", BY_NAME).start();
        h.awaitEmpty();
        assertEquals(1, h.count(id + ": removed"));
    }

    @Test
    void expiryByTheAdministratorReturnsMailUntried() {
        House h = house("");
        QueueId id = h.accept("s@a.example", "ok@b.example");
        h.queue.post(new Mark.ForcedToExpire(id));
        h.agent("smtp", BY_NAME).start();
        h.awaitEmpty();
        assertEquals(1, h.count("status=force-expired, returned to sender"));
        assertEquals(0, h.count("to=<ok@b.example>"));
        assertEquals(1, h.count("sender non-delivery notification"));
    }

    @Test
    void theDelayWarningIsSentOnce() {
        House h =
                house(
                                "delay_warning_time = 1s\nminimal_backoff_time = 1\n"
                                        + "queue_run_delay = 1\nmaximal_backoff_time = 1\n")
                        .agent("smtp", BY_NAME)
                        .start();
        h.accept("s@a.example", "soft@b.example");
        h.await(() -> h.count("to=<soft@b.example>") >= 5);
        assertEquals(1, h.count("sender delay notification"));
    }

    @Test
    void successIsReportedWhereItWasAskedFor() {
        House h =
                house("")
                        .agent(
                                "smtp",
                                (request, report) -> {
                                    for (int r : request.recipients()) {
                                        report.outcome(
                                                r,
                                                new Outcome.Sent(
                                                        Outcome.Detail.local(OK, "none", "gone"),
                                                        false));
                                    }
                                    return null;
                                })
                        .start();
        h.accept(
                "s@a.example",
                Map.of(),
                new Recipient(House.address("ok@b.example"), null, Recipient.SUCCESS, null));
        h.awaitEmpty();
        assertEquals(1, h.count("sender delivery status notification"));
    }

    /// Lets the test decide when deliveries end.
    private static Agent slow(java.util.concurrent.CountDownLatch until, int[] begun) {
        return (request, report) -> {
            synchronized (begun) {
                begun[0]++;
            }
            try {
                until.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return BY_NAME.deliver(request, report);
        };
    }

    @Test
    void whatIsHeldWhileItIsDeliveredIsNotDeliveredTwiceAndItsSuccessIsTold() {
        java.util.concurrent.CountDownLatch go = new java.util.concurrent.CountDownLatch(1);
        int[] begun = {0};
        House h =
                house("")
                        .agent(
                                "smtp",
                                (request, report) -> {
                                    begun[0]++;
                                    awaited(go);
                                    return WITHOUT_DSN.deliver(request, report);
                                })
                        .start();
        QueueId id =
                h.accept(
                        "s@a.example",
                        Map.of(),
                        new Recipient(
                                House.address("ok@b.example"), null, Recipient.SUCCESS, null));
        h.await(() -> begun[0] == 1);
        h.queue.commit(org.postrider.queue.Transaction.of(new Mark.Held(id)));
        h.manager.withdrawn(id);
        go.countDown();
        h.await(() -> h.count("sender delivery status notification") == 1);
        h.await(() -> h.manager.activeMessages() == 0);
        h.queue.commit(org.postrider.queue.Transaction.of(new Mark.Released(id)));
        h.awaitEmpty();
        assertEquals(1, h.count("to=<ok@b.example>"), "delivered again");
        assertEquals(1, h.count("sender delivery status notification"));
    }

    /// The same where another recipient of the same delivery still waits.
    @Test
    void whatWasDeliveredBesideOneThatWaitsIsNotDeliveredTwiceAfterAHold() {
        java.util.concurrent.CountDownLatch go = new java.util.concurrent.CountDownLatch(1);
        int[] begun = {0};
        House h = house("").agent("smtp", besideOneThatWaits(go, begun)).start();
        QueueId id =
                h.accept(
                        "s@a.example",
                        Map.of(),
                        new Recipient(House.address("ok@b.example"), null, Recipient.SUCCESS, null),
                        Recipient.of(House.address("waits@b.example")));
        h.await(() -> begun[0] == 1);
        h.queue.commit(org.postrider.queue.Transaction.of(new Mark.Held(id)));
        go.countDown();
        h.await(() -> h.count("sender delivery status notification") == 1);
        h.await(() -> h.manager.activeMessages() == 0);
        h.queue.commit(org.postrider.queue.Transaction.of(new Mark.Released(id)));
        h.awaitEmpty();
        assertEquals(1, h.count("to=<ok@b.example>"), "delivered again");
    }

    /// The first time it waits, and one recipient is deferred.
    private static Agent besideOneThatWaits(java.util.concurrent.CountDownLatch go, int[] begun) {
        return (request, report) -> {
            boolean first = begun[0]++ == 0;
            awaited(first ? go : new java.util.concurrent.CountDownLatch(0));
            for (int r : request.recipients()) {
                boolean waits =
                        request.message()
                                .envelope()
                                .recipients()
                                .get(r)
                                .address()
                                .text()
                                .startsWith("waits");
                report.outcome(
                        r,
                        first && waits
                                ? new Outcome.Deferred(
                                        Outcome.Detail.local(
                                                new Status(4, 0, 0), "h[1]:25", "later"))
                                : new Outcome.Sent(
                                        Outcome.Detail.local(OK, "h[1]:25", "gone"), false));
            }
            return null;
        };
    }

    @Test
    void aSuccessIsSettledWhileOthersOfTheMessageGoOn() {
        java.util.concurrent.CountDownLatch go = new java.util.concurrent.CountDownLatch(1);
        House h =
                house("")
                        .agent(
                                "smtp",
                                (request, report) -> {
                                    if (request.nexthop().equals("slow.example")) {
                                        awaited(go);
                                    }
                                    return WITHOUT_DSN.deliver(request, report);
                                })
                        .start();
        QueueId id =
                h.accept(
                        "s@a.example",
                        Map.of(),
                        new Recipient(House.address("ok@b.example"), null, Recipient.SUCCESS, null),
                        new Recipient(House.address("ok@slow.example"), null, 0, null));
        h.await(() -> h.count("sender delivery status notification") == 1);
        org.postrider.queue.QueuedMessage there = h.queue.find(id);
        assertTrue(there != null && there.done(0) && !there.done(1), "no mark before the end");
        go.countDown();
        h.awaitEmpty();
        assertEquals(1, h.count("to=<ok@b.example>"));
        assertEquals(1, h.count("sender delivery status notification"));
    }

    /// Next hops without DSN: the notice of success is ours to send.
    private static final Agent WITHOUT_DSN =
            (request, report) -> {
                for (int r : request.recipients()) {
                    report.outcome(
                            r,
                            new Outcome.Sent(Outcome.Detail.local(OK, "h[1]:25", "gone"), false));
                }
                return null;
            };

    @Test
    void aDeliveryWithoutAnEndOfItsOwnIsNoSuccessForTheDestination() {
        java.util.concurrent.atomic.AtomicInteger attempts =
                new java.util.concurrent.atomic.AtomicInteger();
        House h =
                house("initial_destination_concurrency = 2\n")
                        .agent(
                                "smtp",
                                (request, report) -> {
                                    attempts.incrementAndGet();
                                    throw new StackOverflowError("expected by the test");
                                })
                        .start();
        for (int i = 0; i < 40; i++) {
            h.accept("s@a.example", "ok@b.example");
        }
        h.await(() -> attempts.get() == 40 && h.manager.activeMessages() == 0);
        assertEquals(40, h.count("status=deferred (unknown mail transport error)"));
        assertEquals(40, h.queue.size());
    }

    /// An agent that said nothing of its recipients had no answer of the destination's: the window
    /// stays as small as it was.
    @Test
    void silenceIsNoAnswerOfTheDestination() {
        java.util.concurrent.CountDownLatch go = new java.util.concurrent.CountDownLatch(1);
        java.util.concurrent.atomic.AtomicInteger silent =
                new java.util.concurrent.atomic.AtomicInteger();
        java.util.concurrent.atomic.AtomicInteger waiting =
                new java.util.concurrent.atomic.AtomicInteger();
        House h =
                house("initial_destination_concurrency = 2\n")
                        .agent(
                                "smtp",
                                (request, _) -> {
                                    if (request.nexthop().equals("b.example")
                                            && silent.incrementAndGet() > 40) {
                                        waiting.incrementAndGet();
                                        awaited(go);
                                    }
                                    return null;
                                })
                        .start();
        for (int i = 0; i < 60; i++) {
            h.accept("s@a.example", "ok@b.example");
        }
        h.await(() -> waiting.get() >= 2);
        // Taken on after all of them: what could begin for b.example has begun.
        h.accept("s@a.example", "ok@c.example");
        h.await(() -> h.count("to=<ok@c.example>") == 1);
        int atATime = waiting.get();
        go.countDown();
        h.await(() -> silent.get() == 60 && h.manager.activeMessages() == 0);
        assertEquals(2, atATime, "the window has grown");
        assertEquals(61, h.count("status=deferred (unknown mail transport error)"));
    }

    /// Whatever a delivery ends of, and where none is tried at all.
    @Test
    void theNumberOfADeliveryIsFreeAfterwards() {
        House h =
                house(
                                "minimal_backoff_time = 1h\n"
                                        + "initial_destination_concurrency = 1\n"
                                        + "default_destination_concurrency_failed_cohort_limit = 1\n")
                        .agent(
                                "smtp",
                                (request, report) ->
                                        switch (request.nexthop()) {
                                            case "error.test" ->
                                                    throw new StackOverflowError("expected");
                                            case "bug.test" ->
                                                    throw new IllegalStateException("expected");
                                            case "dead.test" ->
                                                    new Agent.Unavailable(BUSY, "no connection");
                                            default -> BY_NAME.deliver(request, report);
                                        })
                        .agent("retry", "error", BY_NAME);
        long smtp = h.freeSlot("smtp");
        long retry = h.freeSlot("retry");
        h.start();
        for (int round = 0; round < 3; round++) {
            for (String domain : List.of("error", "bug", "dead", "good")) {
                h.accept("s@a.example", "ok@" + domain + ".test");
            }
        }
        h.await(() -> h.manager.activeMessages() == 0);
        h.await(() -> h.freeSlot("smtp") == smtp && h.freeSlot("retry") == retry);
        assertEquals(3, h.count("status=sent"));
        assertTrue(h.count("delivery temporarily suspended") > 0, h.lines().toString());
    }

    /// The notice cannot be made now: why they failed is known at the next attempt, and to
    /// postqueue.
    @Test
    void whyRecipientsFailedIsKeptWhereTheNoticeIsNotSent() {
        House h =
                house("virtual_alias_maps = fail:aliases\nminimal_backoff_time = 1h\n")
                        .agent("smtp", BY_NAME)
                        .start();
        QueueId id = h.accept("s@a.example", "hard@b.example", "soft@b.example");
        h.await(() -> h.queue.ids("deferred").contains(id) && h.manager.activeMessages() == 0);
        assertEquals(1, h.count("notice not sent, the message stays queued"));
        QueuedMessage q = h.queue.find(id);
        assertNotNull(q);
        assertFalse(q.done(0), "settled although nobody was told");
        Mark.Reason failed = q.reason(0);
        assertNotNull(failed, () -> "forgotten: " + h.lines());
        assertEquals("unknown", failed.text());
        Mark.Reason waits = q.reason(1);
        assertNotNull(waits);
        assertEquals("busy", waits.text());
    }

    /// The same where those that failed are told of in parts, while others go on.
    @Test
    void whoFailedIsKeptWhereANoticeOfAPartIsNotSent() {
        House h =
                house(
                                "virtual_alias_maps = fail:aliases\nminimal_backoff_time = 1h\n"
                                        + "postrider_notice_recipient_limit = 1\n")
                        .agent("smtp", BY_NAME)
                        .start();
        QueueId id = h.accept("s@a.example", "hard@b.example", "hard@c.example", "hard@d.example");
        h.await(() -> h.count("status=bounced") == 3 && h.manager.activeMessages() == 0);
        assertTrue(h.count("notice not sent yet") > 0, h.lines().toString());
        QueuedMessage q = h.queue.find(id);
        assertNotNull(q, "gone, and nobody was told");
        for (int i = 0; i < 3; i++) {
            assertFalse(q.done(i), "settled although nobody was told");
            Mark.Reason failed = q.reason(i);
            assertNotNull(failed, () -> "forgotten: " + h.lines());
            assertEquals("unknown", failed.text());
        }
    }

    private static void awaited(java.util.concurrent.CountDownLatch until) {
        try {
            until.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void anErrorWhileAMessageIsTakenOnPutsItOffAndTheFeederGoesOn() {
        House h = house("minimal_backoff_time = 1s\nmaximal_backoff_time = 1s\n");
        h.accept("s@a.example", "ok@error.example");
        h.accept("s@a.example", "ok@b.example");
        h.agent("smtp", BY_NAME).start();
        h.await(() -> h.count("panic: taking on") > 1);
        h.accept("s@a.example", "ok@error.example");
        h.accept("s@a.example", "ok@c.example");
        h.await(() -> h.count("status=sent") == 2);
        h.await(() -> h.queue.size() == 2 && h.manager.activeMessages() == 0);
    }

    @Test
    void aMessageHeldBeforeItIsTakenOnIsNotDelivered() {
        House h = house("");
        h.agent("smtp", BY_NAME).start();
        QueueId id = h.holdOnArrival("s@a.example", "ok@b.example");
        QueueId other = h.accept("s@a.example", "ok@b.example");
        h.await(() -> h.queue.find(other) == null);
        assertEquals(1, h.count("status=sent"));
        assertTrue(h.queue.find(id) != null, "it was delivered although held");
    }

    @Test
    void whatIsDeletedWhileItWaitsIsNotTried() {
        java.util.concurrent.CountDownLatch go = new java.util.concurrent.CountDownLatch(1);
        int[] begun = {0};
        House h =
                house("initial_destination_concurrency = 1\n")
                        .agent("smtp", slow(go, begun))
                        .start();
        h.accept("s@a.example", "ok@b.example");
        h.await(() -> begun[0] == 1);
        QueueId second = h.accept("s@a.example", "ok@b.example");
        h.queue.commit(org.postrider.queue.Transaction.of(new Mark.Removed(second)));
        go.countDown();
        h.await(() -> h.manager.activeMessages() == 0);
        assertEquals(1, h.count("status=sent"));
        assertEquals(1, begun[0]);
        assertEquals(0, h.queue.size());
    }

    @Test
    void whatIsHeldAndReleasedDuringADeliveryIsNotTriedTwice() {
        java.util.concurrent.CountDownLatch go = new java.util.concurrent.CountDownLatch(1);
        int[] begun = {0};
        House h = house("").agent("smtp", slow(go, begun)).start();
        QueueId id = h.accept("s@a.example", "ok@b.example");
        h.await(() -> begun[0] == 1);
        h.queue.commit(org.postrider.queue.Transaction.of(new Mark.Held(id)));
        h.queue.commit(org.postrider.queue.Transaction.of(new Mark.Released(id)));
        go.countDown();
        h.awaitEmpty();
        assertEquals(1, begun[0]);
        assertEquals(1, h.count("status=sent"));
    }

    @Test
    void aHeldMessageStaysUntilItIsReleased() {
        House h = house("");
        QueueId id = h.accept("s@a.example", "ok@b.example");
        h.queue.commit(org.postrider.queue.Transaction.of(new Mark.Held(id)));
        h.agent("smtp", BY_NAME).start();
        QueueId other = h.accept("s@a.example", "ok@b.example");
        h.await(() -> h.count(other + ": removed") == 1);
        h.manager.flush();
        assertEquals(1, h.queue.size());
        h.queue.commit(org.postrider.queue.Transaction.of(new Mark.Released(id)));
        h.awaitEmpty();
    }

    @Test
    void anAgentsLineHasTheServicesNameAndItsOwnNumber() {
        House h = house("").agent("relay", "smtp", BY_NAME).start();
        h.accept("s@a.example", "ok@relayed.example");
        h.awaitEmpty();
        assertEquals(1, h.count("postfix/smtp "));
    }

    @Test
    void contentsReachTheAgentWhole() {
        String[] seen = {""};
        House h =
                house("")
                        .agent(
                                "smtp",
                                (request, report) -> {
                                    byte[] body = request.message().content().inlineBody();
                                    seen[0] =
                                            new String(
                                                    body == null ? new byte[0] : body,
                                                    StandardCharsets.ISO_8859_1);
                                    return BY_NAME.deliver(request, report);
                                })
                        .start();
        h.accept("s@a.example", "ok@b.example");
        h.awaitEmpty();
        assertEquals("\r\nhello\r\nworld\r\n", seen[0]);
    }
}

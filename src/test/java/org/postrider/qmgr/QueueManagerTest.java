package org.postrider.qmgr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postrider.delivery.Agent;
import org.postrider.queue.Mark;
import org.postrider.queue.MemoryQueue;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Transaction;
import org.postrider.time.Clock;

/// The queue manager over the real spool on the machine's disk, with agents made of lambdas.
class QueueManagerTest extends Deliveries {
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

    /// Marked as deferred, its pass is over a moment later: what is asked for between is not lost.
    @Test
    void whatIsFlushedBeforeItsPassIsOverIsDeliveredAfterIt() {
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger deferred = new AtomicInteger();
        Queue queue =
                new MemoryQueue(new MemoryQueue.Store(), "a", Clock.system()) {
                    @Override
                    public void post(Mark mark) {
                        super.post(mark);
                        if (mark instanceof Mark.Deferred && deferred.incrementAndGet() == 1) {
                            awaited(go);
                        }
                    }
                };
        House made = House.open(directory, "defer_transports = smtp\n", queue);
        house = made;
        made.agent("smtp", BY_NAME).start();
        QueueId id = made.accept("s@a.example", "ok@b.example");
        made.await(() -> deferred.get() == 1);
        made.manager.flush(List.of(id));
        // Looked at, and put off for the pass that is not over.
        made.await(() -> deferred.get() == 2);
        go.countDown();
        made.awaitEmpty();
        assertEquals(1, made.count("status=sent"));
    }

    /// The pass is over just when what was asked for has been put off for it.
    @Test
    void whatIsFlushedJustAsItsPassEndsIsDeliveredAfterIt() {
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger deferred = new AtomicInteger();
        House[] made = new House[1];
        Queue queue =
                new MemoryQueue(new MemoryQueue.Store(), "a", Clock.system()) {
                    @Override
                    public void post(Mark mark) {
                        super.post(mark);
                        int nth = mark instanceof Mark.Deferred ? deferred.incrementAndGet() : 0;
                        if (nth == 1) {
                            awaited(go);
                        } else if (nth == 2) {
                            go.countDown();
                            // The one that is put off is left.
                            made[0].await(() -> made[0].manager.activeMessages() == 1);
                        }
                    }
                };
        made[0] = House.open(directory, "defer_transports = smtp\n", queue);
        house = made[0];
        made[0].agent("smtp", BY_NAME).start();
        QueueId id = made[0].accept("s@a.example", "ok@b.example");
        made[0].await(() -> deferred.get() == 1);
        made[0].manager.flush(List.of(id));
        made[0].awaitEmpty();
        assertEquals(1, made[0].count("status=sent"));
    }

    /// Nobody asked for it: what defer_transports keeps is kept.
    @Test
    void whatIsHeldAndReleasedBeforeItsPassIsOverIsNotAskedFor() {
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger deferred = new AtomicInteger();
        Queue queue =
                new MemoryQueue(new MemoryQueue.Store(), "a", Clock.system()) {
                    @Override
                    public void post(Mark mark) {
                        super.post(mark);
                        if (mark instanceof Mark.Deferred && deferred.incrementAndGet() == 1) {
                            awaited(go);
                        }
                    }
                };
        House made = House.open(directory, "defer_transports = smtp\n", queue);
        house = made;
        made.agent("smtp", BY_NAME).start();
        QueueId id = made.accept("s@a.example", "ok@b.example");
        made.await(() -> deferred.get() == 1);
        queue.commit(Transaction.of(new Mark.Held(id)));
        queue.commit(Transaction.of(new Mark.Released(id)));
        made.await(() -> deferred.get() == 2);
        go.countDown();
        // It is tried again, and kept again.
        made.await(() -> deferred.get() == 3);
        made.await(() -> made.manager.activeMessages() == 0);
        assertEquals(0, made.count("status=sent"));
        assertEquals(1, queue.size());
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
    void aDeliveryWithoutAnEndOfItsOwnIsNoSuccessForTheDestination() {
        AtomicInteger attempts = new AtomicInteger();
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
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger silent = new AtomicInteger();
        AtomicInteger waiting = new AtomicInteger();
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

package org.postrider.qmgr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.postrider.delivery.Agent;
import org.postrider.delivery.Outcome;
import org.postrider.dsn.Status;
import org.postrider.queue.Mark;
import org.postrider.queue.QueueId;
import org.postrider.queue.Recipient;

/// Mail that is held, released or deleted while it waits or is delivered.
class ChangedMeanwhileTest extends Deliveries {
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
}

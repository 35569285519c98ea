package org.postrider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.postrider.address.Address;
import org.postrider.bounce.FakeMessage;
import org.postrider.delivery.Agent;
import org.postrider.delivery.DeliveryRequest;
import org.postrider.delivery.Outcome;
import org.postrider.log.LogTag;
import org.postrider.queue.QueueId;
import org.postrider.queue.Recipient;

/// What a caller's agent says of recipients reaches the server once each, one at a time, and never
/// behind the end of its delivery.
class AgentBridgeTest {
    private static final int MANY = 40;

    private static DeliveryRequest request(int recipients) {
        Recipient[] all = new Recipient[recipients];
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < recipients; i++) {
            all[i] = Recipient.of(new Address("r" + i + "@b.example"));
            numbers.add(i);
        }
        return new DeliveryRequest(
                FakeMessage.of(new QueueId("A"), "s@a.example", all),
                "tickets",
                "b.example",
                numbers,
                false,
                new LogTag("postfix/tickets", 1));
    }

    private static String line(int recipient, Outcome outcome) {
        String kind =
                switch (outcome) {
                    case Outcome.Sent _ -> "sent";
                    case Outcome.Deferred _ -> "deferred";
                    case Outcome.Bounced _ -> "bounced";
                };
        return recipient
                + " "
                + kind
                + " "
                + outcome.detail().status()
                + " "
                + outcome.detail().text();
    }

    private static List<String> delivered(int recipients, DeliveryAgent agent) {
        List<String> out = new ArrayList<>();
        assertNull(
                new AgentBridge(agent).deliver(request(recipients), (r, o) -> out.add(line(r, o))));
        return out;
    }

    private static void until(Thread other, AtomicInteger inside) {
        while (inside.get() < 2
                && other.getState() != Thread.State.BLOCKED
                && other.getState() != Thread.State.WAITING
                && other.getState() != Thread.State.TERMINATED) {
            LockSupport.parkNanos(100_000);
        }
    }

    @Test
    void reportsOfSeveralThreadsComeOneAtATime() {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<String> out = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch begun = new CountDownLatch(1);
        AtomicReference<Thread> second = new AtomicReference<>();
        Agent.Report report =
                (r, o) -> {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    if (r == 0) {
                        begun.countDown();
                        until(java.util.Objects.requireNonNull(second.get()), inside);
                    }
                    out.add(line(r, o));
                    inside.decrementAndGet();
                };
        DeliveryAgent agent =
                delivery -> {
                    List<Delivery.Recipient> to = delivery.recipients();
                    Thread other =
                            Thread.ofPlatform()
                                    .unstarted(() -> {
                                        awaited(begun);
                                        to.get(1).sent("second");
                                    });
                    second.set(other);
                    other.start();
                    to.get(0).sent("first");
                    joined(other);
                };
        new AgentBridge(agent).deliver(request(2), report);
        assertEquals(1, most.get(), "two reports at a time");
        assertEquals(List.of("0 sent 2.0.0 first", "1 sent 2.0.0 second"), out);
    }

    /// All threads say something of all recipients; each recipient has one outcome.
    @Test
    void ofWhatSeveralThreadsSayTheFirstCountsForEachRecipient() {
        List<String> out =
                delivered(
                        MANY,
                        delivery -> {
                            List<Thread> threads = new ArrayList<>();
                            for (int t = 0; t < 4; t++) {
                                String text = "by " + t;
                                threads.add(
                                        Thread.startVirtualThread(() ->
                                                delivery.recipients().forEach(r -> r.sent(text))));
                            }
                            threads.forEach(AgentBridgeTest::joined);
                        });
        Set<String> recipients = new HashSet<>();
        out.forEach(each -> recipients.add(each.substring(0, each.indexOf(' '))));
        assertEquals(MANY, out.size());
        assertEquals(MANY, recipients.size());
    }

    @Test
    void aReportBehindTheEndIsRefusedAndTheRecipientIsTriedAgain() {
        AtomicReference<Delivery.Recipient> kept = new AtomicReference<>();
        List<String> out = delivered(1, delivery -> kept.set(delivery.recipients().getFirst()));
        assertEquals(List.of("0 deferred 4.3.0 the agent said nothing of this recipient"), out);
        Delivery.Recipient late = java.util.Objects.requireNonNull(kept.get());
        IllegalStateException e =
                assertThrows(IllegalStateException.class, () -> late.sent("late"));
        assertTrue(String.valueOf(e.getMessage()).contains("r0@b.example"), e.getMessage());
        assertThrows(IllegalStateException.class, () -> late.bounced("5.1.1", "late"));
        assertEquals(1, out.size());
    }

    @Test
    void whatIsSaidTwiceCountsOnceAndARestIsPutOff() {
        assertEquals(
                List.of(
                        "1 bounced 5.1.1 gone",
                        "0 deferred 4.3.0 the disk is away",
                        "2 deferred 4.3.0 the disk is away"),
                delivered(
                        3,
                        delivery -> {
                            delivery.recipients().get(1).bounced("5.1.1", "gone");
                            delivery.recipients().get(1).sent("not gone");
                            throw new IOException("the disk is away");
                        }));
    }

    /// The server logs its stack and defers the rest, as for its own agents.
    @Test
    void aFaultOfTheAgentEndsTheDeliveryAsWell() {
        AtomicReference<Delivery.Recipient> kept = new AtomicReference<>();
        List<String> out = new ArrayList<>();
        DeliveryAgent agent =
                delivery -> {
                    kept.set(delivery.recipients().get(1));
                    delivery.recipients().get(0).sent("done");
                    throw new UnsupportedOperationException("a bug");
                };
        assertThrows(
                UnsupportedOperationException.class,
                () -> new AgentBridge(agent).deliver(request(2), (r, o) -> out.add(line(r, o))));
        Delivery.Recipient late = java.util.Objects.requireNonNull(kept.get());
        assertThrows(IllegalStateException.class, () -> late.sent("late"));
        assertEquals(List.of("0 sent 2.0.0 done"), out);
    }

    /// What the queue could not take has not been said: the recipient is put off, not forgotten.
    @Test
    void aReportThatCannotBeTakenDoesNotSettleItsRecipient() {
        List<String> out = new ArrayList<>();
        Agent.Report report =
                (r, o) -> {
                    if (o instanceof Outcome.Sent) {
                        throw new IllegalStateException("the queue is away");
                    }
                    out.add(line(r, o));
                };
        DeliveryAgent agent =
                delivery ->
                        assertThrows(
                                IllegalStateException.class,
                                () -> delivery.recipients().getFirst().sent("done"));
        new AgentBridge(agent).deliver(request(1), report);
        assertEquals(List.of("0 deferred 4.3.0 the agent said nothing of this recipient"), out);
    }

    private static void awaited(CountDownLatch latch) {
        try {
            assertTrue(latch.await(120, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void joined(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}

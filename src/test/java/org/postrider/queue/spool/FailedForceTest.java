package org.postrider.queue.spool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.postrider.queue.spool.SpoolBench.JOURNAL;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.postrider.Until;
import org.postrider.queue.Mark;
import org.postrider.queue.NewMessage;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Transaction;
import org.postrider.queue.record.QueueIds;

/// What was refused is not there after a crash, however many forces failed in a row; what was
/// posted before goes with the next batch.
class FailedForceTest {
    private final SpoolBench bench = new SpoolBench();

    /// A message whose octets reach the disk and whose force fails.
    private QueueId refused(String body) throws IOException {
        NewMessage m = bench.message(bench.spool.newId(), body.getBytes());
        bench.disk.failForces(1);
        assertThrows(
                QueueException.class, () -> bench.spool.commit(Transaction.of(m)), "was accepted");
        return m.id();
    }

    @Test
    void refusedMailStaysAwayAfterAnyNumberOfFailures() throws IOException {
        QueueId before = bench.accept("before");
        List<QueueId> refused = new ArrayList<>();
        for (int i = 1; i <= 5; i++) {
            refused.add(refused("refused " + i));
        }
        QueueId after = bench.accept("after");
        // Headers of segments in which nothing is durable may be lost, all but the first.
        for (int i = 2; i <= 5; i++) {
            loseHeader("refused " + i, i);
        }
        bench.kill();
        assertTrue(bench.said.stream().noneMatch(l -> l.contains("missing")), bench.said::toString);
        assertEquals("before", bench.body(before));
        assertEquals("after", bench.body(after));
        for (QueueId id : refused) {
            assertNull(bench.spool.find(id), "came back: " + id);
        }
    }

    @Test
    void theHeaderThatTellsOfTheLastFailureTellsOfAllOfThem() throws IOException {
        bench.accept("before");
        List<QueueId> refused = List.of(refused("refused 1"), refused("refused 2"));
        bench.accept("after");
        // What the second one's header said is lost with it.
        var file = bench.find(JOURNAL, "refused 2").file();
        bench.disk.flip(file, 64);
        bench.disk.flip(file, 2048 * 8 + 64);
        bench.kill();
        for (QueueId id : refused) {
            assertNull(bench.spool.find(id), "came back: " + id);
        }
    }

    /// The next batch does not go to where they stand: what of them it left there would be taken
    /// for a batch of its own.
    @Test
    void whatAnErrorRefusedStaysAwayToo() throws IOException {
        bench.accept("before");
        NewMessage one = bench.message(bench.spool.newId(), "x".repeat(64).getBytes());
        NewMessage two = bench.message(bench.spool.newId(), "two".getBytes());
        bench.disk.forceThrows(new InternalError("expected by the test"));
        Transaction both = new Transaction(List.of(one, two), List.of());
        assertThrows(QueueException.class, () -> bench.spool.commit(both), "was accepted");
        // As long as the first of them with the end of its batch.
        QueueId after = bench.accept("y".repeat(32));
        bench.kill();
        assertEquals("y".repeat(32), bench.body(after));
        assertNull(bench.spool.find(one.id()), "came back");
        assertNull(bench.spool.find(two.id()), "came back");
    }

    /// Its client has his 250: what memory does not know the next start reads. Until then no mail
    /// is taken, and what becomes of recipients is still written.
    @Test
    void mailThatIsDurableAndNotKnownInMemoryIsThereAfterTheNextStart() throws IOException {
        for (boolean killed : new boolean[] {true, false}) {
            QueueId before = bench.accept("before");
            QueueId removed = bench.accept("removed");
            QueueId sent = bench.accept("sent");
            bench.struck = "queue-settle";
            QueueId durable = bench.accept("y".repeat(9000));
            assertEquals("", bench.struck);
            assertNull(bench.spool.find(durable));
            assertThrows(QueueException.class, () -> bench.accept("refused"));
            bench.remove(removed);
            bench.spool.post(new Mark.Removed(sent));
            assertEquals(false, bench.spool.marksWritable(), "deliveries go on");
            bench.spool.upkeep().step();
            if (!killed) {
                bench.spool.close();
            }
            bench.kill();
            assertEquals("before", bench.body(before));
            assertNull(bench.spool.find(removed), "a mark was lost");
            assertNull(bench.spool.find(sent), "delivered, and again");
            assertEquals("y".repeat(9000), bench.body(durable));
            assertEquals("after", bench.body(bench.accept("after")));
        }
    }

    /// A record that moved then would stand behind the mark that memory does not know.
    @Test
    void whileMemoryIsBehindNoRecordMoves() throws IOException {
        QueueId removed = bench.accept("removed");
        for (int i = 0; i < 40; i++) {
            bench.remove(bench.accept("x".repeat(3_000)));
        }
        bench.struck = "queue-settle";
        bench.remove(removed);
        assertEquals("", bench.struck);
        assertNotNull(bench.spool.find(removed), "memory is not behind");
        assertThrows(QueueException.class, () -> bench.spool.upkeep().compact());
        bench.kill();
        assertNull(bench.spool.find(removed), "came back");
    }

    /// Mail that comes in the same batch as what became of recipients does not take it along when
    /// it is refused, whether it was posted or is waited for.
    @Test
    void whileMailIsRefusedWhatBecameOfRecipientsIsWrittenBesideIt() throws Exception {
        QueueId removed = bench.accept("removed");
        QueueId sent = bench.accept("sent");
        CountDownLatch settling = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        bench.settling =
                () -> {
                    settling.countDown();
                    try {
                        goOn.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                };
        bench.struck = "queue-settle";
        Caller durable = new Caller(Transaction.of(message("durable")));
        Caller mail = new Caller(Transaction.of(message("refused")));
        Caller mark = new Caller(Transaction.of(new Mark.Removed(removed)));
        Caller more = new Caller(Transaction.of(message("refused, too")));
        durable.start();
        settling.await();
        for (Caller each : List.of(mail, mark, more)) {
            each.start();
            Until.seen("nobody waits", () -> LockSupport.getBlocker(each) instanceof Committer);
        }
        bench.spool.post(new Mark.Removed(sent));
        goOn.countDown();
        for (Caller each : List.of(durable, mail, mark, more)) {
            each.join();
        }
        assertNull(durable.told);
        assertNull(mark.told, "a mark was refused");
        assertInstanceOf(QueueException.class, mail.told);
        assertInstanceOf(QueueException.class, more.told);
        bench.kill();
        assertNull(bench.spool.find(removed), "a mark was lost");
        assertNull(bench.spool.find(sent), "delivered, and again");
        assertEquals(1, bench.spool.size());
    }

    /// Whoever comes after it is not left waiting for a leader that there is not.
    @Test
    void anErrorThatCannotBeSaidEndsItsBatchOnly() throws IOException {
        bench.disk.forceThrows(new InternalError("expected by the test"));
        bench.logIsBroken = true;
        assertThrows(IllegalStateException.class, () -> bench.accept("refused"));
        bench.logIsBroken = false;
        assertTimeoutPreemptively(Until.PATIENCE, () -> bench.accept("after"));
    }

    /// What is thrown when even the failure cannot be put in words.
    private static final class Unspeakable extends Error {
        @Override
        public String getMessage() {
            throw new InternalError("expected by the test, again");
        }
    }

    /// Who waits for somebody else to write it is not told that it is written.
    @Test
    void aFailureThatCannotEvenBeMadeIsNobodysSuccess() throws Exception {
        CountDownLatch settling = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        bench.settling =
                () -> {
                    settling.countDown();
                    try {
                        goOn.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                };
        NewMessage kept = message("first");
        Caller first = new Caller(Transaction.of(kept));
        first.start();
        settling.await();
        List<Caller> together = new ArrayList<>();
        for (String each : List.of("one", "two", "three")) {
            together.add(new Caller(Transaction.of(message(each))));
        }
        for (Caller each : together) {
            each.start();
            Until.seen("nobody waits", () -> LockSupport.getBlocker(each) instanceof Committer);
        }
        bench.disk.forceThrows(new Unspeakable());
        goOn.countDown();
        first.join();
        assertNull(first.told);
        for (Caller each : together) {
            each.join();
            assertNotNull(each.told, each.getName() + " was accepted");
        }
        bench.loseThePower();
        assertEquals("first", bench.body(kept.id()));
    }

    private NewMessage message(String body) throws IOException {
        return bench.message(bench.spool.newId(), body.getBytes(StandardCharsets.US_ASCII));
    }

    /// Whoever comes when the lead has been handed on waits, too: two would write the journal at
    /// once.
    @Test
    void oneLeadsAtATime() throws Exception {
        Semaphore goOn = new Semaphore(0);
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger within = new AtomicInteger();
        bench.settling =
                () -> {
                    within.incrementAndGet();
                    begun.incrementAndGet();
                    goOn.acquireUninterruptibly();
                    within.decrementAndGet();
                };
        Caller one = new Caller(Transaction.of(message("one")));
        Caller two = new Caller(Transaction.of(message("two")));
        Caller three = new Caller(Transaction.of(message("three")));
        one.start();
        Until.seen("nobody leads", () -> begun.get() == 1);
        two.start();
        Until.seen("nobody waits", () -> LockSupport.getBlocker(two) instanceof Committer);
        goOn.release();
        Until.seen("nobody leads", () -> begun.get() == 2);
        three.start();
        Until.seen(
                "the third does neither",
                () -> LockSupport.getBlocker(three) instanceof Committer || begun.get() == 3);
        int atOnce = within.get();
        goOn.release(2);
        for (Caller each : List.of(one, two, three)) {
            each.join();
            assertNull(each.told);
        }
        assertEquals(1, atOnce);
        bench.loseThePower();
        assertEquals(3, bench.spool.size());
    }

    /// Commits a transaction of its own.
    private final class Caller extends Thread {
        private final Transaction transaction;
        private volatile @Nullable Throwable told;

        Caller(Transaction transaction) {
            this.transaction = transaction;
        }

        @Override
        public void run() {
            try {
                bench.spool.commit(transaction);
            } catch (QueueException | Error e) {
                told = e;
            }
        }
    }

    private void loseHeader(String text, int which) {
        if (which % 2 == 0) {
            var file = bench.find(JOURNAL, text).file();
            bench.disk.flip(file, 64);
            bench.disk.flip(file, 2048 * 8 + 64);
        }
    }

    @Test
    void aFailureAfterASuccessIsRecordedToo() throws IOException {
        List<QueueId> refused = new ArrayList<>();
        List<QueueId> kept = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            kept.add(bench.accept("kept " + i));
            refused.add(refused("refused " + i));
        }
        kept.add(bench.accept("last"));
        bench.kill();
        for (QueueId id : kept) {
            assertNotNull(bench.spool.find(id));
        }
        for (QueueId id : refused) {
            assertNull(bench.spool.find(id), "came back: " + id);
        }
    }

    @Test
    void aPostedMarkGoesWithTheBatchAfterTheOneThatFailed() throws IOException {
        QueueId id = bench.accept("two recipients");
        bench.spool.post(new Mark.Done(id, 1));
        refused("carries the mark and fails");
        bench.accept("carries it again");
        bench.loseThePower();
        QueuedMessage m = bench.spool.find(id);
        assertNotNull(m);
        assertTrue(m.done(1), "the mark is lost");
        assertTrue(!m.done(0));
    }

    @Test
    void idsNeverFollowTheClockBackwards() throws IOException {
        long last = 0;
        QueueId id = bench.accept("x");
        for (int i = 0; i < 5; i++) {
            bench.clock.millis -= 3_600_000;
            long next =
                    java.util.Objects.requireNonNull(QueueIds.number(bench.spool.newId().text()));
            assertTrue(next > last, next + " after " + last);
            last = next;
        }
        bench.accept("y");
        bench.clock.millis -= 24 * 3_600_000;
        bench.kill();
        long first = java.util.Objects.requireNonNull(QueueIds.number(id.text()));
        long next = java.util.Objects.requireNonNull(QueueIds.number(bench.spool.newId().text()));
        assertTrue(next > first, "an id of before the start is given again");
    }
}

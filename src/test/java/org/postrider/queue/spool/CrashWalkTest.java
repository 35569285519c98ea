package org.postrider.queue.spool;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.postrider.disk.FaultyDisk;
import org.postrider.message.Content;
import org.postrider.message.ContentWriter;
import org.postrider.message.Facts;
import org.postrider.queue.Mark;
import org.postrider.queue.NewMessage;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;
import org.postrider.queue.Transaction;
import org.postrider.threads.Supervisor;

/// Every crash point of accept, deliver, defer, bounce, expansion, hold, delete, compaction,
/// checkpoint, large body and failed force, over the legal states of the disk.
/// `-Dpostrider.crash.seeds=N` walks more.
class CrashWalkTest extends CrashWalk {
    @Test
    void everyCrashPointLeavesAcceptedMailWhole() throws Exception {
        int seeds = Integer.getInteger("postrider.crash.seeds", 6);
        int points = 0;
        int states = 0;
        long moved = 0;
        Map<Operation, Integer> counts = new EnumMap<>(Operation.class);
        List<String> faults = new ArrayList<>();
        for (int seed = 1; seed <= seeds; seed++) {
            Walk w = walk(seed, 100, 1, (d, x) -> {});
            points += w.points();
            states += w.states();
            moved += w.moved();
            w.counts().forEach((op, n) -> counts.merge(op, n, Integer::sum));
            faults.addAll(w.faults());
            assertTrue(w.segments() > 4, "seed " + seed + ": " + w.segments() + " segments");
        }
        System.out.println(
                "crash walk: "
                        + points
                        + " crash points x "
                        + FaultyDisk.Fate.values().length
                        + " states = "
                        + states
                        + ", operations "
                        + counts
                        + ", records moved "
                        + moved);
        assertTrue(moved > 1000, "compaction moved " + moved + " records");
        assertTrue(points > 500, "a walk of " + points + " points is no walk");
        for (Operation op : Operation.values()) {
            assertTrue(counts.getOrDefault(op, 0) > 0, op + " was never walked");
        }
        assertTrue(
                faults.isEmpty(), faults.size() + " faults, first: " + faults.stream().findFirst());
    }

    /// Writing goes on behind what a crash left, and the next start reads all of it again without a
    /// checkpoint: what was torn then is no damage now, and what did not count then does not later.
    @Test
    void whatACrashLeftIsReadTheSameWhenSegmentsFollow() throws Exception {
        FaultyDisk dry = new FaultyDisk();
        new Workload(dry, new Ledger(), 4, new TestClock()).run(60);
        List<String> faults = new ArrayList<>();
        int states = 0;
        for (long at = 1; at <= dry.calls(); at += 3) {
            FaultyDisk disk = new FaultyDisk();
            Ledger ledger = new Ledger();
            TestClock clock = new TestClock();
            disk.crashAt(at);
            try {
                new Workload(disk, ledger, 4, clock).run(60);
            } catch (FaultyDisk.Crash | RuntimeException e) {
                // the power is gone
            }
            for (FaultyDisk.Fate fate : FaultyDisk.Fate.values()) {
                String where = "call " + at + " " + fate + ": ";
                FaultyDisk after = disk.afterCrash(fate, at);
                Set<String> first = damage(after.afterCrash(FaultyDisk.Fate.ALL, 1), clock);
                Ledger next = ledger.copy();
                new Workload(after, next, at, clock).run(12);
                after.delete(SPOOL.resolve("journal/checkpoint"));
                Set<String> second = damage(after.afterCrash(FaultyDisk.Fate.ALL, 1), clock);
                second.removeAll(first);
                if (!second.isEmpty()) {
                    faults.add(where + second);
                }
                String why = verdict(after, next, clock);
                if (why != null) {
                    faults.add(where + why);
                }
                states++;
            }
        }
        assertTrue(states > 200, states + " states");
        assertTrue(
                faults.isEmpty(), faults.size() + " faults, first: " + faults.stream().findFirst());
    }

    /// Stretches of the journal that a reader calls damaged.
    private static Set<String> damage(FaultyDisk disk, TestClock clock) {
        Set<String> out = new HashSet<>();
        Ground ground =
                new Ground(
                        disk,
                        SPOOL,
                        clock,
                        w -> {
                            if (w.contains("damaged") || w.contains("missing")) {
                                out.add(w);
                            }
                        });
        Looking.open(ground, OPTIONS).close();
        return out;
    }

    @Test
    void aSkippedForceIsCaught() throws Exception {
        assertTrue(!walk(1, 40, 7, (d, x) -> d.lieAboutData()).faults().isEmpty());
    }

    @Test
    void aSkippedForceOfTheDirectoryIsCaught() throws Exception {
        assertTrue(!walk(1, 40, 7, (d, x) -> d.lieAboutNames()).faults().isEmpty());
    }

    @Test
    void aMarkBeforeItsDeliveryIsCaught() throws Exception {
        assertTrue(!walk(2, 60, 1, (d, x) -> x.markFirst = true).faults().isEmpty());
    }

    @Test
    void aMarkBeforeTheMailThatStandsForItIsCaught() throws Exception {
        List<String> faults = walk(2, 60, 2, (d, x) -> x.expandsMarkFirst = true).faults();
        assertTrue(
                faults.stream().anyMatch(f -> f.contains("without its member")), faults::toString);
    }

    @Test
    void anExpansionInTwoTransactionsIsCaught() throws Exception {
        List<String> faults = walk(2, 60, 2, (d, x) -> x.expandsApart = true).faults();
        assertTrue(faults.stream().anyMatch(f -> f.contains("without its mark")), faults::toString);
    }

    @Test
    void anUnlinkBeforeItsRecordIsCaught() throws Exception {
        assertTrue(!walk(3, 60, 5, (d, x) -> x.unlinkFirst = true).faults().isEmpty());
    }

    @Test
    void bodyFilesAreWrittenOver() throws Exception {
        FaultyDisk disk = new FaultyDisk();
        TestClock clock = new TestClock();
        Spool spool =
                Spool.open(
                        new Ground(disk, SPOOL, clock, w -> {}),
                        OPTIONS,
                        Supervisor.alone(),
                        false);
        Set<String> names = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            QueueId id = spool.newId();
            byte[] body = new byte[5000 + i * 100];
            Arrays.fill(body, (byte) ('a' + i));
            Content content;
            try (ContentWriter w = spool.content()) {
                w.body(body, 0, body.length);
                content = w.finish(new Facts(1, 1, 1, false, false, false, false, 0));
                spool.commit(
                        Transaction.of(new NewMessage(id, Workload.envelope(id), content, false)));
            }
            names.addAll(disk.list(SPOOL.resolve("body")));
            try (java.io.InputStream in = content.body()) {
                assertTrue(Arrays.equals(body, in.readAllBytes()));
            }
            spool.commit(Transaction.of(new Mark.Removed(id)));
            org.junit.jupiter.api.Assertions.assertThrows(java.io.IOException.class, content::body);
        }
        org.junit.jupiter.api.Assertions.assertEquals(1, names.size());
        spool.close();
    }

    /// EIO and a full disk at every call: what was refused is not there in part, and the service
    /// comes back when the disk does.
    @Test
    void faultsOfTheDiskLoseNothing() throws Exception {
        int points = 0;
        List<String> faults = new ArrayList<>();
        for (String message : List.of("Input/output error", "No space left on device")) {
            FaultyDisk dry = new FaultyDisk();
            new Workload(dry, new Ledger(), 5, new TestClock()).run(50);
            for (long at = 10; at <= dry.calls(); at += 2) {
                FaultyDisk disk = new FaultyDisk();
                Ledger ledger = new Ledger();
                TestClock clock = new TestClock();
                disk.failAt(at, at + 3, message);
                Workload w = new Workload(disk, ledger, 5, clock);
                try {
                    w.run(50);
                } catch (java.io.IOException | QueueException e) {
                    // upkeep may say so
                }
                points++;
                disk.failAt(Long.MAX_VALUE, Long.MAX_VALUE, "");
                for (FaultyDisk.Fate fate : List.of(FaultyDisk.Fate.NONE, FaultyDisk.Fate.ALL)) {
                    FaultyDisk after = disk.afterCrash(fate, at);
                    String why = verdict(after, ledger, clock);
                    if (why != null) {
                        faults.add(message + " at " + at + " " + fate + ": " + why);
                    } else {
                        Ledger next = ledger.copy();
                        new Workload(after, next, at, clock).run(40);
                        assertTrue(
                                next.acked.size() > ledger.acked.size(),
                                "the service did not come back");
                        String later = verdict(after, next, clock);
                        if (later != null) {
                            faults.add(
                                    message + " at " + at + " " + fate + ", came back: " + later);
                        }
                    }
                }
            }
        }
        System.out.println("disk faults: " + points + " points");
        assertTrue(points > 50);
        assertTrue(
                faults.isEmpty(), faults.size() + " faults, first: " + faults.stream().findFirst());
    }
}

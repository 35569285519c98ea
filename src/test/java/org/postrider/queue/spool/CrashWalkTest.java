package org.postrider.queue.spool;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.postrider.address.Address;
import org.postrider.disk.FaultyDisk;
import org.postrider.dsn.Status;
import org.postrider.message.Content;
import org.postrider.message.ContentWriter;
import org.postrider.message.Facts;
import org.postrider.queue.Envelope;
import org.postrider.queue.JournalQueue;
import org.postrider.queue.Mark;
import org.postrider.queue.Named;
import org.postrider.queue.NewMessage;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;
import org.postrider.queue.Transaction;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// Every crash point of accept, deliver, defer, bounce, expansion, hold, delete, compaction,
/// checkpoint, large body and failed force, over the legal states of the disk.
/// `-Dpostrider.crash.seeds=N` walks more.
class CrashWalkTest {
    private static final Path SPOOL = Path.of("/spool");
    private static final int RECIPIENTS = 3;
    private static final JournalQueue.Options OPTIONS =
            new JournalQueue.Options(
                    12_288, 4000, 1 << 20, false, JournalQueue.Limits.ofContents(1 << 20, 1 << 20));

    /// The recipients of all stand in files.
    private static final JournalQueue.Options FILED =
            new JournalQueue.Options(
                    12_288,
                    4000,
                    RECIPIENTS - 1,
                    1 << 20,
                    false,
                    JournalQueue.Limits.ofContents(1 << 20, 1 << 20));

    private static final int MANY = 10;

    private static final class TestClock implements Clock {
        long millis = 1_790_000_000_000L;

        @Override
        public long wallMillis() {
            return millis += 7;
        }

        @Override
        public long nanos() {
            return millis * 1_000_000;
        }
    }

    /// What the world was told, and what it may therefore expect.
    private static final class Ledger {
        final Map<String, byte[]> acked = new LinkedHashMap<>();
        final Map<String, byte[]> tried = new HashMap<>();
        final Map<String, Set<Integer>> done = new HashMap<>();
        final Set<String> mayBeGone = new HashSet<>();
        final Set<String> gone = new HashSet<>();
        final Map<String, Set<Integer>> delivered = new HashMap<>();

        /// Notices that a recipient's Done mark may stand for: `id recipient` to their ids.
        final Map<String, Set<String>> notices = new HashMap<>();

        /// What a recipient was expanded to: `id recipient` to the ids of the mail that stands for
        /// him. All of it is there with his mark, or none of it without.
        final Map<String, Set<String>> members = new HashMap<>();

        Ledger copy() {
            Ledger out = new Ledger();
            out.acked.putAll(acked);
            out.tried.putAll(tried);
            done.forEach((id, r) -> out.done.put(id, new HashSet<>(r)));
            out.mayBeGone.addAll(mayBeGone);
            out.gone.addAll(gone);
            delivered.forEach((id, r) -> out.delivered.put(id, new HashSet<>(r)));
            notices.forEach((id, n) -> out.notices.put(id, new HashSet<>(n)));
            out.members.putAll(members);
            return out;
        }
    }

    private enum Operation {
        ACCEPT,
        LARGE,
        DELIVER,
        DEFER,
        BOUNCE,
        EXPAND,
        HOLD,
        DELETE,
        COMPACT,
        CHECKPOINT
    }

    /// One seeded run of operations until it is done or the disk crashes.
    private static final class Workload {
        final FaultyDisk disk;
        final Ledger ledger;
        final Random random;
        final TestClock clock;
        final Map<Operation, Integer> counts = new EnumMap<>(Operation.class);
        final boolean filed;
        boolean markFirst;
        boolean unlinkFirst;
        boolean expandsMarkFirst;
        boolean expandsApart;

        /// Records that compaction moved, and segments there were.
        long moved;

        final Set<String> segments = new HashSet<>();

        Workload(FaultyDisk disk, Ledger ledger, long seed, TestClock clock) {
            this.disk = disk;
            this.ledger = ledger;
            this.random = new Random(seed);
            filed = seed % 4 == 3;
            this.clock = clock;
        }

        void run(int steps) throws Exception {
            Spool spool =
                    Spool.open(
                            new Ground(disk, SPOOL, clock, w -> {}),
                            filed ? FILED : OPTIONS,
                            Supervisor.alone(),
                            false);
            List<QueueId> live = new ArrayList<>();
            for (String id : ledger.acked.keySet()) {
                if (!ledger.gone.contains(id)) {
                    live.add(new QueueId(id));
                }
            }
            for (int i = 0; i < steps; i++) {
                Operation op = choose(live.size());
                counts.merge(op, 1, Integer::sum);
                try {
                    perform(op, spool, live);
                    moved = spool.upkeep().moved();
                    segments.addAll(disk.list(SPOOL.resolve("journal")));
                } catch (QueueException | java.io.IOException e) {
                    // refused: nothing was promised
                }
            }
            spool.close();
        }

        private Operation choose(int live) {
            Operation op = Operation.values()[random.nextInt(Operation.values().length)];
            if (op == Operation.EXPAND && live > MANY) {
                // More goes than comes, so that there is something to compact.
                return Operation.DELETE;
            }
            return live == 0 && op != Operation.LARGE ? Operation.ACCEPT : op;
        }

        private void perform(Operation op, Spool spool, List<QueueId> live) throws Exception {
            switch (op) {
                case ACCEPT -> accept(spool, live, 100 + random.nextInt(3000), List.of());
                case LARGE -> accept(spool, live, 5000 + random.nextInt(5000), List.of());
                case DELIVER -> deliver(spool, pick(live), live);
                case DEFER -> defer(spool, pick(live));
                case BOUNCE -> {
                    QueueId id = pick(live);
                    int r = random.nextInt(RECIPIENTS);
                    // The mark may be there once the commit has begun, its notice with it.
                    Set<Integer> settled =
                            ledger.delivered.computeIfAbsent(id.text(), _ -> new HashSet<>());
                    QueueId notice = spool.newId();
                    String owed = id.text() + " " + r;
                    if (settled.add(r) || ledger.notices.containsKey(owed)) {
                        ledger.notices
                                .computeIfAbsent(owed, _ -> new HashSet<>())
                                .add(notice.text());
                    }
                    accept(spool, notice, live, 500, List.of(new Mark.Done(id, r)));
                    ledger.done.computeIfAbsent(id.text(), _ -> new HashSet<>()).add(r);
                }
                case EXPAND -> expand(spool, pick(live), live);
                case HOLD -> {
                    spool.commit(Transaction.of(new Mark.Held(pick(live))));
                    spool.commit(Transaction.of(new Mark.Released(pick(live))));
                }
                case DELETE -> {
                    QueueId id = pick(live);
                    ledger.mayBeGone.add(id.text());
                    spool.commit(Transaction.of(new Mark.Removed(id)));
                    ledger.gone.add(id.text());
                    live.remove(id);
                }
                case COMPACT -> {
                    spool.upkeep().step();
                    spool.upkeep().compact();
                }
                case CHECKPOINT -> spool.upkeep().checkpoint();
            }
        }

        /// An alias: mail for its members takes the recipient's place.
        private void expand(Spool spool, QueueId id, List<QueueId> live) throws Exception {
            int r = random.nextInt(RECIPIENTS);
            Set<Integer> settled =
                    ledger.delivered.computeIfAbsent(id.text(), _ -> new HashSet<>());
            if (!settled.add(r)) {
                return;
            }
            Set<String> ids = new HashSet<>();
            List<NewMessage> made = new ArrayList<>();
            for (int size : new int[] {100, 3500, 4500}) {
                NewMessage m = message(spool, spool.newId(), size);
                made.add(m);
                ids.add(m.id().text());
            }
            ledger.members.put(id.text() + " " + r, ids);
            try {
                commit(spool, made, new Mark.Done(id, r));
            } catch (QueueException e) {
                if (!inDoubt(e)) {
                    // Refused: nothing of it is or will be there.
                    ledger.members.remove(id.text() + " " + r);
                    settled.remove(r);
                }
                throw e;
            }
            ledger.done.computeIfAbsent(id.text(), _ -> new HashSet<>()).add(r);
            for (NewMessage m : made) {
                ledger.acked.put(m.id().text(), ledger.tried.get(m.id().text()));
                live.add(m.id());
            }
        }

        /// The power went amid it.
        private static boolean inDoubt(Throwable e) {
            Throwable cause = e;
            while (cause != null && !(cause instanceof FaultyDisk.Crash)) {
                cause = cause.getCause();
            }
            return cause != null;
        }

        private void commit(Spool spool, List<NewMessage> made, Mark done) {
            if (expandsMarkFirst) {
                spool.commit(Transaction.of(done));
                spool.commit(new Transaction(made, List.of()));
            } else if (expandsApart) {
                spool.commit(new Transaction(made, List.of()));
                spool.commit(Transaction.of(done));
            } else {
                spool.commit(new Transaction(made, List.of(done)));
            }
        }

        private QueueId pick(List<QueueId> live) {
            return live.get(random.nextInt(live.size()));
        }

        private void accept(Spool spool, List<QueueId> live, int size, List<Mark> marks)
                throws Exception {
            accept(spool, spool.newId(), live, size, marks);
        }

        private void accept(Spool spool, QueueId id, List<QueueId> live, int size, List<Mark> marks)
                throws Exception {
            NewMessage made = message(spool, id, size);
            if (unlinkFirst) {
                for (String name : disk.list(SPOOL.resolve("body"))) {
                    disk.delete(SPOOL.resolve("body").resolve(name));
                }
            }
            spool.commit(new Transaction(List.of(made), marks));
            ledger.acked.put(id.text(), ledger.tried.get(id.text()));
            live.add(id);
        }

        private NewMessage message(Spool spool, QueueId id, int size) throws Exception {
            byte[] body = new byte[size];
            random.nextBytes(body);
            byte[] header = ("X-Id: " + id + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
            try (ContentWriter w = spool.content()) {
                w.header(header, 0, header.length);
                w.body(body, 0, body.length);
                Content c = w.finish(new Facts(size, size, 70, false, true, false, false, 0));
                ledger.tried.put(id.text(), body);
                return new NewMessage(id, envelope(id), c, false);
            }
        }

        private void deliver(Spool spool, QueueId id, List<QueueId> live) {
            int r = random.nextInt(RECIPIENTS);
            Set<Integer> delivered =
                    ledger.delivered.computeIfAbsent(id.text(), _ -> new HashSet<>());
            if (!markFirst) {
                delivered.add(r);
                ledger.notices.remove(id.text() + " " + r);
            }
            if (random.nextBoolean()) {
                spool.commit(Transaction.of(new Mark.Done(id, r)));
                ledger.done.computeIfAbsent(id.text(), _ -> new HashSet<>()).add(r);
            } else {
                spool.post(new Mark.Done(id, r));
            }
            delivered.add(r);
            if (delivered.size() == RECIPIENTS) {
                ledger.mayBeGone.add(id.text());
                spool.post(new Mark.Removed(id));
                live.remove(id);
            }
        }

        private void defer(Spool spool, QueueId id) {
            spool.post(
                    new Mark.Deferred(
                            id,
                            clock.wallMillis() + 1000,
                            List.of(
                                    new Mark.Reason(
                                            0,
                                            new Status(4, 4, 1),
                                            "refused",
                                            "none",
                                            null,
                                            null,
                                            ""))));
        }

        private static Envelope envelope(QueueId id) {
            List<Recipient> to = new ArrayList<>();
            for (int i = 0; i < RECIPIENTS; i++) {
                to.add(Recipient.of(new Address("r" + i + "." + id + "@example.net")));
            }
            return new Envelope(new Address("s@example.com"), to, 1, Named.of("client_name", "x"));
        }
    }

    /// Opens the spool as the next start does and holds it against the ledger; null where all is
    /// well.
    private static @Nullable String verdict(FaultyDisk disk, Ledger ledger, TestClock clock) {
        Map<String, QueuedMessage> found = new HashMap<>();
        try (Spool spool =
                Spool.open(
                        new Ground(disk, SPOOL, clock, w -> {}),
                        OPTIONS,
                        Supervisor.alone(),
                        false)) {
            List<String> wrong = new ArrayList<>();
            spool.list(l -> {
                if (l.queueName().equals("corrupt")) {
                    return;
                }
                found.put(l.message().id().text(), l.message());
                String why = compare(l.message(), ledger);
                if (why != null) {
                    wrong.add(why);
                }
            });
            if (!wrong.isEmpty()) {
                return wrong.getFirst();
            }
            for (String id : ledger.acked.keySet()) {
                if (!found.containsKey(id) && !ledger.mayBeGone.contains(id)) {
                    return "lost " + id;
                }
            }
            for (QueuedMessage m : found.values()) {
                for (int r = 0; r < RECIPIENTS; r++) {
                    Set<String> notices = ledger.notices.get(m.id().text() + " " + r);
                    if (notices != null
                            && m.done(r)
                            && notices.stream()
                                    .noneMatch(n ->
                                            found.containsKey(n) || ledger.mayBeGone.contains(n))) {
                        return "settled without its notice " + m.id() + " " + r;
                    }
                }
            }
            String torn = torn(found, ledger);
            if (torn != null) {
                return torn;
            }
            for (String id : ledger.gone) {
                if (found.containsKey(id)) {
                    return "came back " + id;
                }
            }
            return null;
        } catch (QueueException | AssertionError e) {
            return "does not open: " + e;
        }
    }

    /// An expansion that is there in part: a member is lost, or will get the mail twice.
    private static @Nullable String torn(Map<String, QueuedMessage> found, Ledger ledger) {
        for (Map.Entry<String, Set<String>> e : ledger.members.entrySet()) {
            String[] of = e.getKey().split(" ", -1);
            QueuedMessage whole = found.get(of[0]);
            if (whole == null) {
                continue;
            }
            boolean done = whole.done(Integer.parseInt(of[1]));
            for (String member : e.getValue()) {
                if (done && !found.containsKey(member) && !ledger.mayBeGone.contains(member)) {
                    return "settled without its member " + e.getKey() + " " + member;
                }
                if (!done && found.containsKey(member)) {
                    return "a member without its mark " + e.getKey() + " " + member;
                }
            }
        }
        return null;
    }

    private static @Nullable String compare(QueuedMessage m, Ledger ledger) {
        String id = m.id().text();
        byte[] want = ledger.tried.get(id);
        if (want == null) {
            return "unknown message " + id;
        }
        byte[] body;
        try (var in = m.content().body()) {
            body = in.readAllBytes();
        } catch (Exception e) {
            return "unreadable " + id + ": " + e;
        }
        if (!Arrays.equals(body, want)) {
            return "damaged " + id;
        }
        if (m.envelope().recipients().size() != RECIPIENTS) {
            return "envelope of " + id;
        }
        for (int r : ledger.done.getOrDefault(id, Set.of())) {
            if (!m.done(r)) {
                return "mark forgotten " + id + " " + r;
            }
        }
        for (int r = 0; r < RECIPIENTS; r++) {
            if (m.done(r) && !ledger.delivered.getOrDefault(id, Set.of()).contains(r)) {
                return "marked but not delivered " + id + " " + r;
            }
        }
        return null;
    }

    /// @param moved records that compaction moved in all runs
    /// @param segments that the run without a crash had at one time or another
    private record Walk(
            int points,
            int states,
            List<String> faults,
            Map<Operation, Integer> counts,
            long moved,
            int segments) {}

    private interface Sabotage {
        void on(FaultyDisk disk, Workload workload);
    }

    private static Walk walk(long seed, int steps, int stride, Sabotage sabotage) throws Exception {
        FaultyDisk dry = new FaultyDisk();
        Workload whole = new Workload(dry, new Ledger(), seed, new TestClock());
        sabotage.on(dry, whole);
        whole.run(steps);
        long calls = dry.calls();
        List<String> faults = new ArrayList<>();
        int points = 0;
        int states = 0;
        long moved = whole.moved;
        for (long at = 1; at <= calls; at += stride) {
            FaultyDisk disk = new FaultyDisk();
            Ledger ledger = new Ledger();
            TestClock clock = new TestClock();
            Workload w = new Workload(disk, ledger, seed, clock);
            sabotage.on(disk, w);
            disk.crashAt(at);
            try {
                w.run(steps);
            } catch (FaultyDisk.Crash | RuntimeException e) {
                // the power is gone
            }
            points++;
            moved += w.moved;
            for (FaultyDisk.Fate fate : FaultyDisk.Fate.values()) {
                states++;
                String why = verdict(disk.afterCrash(fate, seed * 31 + at), ledger, clock);
                if (why != null) {
                    faults.add("seed " + seed + " call " + at + " " + fate + ": " + why);
                }
            }
        }
        return new Walk(points, states, faults, whole.counts, moved, whole.segments.size());
    }

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
            }
            spool.commit(Transaction.of(new NewMessage(id, Workload.envelope(id), content, false)));
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

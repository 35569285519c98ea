package org.postrider.queue.spool;

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
import org.postrider.queue.Writers;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// A seeded run of operations on a faulting disk, ended at each of its calls, and what the next
/// start finds held against what the world was told.
abstract class CrashWalk {
    static final Path SPOOL = Path.of("/spool");

    static final int RECIPIENTS = 3;

    static final JournalQueue.Options OPTIONS =
            new JournalQueue.Options(
                    12_288, 4000, 1 << 20, false, JournalQueue.Limits.ofContents(1 << 20, 1 << 20));

    /// The recipients of all stand in files.
    static final JournalQueue.Options FILED =
            new JournalQueue.Options(
                    12_288,
                    4000,
                    RECIPIENTS - 1,
                    1 << 20,
                    false,
                    JournalQueue.Limits.ofContents(1 << 20, 1 << 20));

    static final int MANY = 10;

    static final class TestClock implements Clock {
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
    static final class Ledger {
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

    enum Operation {
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
    static final class Workload {
        final FaultyDisk disk;
        final Ledger ledger;
        private final Writers writers = new Writers();
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
            try (writers) {
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
            try (writers) {
                NewMessage made = message(spool, id, size);
                if (unlinkFirst) {
                    for (String name : disk.list(SPOOL.resolve("body"))) {
                        disk.delete(SPOOL.resolve("body").resolve(name));
                    }
                }
                spool.commit(new Transaction(List.of(made), marks));
            }
            ledger.acked.put(id.text(), ledger.tried.get(id.text()));
            live.add(id);
        }

        private NewMessage message(Spool spool, QueueId id, int size) throws Exception {
            byte[] body = new byte[size];
            random.nextBytes(body);
            byte[] header = ("X-Id: " + id + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
            ContentWriter w = writers.of(spool);
            w.header(header, 0, header.length);
            w.body(body, 0, body.length);
            Content c = w.finish(new Facts(size, size, 70, false, true, false, false, 0));
            ledger.tried.put(id.text(), body);
            return new NewMessage(id, envelope(id), c, false);
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

        static Envelope envelope(QueueId id) {
            List<Recipient> to = new ArrayList<>();
            for (int i = 0; i < RECIPIENTS; i++) {
                to.add(Recipient.of(new Address("r" + i + "." + id + "@example.net")));
            }
            return new Envelope(new Address("s@example.com"), to, 1, Named.of("client_name", "x"));
        }
    }

    /// Opens the spool as the next start does and holds it against the ledger; null where all is
    /// well.
    static @Nullable String verdict(FaultyDisk disk, Ledger ledger, TestClock clock) {
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
    static @Nullable String torn(Map<String, QueuedMessage> found, Ledger ledger) {
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

    static @Nullable String compare(QueuedMessage m, Ledger ledger) {
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
    record Walk(
            int points,
            int states,
            List<String> faults,
            Map<Operation, Integer> counts,
            long moved,
            int segments) {}

    interface Sabotage {
        void on(FaultyDisk disk, Workload workload);
    }

    static Walk walk(long seed, int steps, int stride, Sabotage sabotage) throws Exception {
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
}

package org.postrider.qmgr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.address.Address;
import org.postrider.bounce.BounceService;
import org.postrider.cleanup.CleanupService;
import org.postrider.cleanup.CleanupService.Prepared;
import org.postrider.delivery.Agent;
import org.postrider.delivery.DeliveryRequest;
import org.postrider.delivery.Outcome;
import org.postrider.disk.FaultyDisk;
import org.postrider.dsn.Status;
import org.postrider.log.LogTag;
import org.postrider.maps.TableDirectory;
import org.postrider.message.MemoryContent;
import org.postrider.queue.Attributes;
import org.postrider.queue.Envelope;
import org.postrider.queue.JournalQueue;
import org.postrider.queue.Mark;
import org.postrider.queue.NewMessage;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueueReader;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;
import org.postrider.queue.Transaction;
import org.postrider.rewrite.TrivialRewrite;
import org.postrider.time.Clock;

/// Outcomes that make mail: what stands for a recipient and his mark are there together or not at
/// all.
class MadeMailTest {
    private static final LogTag TAG = new LogTag("postfix/local", 1);
    private static final Path SPOOL = Path.of("/spool");
    private static final JournalQueue.Options OPTIONS =
            new JournalQueue.Options(
                    65_536, 4000, 1 << 20, false, JournalQueue.Limits.ofContents(1 << 20, 1 << 20));
    private static final Status SENT = new Status(2, 0, 0);

    @TempDir Path directory;

    /// Expands one name to two through cleanup, as local(8) does an alias.
    private record Expanding(CleanupService cleanup) implements Agent {
        @Override
        public @Nullable Unavailable deliver(DeliveryRequest request, Report report) {
            QueuedMessage m = request.message();
            QueueId id = cleanup.newId();
            Envelope envelope =
                    m.envelope()
                            .withRecipients(
                                    List.of(
                                            Recipient.of(new Address("one@x.example")),
                                            Recipient.of(new Address("two@x.example"))))
                            .withAttributes(Attributes.OWN);
            Set<CleanupService.Option> options =
                    EnumSet.of(CleanupService.Option.INTERNAL, CleanupService.Option.MAP);
            try (Prepared made =
                    cleanup.prepare(
                            new CleanupService.Submission(id, envelope, m.content(), options))) {
                NewMessage ready = assertInstanceOf(Prepared.Ready.class, made).message();
                report.outcome(
                        request.recipients().getFirst(),
                        new Outcome.Sent(
                                Outcome.Detail.local(SENT, "local", "forwarded as " + id),
                                true,
                                List.of(ready)));
            }
            return null;
        }
    }

    @Test
    void anExpandedAliasEndsAndItsMembersGetTheMailThroughCleanup() {
        Set<String> delivered = new CopyOnWriteArraySet<>();
        try (House h =
                House.open(
                        directory,
                        "virtual_alias_maps = inline:{two@x.example=moved@y.example}\n")) {
            h.agent("relay", new Expanding(h.cleanup()));
            h.agent(
                    "smtp",
                    (request, report) -> {
                        for (int r : request.recipients()) {
                            delivered.add(
                                    request.message()
                                            .envelope()
                                            .recipients()
                                            .get(r)
                                            .address()
                                            .text());
                            report.outcome(
                                    r,
                                    new Outcome.Sent(Outcome.Detail.local(SENT, "x", "ok"), true));
                        }
                        return null;
                    });
            h.start();
            h.accept("s@a.example", "list@relayed.example");
            h.awaitEmpty();
            assertEquals(Set.of("one@x.example", "moved@y.example"), delivered);
            assertEquals(1, h.count("status=sent (forwarded as "), h.lines()::toString);
            assertEquals(2, h.count(": removed"), h.lines()::toString);
        }
    }

    /// What one try left: who is settled, and the mail that is there for him.
    private record Left(boolean done, int made) {}

    private final List<Mark> told = new CopyOnWriteArrayList<>();

    /// Takes one message with one recipient and expands him to two mails.
    private void expand(Queue queue, House house, int notify) throws Exception {
        expand(queue, house, notify, () -> {});
    }

    /// @param expanding runs when all is done but the transaction that makes the mail
    private void expand(Queue queue, House house, int notify, Runnable expanding) throws Exception {
        QueueId id = queue.newId();
        Recipient who = new Recipient(new Address("list@b.example"), null, notify, null);
        queue.commit(Transaction.of(mail(id, who, "original")));
        QueuedMessage m = queue.due(Long.MAX_VALUE, 1).getFirst();
        ActiveMessage active = new ActiveMessage(m, policies(house, queue), 0, 0);
        active.owed = 1;
        Entry e = new Entry(active, "local", "b.example", "b.example", new int[] {0});
        active.entries = List.of(e);
        List<NewMessage> makes = new ArrayList<>();
        for (String text : List.of("member", "member".repeat(1000))) {
            makes.add(mail(queue.newId(), Recipient.of(new Address("m@c.example")), text));
        }
        expanding.run();
        new Outcomes(queue, house.log, Clock.system())
                .taker(e, e.having().recipients(), TAG, false)
                .outcome(
                        0,
                        new Outcome.Sent(
                                Outcome.Detail.local(SENT, "local", "forwarded"),
                                notify == 0,
                                makes));
        assertEquals(1, e.reported);
        told.clear();
        e.deferred.forEach(r -> told.add(new Mark.Deferred(id, 1, List.of(r))));
    }

    private static NewMessage mail(QueueId id, Recipient to, String text) {
        return new NewMessage(
                id,
                new Envelope(new Address("s@a.example"), List.of(to), 1, Attributes.NONE),
                MemoryContent.of(
                        "X: y\r\n".getBytes(StandardCharsets.US_ASCII),
                        ("\r\n" + text).getBytes(StandardCharsets.US_ASCII)),
                false);
    }

    /// The notice of success is one mail more in the transaction.
    private static Policies policies(House house, Queue queue) {
        BounceService notices =
                new BounceService() {
                    @Override
                    public @Nullable QueueId bounced(
                            QueuedMessage m, List<Mark.Reason> failed, Transaction with) {
                        throw new AssertionError("nobody failed");
                    }

                    @Override
                    public @Nullable QueueId delayed(
                            QueuedMessage m, List<Mark.Reason> waiting, Transaction with) {
                        throw new AssertionError("nobody waits");
                    }

                    @Override
                    public Unsent unsent(QueuedMessage m, List<Mark.Reason> failed) {
                        throw new AssertionError("nobody failed");
                    }

                    @Override
                    public QueueId reported(
                            QueuedMessage m, List<BounceService.Fate> all, Transaction with) {
                        throw new AssertionError("nobody asks for it");
                    }

                    @Override
                    public QueueId delivered(
                            QueuedMessage m, List<Mark.Reason> done, Transaction with) {
                        QueueId id = queue.newId();
                        Recipient sender = Recipient.of(m.envelope().sender());
                        queue.commit(with.and(mail(id, sender, "notice")));
                        return id;
                    }
                };
        return new Policies(
                new QueueManager.Services(
                        _ -> null,
                        new TrivialRewrite(
                                house.settings,
                                new TableDirectory(Clock.system(), "hash"),
                                warning -> {}),
                        notices,
                        null,
                        null,
                        house.settings));
    }

    private static Queue open(FaultyDisk disk) {
        return JournalQueue.open(disk, SPOOL, OPTIONS, Clock.system(), _ -> {});
    }

    private static @Nullable Left left(FaultyDisk disk) {
        Set<String> seen = new HashSet<>();
        boolean[] done = new boolean[1];
        int[] count = new int[1];
        try (QueueReader queue =
                JournalQueue.openToRead(disk, SPOOL, OPTIONS, Clock.system(), _ -> {})) {
            queue.each(l -> {
                if (l.queueName().equals("corrupt")) {
                    // a torn stretch of what was being written
                    return;
                }
                Recipient to = l.message().envelope().recipients().getFirst();
                if (to.address().text().equals("list@b.example")) {
                    seen.add(l.message().id().text());
                    done[0] = l.message().done(0);
                } else {
                    count[0]++;
                }
            });
        }
        return seen.isEmpty() ? null : new Left(done[0], count[0]);
    }

    /// Every crash point of the disk, over its legal states: neither is a member lost nor does he
    /// get the mail twice because of it.
    @Test
    void aCrashLeavesTheMailWithItsMarkOrNeither() throws Exception {
        for (int notify : new int[] {0, Recipient.SUCCESS}) {
            int whole = notify == 0 ? 2 : 3;
            int points = 0;
            int none = 0;
            int all = 0;
            try (House house = House.open(directory, "")) {
                FaultyDisk dry = new FaultyDisk();
                try (Queue queue = open(dry)) {
                    expand(queue, house, notify);
                }
                for (long at = 1; at <= dry.calls(); at++) {
                    FaultyDisk disk = new FaultyDisk();
                    disk.crashAt(at);
                    try (Queue queue = open(disk)) {
                        expand(queue, house, notify);
                    } catch (FaultyDisk.Crash | RuntimeException e) {
                        // the power is gone
                    }
                    points++;
                    for (FaultyDisk.Fate fate : FaultyDisk.Fate.values()) {
                        Left left = left(disk.afterCrash(fate, at));
                        if (left == null) {
                            continue;
                        }
                        none += left.made() == 0 ? 1 : 0;
                        all += left.made() == whole ? 1 : 0;
                        String where = "call " + at + " " + fate + ": " + left;
                        assertEquals(left.done() ? whole : 0, left.made(), where);
                    }
                }
            }
            assertTrue(points > 10 && none > 0 && all > 0, points + " " + none + " " + all);
        }
    }

    /// The disk is full from the first, the second … call of the transaction that makes the mail:
    /// the recipient waits, nothing of the mail is there, nor comes later.
    @Test
    void mailThatCannotBeQueuedLeavesItsRecipientWaiting() throws Exception {
        try (House house = House.open(directory, "")) {
            boolean refused = true;
            for (long at = 1; refused; at++) {
                FaultyDisk disk = new FaultyDisk();
                long first = at;
                try (Queue queue = open(disk)) {
                    expand(queue, house, 0, () -> disk.fullFromCall(first));
                    disk.fullFromCall(Long.MAX_VALUE);
                }
                refused = !told.isEmpty();
                assertTrue(refused || at > 1, "a full disk took the made mail");
                if (refused) {
                    Mark.Deferred waits = (Mark.Deferred) told.getFirst();
                    assertEquals("4.3.0", waits.reasons().getFirst().status().toString());
                }
                Left left = refused ? new Left(false, 0) : new Left(true, 2);
                assertEquals(left, Objects.requireNonNull(left(disk)), "full from call " + at);
            }
        }
    }
}

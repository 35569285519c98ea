package org.postrider.showq;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.address.Address;
import org.postrider.bounce.FakeMessage;
import org.postrider.disk.RealDisk;
import org.postrider.pickup.Maildrop;
import org.postrider.queue.JournalQueue;
import org.postrider.queue.Mark;
import org.postrider.queue.NewMessage;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueueReader;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;
import org.postrider.queue.Transaction;
import org.postrider.time.Clock;

/// `postsuper -r` while the mail system is down, and what the next server makes of it.
class RequeueListTest {
    @TempDir Path temp = Path.of("");

    private Queue queue;
    private RequeueList list;

    @BeforeEach
    void open() {
        JournalQueue.Options options =
                new JournalQueue.Options(
                        65536,
                        4000,
                        1 << 20,
                        false,
                        JournalQueue.Limits.ofContents(1 << 20, 1 << 20));
        queue = JournalQueue.open(new RealDisk(), temp, options, Clock.system(), w -> {});
        list = new RequeueList(new RealDisk(), temp);
    }

    @AfterEach
    void close() {
        queue.close();
    }

    private String mail() {
        FakeMessage made =
                FakeMessage.of(
                        queue.newId(), "s@a.example", Recipient.of(new Address("r@x.example")));
        queue.commit(
                Transaction.of(new NewMessage(made.id(), made.envelope(), made.content(), false)));
        return made.id().text();
    }

    private QueueActions down() {
        return new QueueActions(queue, new Maildrop(new RealDisk(), temp), list);
    }

    private static List<String> told(QueueActions actions, QueueAction action, String... ids)
            throws IOException {
        List<String> lines = new ArrayList<>();
        assertEquals(actions.act(action, List.of(ids), lines::add), lines.size());
        return lines;
    }

    /// What the next server requeues.
    private List<String> taken() throws IOException {
        List<String> taken = new ArrayList<>();
        list.take(
                queue,
                m -> {
                    taken.add(m.id().text());
                    queue.commit(Transaction.of(new Mark.Removed(m.id())));
                    return new QueueId("NEW");
                },
                () -> true,
                (id, e) -> taken.add(id + ": " + e.getMessage()));
        return taken;
    }

    @Test
    void itWaitsOnHoldForTheNextServer() throws IOException {
        String one = mail();
        String two = mail();
        assertEquals(List.of(one + ": requeued"), told(down(), QueueAction.REQUEUE, one));
        assertEquals(List.of(), told(down(), QueueAction.REQUEUE, one), "it is there already");
        assertTrue(state(one).held());
        assertFalse(state(two).held());
        assertEquals(List.of(one), taken());
        assertFalse(Files.exists(temp.resolve("requeue")));
        assertEquals(List.of(), taken());
    }

    private QueueReader.State state(String id) {
        return Objects.requireNonNull(queue.state(new QueueId(id)));
    }

    @Test
    void allOfThemAreRequeuedOnceAndADryRunDoesNothing() throws Exception {
        List<String> ids = List.of(mail(), mail(), mail());
        told(down(), QueueAction.REQUEUE, ids.get(1));
        List<String> lines = new ArrayList<>();
        Wanted any = new Wanted(Filter.parse("size>=0"), 0);
        assertEquals(2, down().actOnWanted(QueueAction.REQUEUE, List.of(), any, true, l -> {}));
        assertEquals(2, down().actOnAll(QueueAction.REQUEUE, List.of(), lines::add));
        assertEquals(3, taken().size());
    }

    @Test
    void whoDeletesOrReleasesItTakesThatBack() throws IOException {
        String deleted = mail();
        String released = mail();
        told(down(), QueueAction.REQUEUE, deleted, released);
        assertEquals(List.of(deleted + ": removed"), told(down(), QueueAction.DELETE, deleted));
        assertEquals(1, told(down(), QueueAction.RELEASE, released).size());
        assertEquals(List.of(), taken());
        assertNotNull(queue.state(new QueueId(released)));
        assertFalse(Files.exists(temp.resolve("requeue")));
    }

    @Test
    void whatCannotBeTakenStaysForTheNextTime() throws IOException {
        String one = mail();
        told(down(), QueueAction.REQUEUE, one);
        List<String> failed = new ArrayList<>();
        list.take(
                queue,
                m -> {
                    throw new IOException("not now");
                },
                () -> true,
                (id, e) -> failed.add(id + ": " + e.getMessage()));
        assertEquals(List.of(one + ": not now"), failed);
        list.take(queue, m -> m.id(), () -> false, (id, e) -> failed.add("asked"));
        assertEquals(List.of(one), taken());
    }

    @Test
    void whatACrashToreIsNobodysId() throws IOException {
        String one = mail();
        Files.writeString(temp.resolve("requeue"), "\nAB", StandardOpenOption.CREATE);
        told(down(), QueueAction.REQUEUE, one);
        assertEquals(List.of(one), taken());
    }

    /// While Postfix's pickup would not have taken it from maildrop yet, it goes by its old name.
    @Test
    void aDemandToDeleteWhatWasJustRequeuedIsForTheNewOne() throws IOException {
        String before = mail();
        String[] now = new String[1];
        QueueActions up =
                new QueueActions(
                        queue,
                        new Maildrop(new RealDisk(), temp),
                        new QueueActions.Requeue() {
                            @Override
                            public QueueId requeue(QueuedMessage m) {
                                now[0] = mail();
                                queue.commit(Transaction.of(new Mark.Removed(m.id())));
                                return new QueueId(now[0]);
                            }

                            @Override
                            public @Nullable QueueId since(QueueId former) {
                                return former.text().equals(before) ? new QueueId(now[0]) : null;
                            }
                        },
                        _ -> {});
        told(up, QueueAction.REQUEUE, before);
        assertEquals(List.of(), told(up, QueueAction.HOLD, before), "only to delete it");
        assertEquals(List.of(now[0] + ": removed"), told(up, QueueAction.DELETE, before));
        assertNull(queue.state(new QueueId(now[0])));
        assertEquals(List.of(), told(up, QueueAction.DELETE, "ABC"));
    }
}

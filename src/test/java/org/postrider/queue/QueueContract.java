package org.postrider.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postrider.address.Address;
import org.postrider.dsn.Status;
import org.postrider.message.Content;
import org.postrider.message.ContentWriter;
import org.postrider.message.Facts;
import org.postrider.time.Clock;

/// What any implementation of the port keeps, whoever stores the mail. What a crash leaves beyond
/// that is each implementation's own test.
abstract class QueueContract {
    /// Tomorrow.
    static final long FAR = Clock.system().wallMillis() + 86_400_000L;

    Queue queue;

    private final Writers writers = new Writers();

    /// A queue of this node.
    abstract Queue open() throws IOException;

    /// The same queue after this node stopped: in good order, or however it may.
    abstract Queue again(Queue before) throws IOException;

    @BeforeEach
    void openFirst() throws IOException {
        queue = open();
    }

    @AfterEach
    void closeLast() {
        queue.close();
    }

    private void again() throws IOException {
        queue = again(queue);
    }

    /// To be committed before the next [#accept].
    final NewMessage message(String body, Attributes attributes, boolean held) throws IOException {
        byte[] header = "Subject: x\r\n".getBytes(StandardCharsets.ISO_8859_1);
        byte[] octets = body.getBytes(StandardCharsets.ISO_8859_1);
        ContentWriter w = writers.of(queue);
        w.header(header, 0, header.length);
        w.body(octets, 0, octets.length);
        Content content = w.finish(new Facts(60, 50, 40, false, true, false, false, 1));
        Envelope envelope =
                new Envelope(
                        new Address("s@x.example"),
                        List.of(
                                Recipient.of(new Address("one@y.example")),
                                new Recipient(
                                        new Address("two@y.example"),
                                        new Address("alias@y.example"),
                                        Recipient.FAILURE,
                                        "rfc822;alias@y.example")),
                        1_790_000_000_000L,
                        attributes);
        return new NewMessage(queue.newId(), envelope, content, held);
    }

    final QueueId accept(String body) throws IOException {
        try (writers) {
            NewMessage m = message(body, Attributes.OWN, false);
            queue.commit(Transaction.of(m));
            return m.id();
        }
    }

    final QueuedMessage find(QueueId id) {
        QueuedMessage m = queue.find(id);
        assertNotNull(m, id::text);
        return m;
    }

    static String body(QueuedMessage m) throws IOException {
        try (InputStream in = m.content().body()) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private List<QueueId> due() {
        return queue.due(FAR, 100).stream().map(QueuedMessage::id).toList();
    }

    private static Mark.Deferred deferred(QueueId id, long next) {
        Mark.Reason why =
                new Mark.Reason(
                        1,
                        new Status(4, 4, 1),
                        "refused",
                        "mx[1]:25",
                        "mx",
                        "450 no",
                        "(in reply)");
        return new Mark.Deferred(id, next, List.of(why));
    }

    @Test
    void whatIsCommittedIsReadBackAsItWas() throws IOException {
        NewMessage small = message("\r\nsmall", Attributes.OWN, false);
        NewMessage large = message("\r\n" + "large".repeat(3_000), Attributes.NONE, false);
        queue.commit(new Transaction(List.of(small, large), List.of()));
        for (int i = 0; i < 2; i++) {
            assertEquals(2, queue.size());
            assertEquals(small.envelope(), find(small.id()).envelope());
            assertEquals("\r\nsmall", body(find(small.id())));
            assertEquals("\r\n" + "large".repeat(3_000), body(find(large.id())));
            assertEquals(large.content().facts(), find(large.id()).content().facts());
            assertEquals(50, find(large.id()).size());
            again();
        }
    }

    @Test
    void idsDoNotRepeat() throws IOException {
        Set<QueueId> all = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            assertTrue(all.add(accept("x")));
        }
        again();
        assertFalse(all.contains(queue.newId()));
    }

    /// A notice, an expansion, a requeue.
    @Test
    void newMailAndMarksAreThereTogether() throws IOException {
        QueueId old = accept("old");
        QueueId failed = accept("failed");
        NewMessage made = message("made", Attributes.OWN, false);
        queue.commit(
                new Transaction(
                        List.of(made), List.of(new Mark.Done(failed, 1), new Mark.Removed(old))));
        for (int i = 0; i < 2; i++) {
            assertNull(queue.find(old));
            assertEquals("made", body(find(made.id())));
            assertFalse(find(failed).done(0));
            assertTrue(find(failed).done(1));
            again();
        }
    }

    @Test
    void whatIsDueIsOfferedOnceUntilItWaitsAgain() throws IOException {
        QueueId first = accept("first");
        QueueId second = accept("second");
        assertEquals(List.of(first, second), due());
        assertEquals(List.of(), due());
        queue.giveBack(second);
        assertEquals(List.of(second), due());
        queue.commit(Transaction.of(deferred(first, FAR - 1000)));
        assertEquals(FAR - 1000, queue.nextDueMillis());
        assertEquals(List.of(), queue.due(FAR - 2000, 10));
        assertEquals(List.of(first), due());
        assertEquals(Long.MAX_VALUE, queue.nextDueMillis());
        again();
        // Nobody was told of an outcome: both are tried again.
        assertEquals(Set.of(first, second), new HashSet<>(due()));
    }

    @Test
    void whyItWaitsIsKnownLater() throws IOException {
        QueueId id = accept("x");
        queue.commit(Transaction.of(deferred(id, FAR)));
        for (int i = 0; i < 2; i++) {
            assertNull(find(id).reason(0));
            assertEquals(deferred(id, FAR).reasons().getFirst(), find(id).reason(1));
            assertEquals(List.of(id), queue.ids("deferred"));
            assertEquals(FAR, queue.nextDueMillis());
            again();
        }
    }

    @Test
    void whoWantsItNowGetsItNow() throws IOException {
        QueueId one = accept("1");
        QueueId two = accept("2");
        QueueId three = accept("3");
        queue.commit(
                new Transaction(
                        List.of(),
                        List.of(deferred(one, FAR), deferred(two, FAR), deferred(three, FAR))));
        queue.flush(List.of(two));
        List<QueuedMessage> asked = queue.due(FAR - 1, 10);
        assertEquals(List.of(two), asked.stream().map(QueuedMessage::id).toList());
        assertTrue(asked.getFirst().asked());
        queue.flushAll();
        assertEquals(
                Set.of(one, three),
                new HashSet<>(queue.due(FAR - 1, 10).stream().map(QueuedMessage::id).toList()));
    }

    @Test
    void whatIsHeldWaitsUntilItIsReleased() throws IOException {
        NewMessage held = message("held", Attributes.OWN, true);
        QueueId later = accept("later");
        queue.commit(new Transaction(List.of(held), List.of(new Mark.Held(later))));
        again();
        assertEquals(Set.of(held.id(), later), new HashSet<>(queue.ids("hold")));
        assertEquals(new QueueReader.State(true, false), queue.state(later));
        assertEquals(List.of(), due());
        queue.commit(Transaction.of(new Mark.Released(held.id())));
        assertEquals(List.of(held.id()), due());
        assertFalse(find(held.id()).held());
    }

    @Test
    void whatTheAdministratorAndTheBounceDecidedIsKept() throws IOException {
        QueueId id = accept("x");
        queue.commit(
                Transaction.of(List.of(new Mark.ForcedToExpire(id), new Mark.DelayWarned(id))));
        again();
        assertTrue(find(id).forcedToExpire());
        assertTrue(find(id).delayWarned());
        assertEquals(new QueueReader.State(false, true), queue.state(id));
    }

    @Test
    void whatIsGoneIsGoneForEverybody() throws IOException {
        QueueId id = accept("x");
        QueuedMessage view = queue.due(FAR, 1).getFirst();
        assertFalse(view.removed());
        assertTrue(queue.remove(id));
        assertTrue(view.removed());
        assertFalse(queue.remove(id));
        assertEquals(0, queue.size());
        queue.post(new Mark.Done(id, 0));
        queue.commit(Transaction.of(new Mark.Held(id)));
        assertNull(queue.state(id));
        again();
        assertNull(queue.find(id));
    }

    @Test
    void aPostedMarkTakesEffectAtOnce() throws IOException {
        QueueId id = accept("x");
        queue.post(new Mark.Done(id, 0));
        assertTrue(find(id).done(0));
        queue.post(new Mark.Removed(id));
        assertNull(queue.find(id));
    }

    @Test
    void aListingShowsEachOnceWithItsQueue() throws IOException {
        QueueId active = accept("a");
        assertEquals(List.of(active), due());
        QueueId deferred = accept("d");
        queue.commit(Transaction.of(deferred(deferred, FAR)));
        QueueId held = accept("h");
        queue.commit(Transaction.of(new Mark.Held(held)));
        QueueId incoming = accept("i");
        List<String> shown = new ArrayList<>();
        queue.list(l -> shown.add(l.queueName() + " " + l.message().id()));
        shown.sort(null);
        assertEquals(
                List.of(
                        "active " + active,
                        "deferred " + deferred,
                        "hold " + held,
                        "incoming " + incoming),
                shown);
        assertEquals(List.of(incoming), queue.ids("incoming"));
        assertEquals(List.of(), queue.ids("corrupt"));
        long octets = Objects.requireNonNull(queue.find(active)).size() * 4;
        QueueReader.Counts counts = queue.counts();
        assertEquals(
                QueueReader.Counts.of(new int[] {1, 1, 1, 1, 0}, octets, counts.arrivedMillis()),
                counts);
        queue.commit(
                Transaction.of(
                        List.<Mark>of(new Mark.Removed(active), new Mark.Removed(deferred))));
        queue.commit(Transaction.of(new Mark.Removed(incoming)));
        assertEquals(
                QueueReader.Counts.of(new int[] {0, 0, 0, 1, 0}, octets / 4, Long.MAX_VALUE),
                queue.counts());
    }

    @Test
    void whatANewerVersionWroteIsKept() throws IOException {
        List<Attributes.Unknown> unknown =
                List.of(
                        new Attributes.Unknown.Tagged(99, "\u0000\u00ff"),
                        new Attributes.Unknown.Named("newer", "1"),
                        new Attributes.Unknown.Tagged(99, "again"));
        Attributes newer =
                new Attributes(
                        Origin.LOCAL, null, Dsn.NONE, Routing.PLAIN, Encoding.EIGHT_BIT, unknown);
        NewMessage m = message("x", newer, false);
        queue.commit(Transaction.of(m));
        again();
        assertEquals(newer, find(m.id()).envelope().attributes());
    }

    @Test
    void theListenerHearsOfWhatConcernsIt() throws IOException {
        List<String> heard = new ArrayList<>();
        queue.listener(
                new Queue.Listener() {
                    @Override
                    public boolean arrived(QueuedMessage message) {
                        heard.add("arrived " + message.id());
                        return true;
                    }

                    @Override
                    public void wake() {
                        heard.add("wake");
                    }

                    @Override
                    public void withdrawn(QueueId id) {
                        heard.add("withdrawn " + id);
                    }
                });
        QueueId id = accept("x");
        // Taken on: it is active, and nobody else gets it.
        assertEquals(List.of(), due());
        queue.commit(Transaction.of(new Mark.Held(id)));
        queue.commit(Transaction.of(new Mark.Released(id)));
        queue.remove(id);
        assertEquals(List.of("arrived " + id, "withdrawn " + id, "wake", "withdrawn " + id), heard);
    }

    @Test
    void whoHasClosedItTakesNothingMore() throws IOException {
        NewMessage m = message("x", Attributes.OWN, false);
        queue.close();
        QueueException e =
                assertThrows(QueueException.class, () -> queue.commit(Transaction.of(m)));
        assertEquals(QueueException.Kind.CLOSED, e.kind());
    }

    @Test
    void eachStartOwnsUnderAHigherEpoch() throws IOException {
        accept("x");
        Queue.Lease first = queue.lease();
        assertEquals(0, queue.adopt(first), "its own is its own");
        again();
        assertEquals(first.node(), queue.lease().node());
        assertNotEquals(first, queue.lease());
        assertTrue(queue.lease().epoch() > first.epoch());
    }
}

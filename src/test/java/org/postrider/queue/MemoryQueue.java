package org.postrider.queue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.postrider.message.Content;
import org.postrider.message.ContentWriter;
import org.postrider.message.Facts;
import org.postrider.message.MemoryContent;
import org.postrider.time.Clock;

/// One node's hold on a store in memory that several nodes share, for tests: it shows what the port
/// asks of a store on several machines, and takes the place of a queue where a test looks at what
/// was committed.
public class MemoryQueue implements Queue {
    /// What survives a node: mail, who owns it, and each node's epoch.
    public static final class Store {
        private final Map<QueueId, Kept> messages = new LinkedHashMap<>();
        private final Map<String, Long> epochs = new HashMap<>();
        private long ids;
        private boolean full;

        /// Nothing can be written, or it can again.
        public synchronized void full(boolean now) {
            full = now;
        }
    }

    private final Store store;
    private final Lease lease;
    private final Clock clock;
    private @Nullable Listener listener;
    private boolean closed;
    private boolean healthy = true;

    /// Everything that was committed through this node, in order.
    public final List<Transaction> committed = new ArrayList<>();

    /// A node begins: what it owned before is its own under the new epoch, and due.
    public MemoryQueue(Store store, String node, Clock clock) {
        this.store = store;
        this.clock = clock;
        synchronized (store) {
            lease = new Lease(node, store.epochs.merge(node, 1L, Long::sum));
            store.messages.values().stream()
                    .filter(m -> m.node.equals(node))
                    .forEach(m -> m.active = false);
        }
    }

    @Override
    public Lease lease() {
        return lease;
    }

    @Override
    public int adopt(Lease gone) {
        synchronized (store) {
            owned();
            if (gone.node().equals(lease.node())) {
                return 0;
            }
            store.epochs.merge(gone.node(), 1L, Long::sum);
            int taken = 0;
            for (Kept m : store.messages.values()) {
                if (m.node.equals(gone.node())) {
                    m.node = lease.node();
                    m.active = false;
                    taken++;
                }
            }
            return taken;
        }
    }

    /// @throws QueueException CLOSED when the lease is another's by now
    private void owned() {
        if (closed || store.epochs.getOrDefault(lease.node(), 0L) != lease.epoch()) {
            throw new QueueException(
                    QueueException.Kind.CLOSED, "queue: not this node's", new IOException("lease"));
        }
    }

    @Override
    public QueueId newId() {
        synchronized (store) {
            return new QueueId(Long.toHexString(++store.ids | 0x100000).toUpperCase());
        }
    }

    @Override
    public ContentWriter content() {
        return new Writer();
    }

    @Override
    public void commit(Transaction transaction) {
        List<Kept> arrived = new ArrayList<>();
        synchronized (store) {
            owned();
            if (store.full && !transaction.isEmpty()) {
                healthy = false;
                throw new QueueException(
                        QueueException.Kind.FULL, "queue: full", new IOException("full"));
            }
            healthy = true;
            committed.add(transaction);
            for (NewMessage m : transaction.messages()) {
                Kept kept = new Kept(m);
                store.messages.put(m.id(), kept);
                arrived.add(kept);
            }
            transaction.marks().forEach(this::apply);
        }
        Listener told = listener;
        if (told != null) {
            transaction.marks().forEach(mark -> tell(told, mark));
            arrived.removeIf(m -> m.held || told.arrived(m));
        }
        arrived.forEach(m -> m.active = false);
    }

    private static void tell(Listener told, Mark mark) {
        switch (mark) {
            case Mark.Removed _, Mark.Held _ -> told.withdrawn(mark.id());
            case Mark.Released _, Mark.DueNow _ -> told.wake();
            case Mark.Done _, Mark.Deferred _, Mark.DelayWarned _, Mark.ForcedToExpire _ -> {
                // nothing changes for a pass under way
            }
        }
    }

    private void apply(Mark mark) {
        Kept m = mine(mark.id());
        if (m == null) {
            return;
        }
        switch (mark) {
            case Mark.Done d -> m.done.set(d.recipient());
            case Mark.Deferred d -> {
                m.due = d.nextAttemptMillis();
                m.reasons = d.reasons();
                m.active = false;
                m.asked = false;
            }
            case Mark.DelayWarned _ -> m.delayWarned = true;
            case Mark.Held _ -> {
                m.held = true;
                m.active = false;
            }
            case Mark.Released _ -> {
                m.held = false;
                m.due = clock.wallMillis();
            }
            case Mark.ForcedToExpire _ -> m.forcedToExpire = true;
            case Mark.DueNow _ -> {
                m.asked = true;
                m.due = Math.min(m.due, clock.wallMillis());
            }
            case Mark.Removed _ -> {
                m.removed = true;
                store.messages.remove(mark.id());
            }
        }
    }

    private @Nullable Kept mine(QueueId id) {
        Kept m = store.messages.get(id);
        return m != null && m.node.equals(lease.node()) ? m : null;
    }

    private List<Kept> mine(Predicate<Kept> which) {
        synchronized (store) {
            return store.messages.values().stream()
                    .filter(m -> m.node.equals(lease.node()) && which.test(m))
                    .sorted(Comparator.comparingLong((Kept m) -> m.due))
                    .toList();
        }
    }

    @Override
    public void post(Mark mark) {
        synchronized (store) {
            owned();
            apply(mark);
        }
    }

    @Override
    public boolean marksWritable() {
        return healthy;
    }

    @Override
    public void listener(Listener one) {
        listener = one;
    }

    @Override
    public List<QueuedMessage> due(long nowMillis, int max) {
        synchronized (store) {
            List<QueuedMessage> out = new ArrayList<>();
            for (Kept m : mine(m -> m.waits() && m.due <= nowMillis)) {
                if (out.size() < max) {
                    m.active = true;
                    out.add(m);
                }
            }
            return out;
        }
    }

    @Override
    public void giveBack(QueueId id) {
        synchronized (store) {
            Kept m = mine(id);
            if (m != null && m.active) {
                m.active = false;
                m.due = clock.wallMillis();
            }
        }
    }

    @Override
    public long nextDueMillis() {
        return mine(Kept::waits).stream().mapToLong(m -> m.due).min().orElse(Long.MAX_VALUE);
    }

    @Override
    public void flushAll() {
        long now = clock.wallMillis();
        mine(Kept::waits).forEach(m -> m.due = Math.min(m.due, now));
        Listener told = listener;
        if (told != null) {
            told.wake();
        }
    }

    @Override
    public @Nullable QueuedMessage find(QueueId id) {
        synchronized (store) {
            return mine(id);
        }
    }

    @Override
    public @Nullable State state(QueueId id) {
        synchronized (store) {
            Kept m = mine(id);
            return m == null ? null : new State(m.held, m.forcedToExpire);
        }
    }

    @Override
    public void list(Consumer<Listing> to) {
        mine(_ -> true).forEach(m -> to.accept(new Listing(name(m), m)));
    }

    private String name(Kept m) {
        if (m.held) {
            return "hold";
        }
        if (m.active) {
            return "active";
        }
        return m.due > clock.wallMillis() || !m.reasons.isEmpty() ? "deferred" : "incoming";
    }

    @Override
    public List<QueueId> ids(String... queueNames) {
        return mine(m -> List.of(queueNames).contains(name(m))).stream()
                .map(QueuedMessage::id)
                .toList();
    }

    @Override
    public boolean remove(QueueId id) {
        boolean there = find(id) != null;
        if (there) {
            commit(Transaction.of(new Mark.Removed(id)));
        }
        return there;
    }

    @Override
    public int size() {
        return mine(_ -> true).size();
    }

    @Override
    public long freeBytes() {
        return Long.MAX_VALUE;
    }

    @Override
    public void close() {
        closed = true;
    }

    /// One message; its owner may change.
    private final class Kept implements QueuedMessage {
        private final NewMessage made;
        private final BitSet done = new BitSet();
        private String node = lease.node();
        private List<Mark.Reason> reasons = List.of();
        private long due = clock.wallMillis();
        private boolean active = true;
        private boolean asked;
        private boolean held;
        private boolean forcedToExpire;
        private boolean delayWarned;
        private boolean removed;

        Kept(NewMessage made) {
            this.made = made;
            held = made.held();
        }

        boolean waits() {
            return !active && !held;
        }

        @Override
        public QueueId id() {
            return made.id();
        }

        @Override
        public Envelope envelope() {
            return made.envelope();
        }

        @Override
        public Content content() {
            return made.content();
        }

        @Override
        public boolean done(int recipient) {
            return done.get(recipient);
        }

        @Override
        public Mark.@Nullable Reason reason(int recipient) {
            return reasons.stream()
                    .filter(r -> r.recipient() == recipient)
                    .findFirst()
                    .orElse(null);
        }

        @Override
        public long size() {
            return made.content().facts().size();
        }

        @Override
        public boolean held() {
            return held;
        }

        @Override
        public boolean forcedToExpire() {
            return forcedToExpire;
        }

        @Override
        public boolean delayWarned() {
            return delayWarned;
        }

        @Override
        public boolean asked() {
            return asked;
        }

        @Override
        public boolean removed() {
            return removed;
        }
    }

    private static final class Writer implements ContentWriter {
        private final ByteArrayOutputStream header = new ByteArrayOutputStream();
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();

        @Override
        public void header(byte[] from, int offset, int length) {
            header.write(from, offset, length);
        }

        @Override
        public byte[] header() {
            return header.toByteArray();
        }

        @Override
        public void body(byte[] from, int offset, int length) {
            body.write(from, offset, length);
        }

        @Override
        public Content finish(Facts facts) {
            return new MemoryContent(header(), body.toByteArray(), facts);
        }

        @Override
        public void close() {
            // memory
        }
    }
}

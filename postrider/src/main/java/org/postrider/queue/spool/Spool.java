package org.postrider.queue.spool;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.postrider.memory.Budget;
import org.postrider.message.ContentWriter;
import org.postrider.queue.JournalQueue;
import org.postrider.queue.Listing;
import org.postrider.queue.Mark;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;
import org.postrider.queue.Transaction;
import org.postrider.queue.files.RecipientSpool;
import org.postrider.queue.files.SpoolWriter;
import org.postrider.threads.Supervisor;
import org.postrider.threads.Work;

/// The queue of one node in a journal: hands each request to the part that does it, and tells the
/// queue manager. Any thread.
public final class Spool implements Queue {
    private static final long FREE_LOOK_NANOS = 1_000_000_000L;

    private static final Work SETTLING =
            Work.of("queue-settle", "lets what is durable count, on its callers' threads");

    private final Opening parts;
    private final Looking looking;
    private final Encoder encoder;
    private final Committer committer;
    private final Taking taking;
    private final Upkeep upkeep;
    private final Lease lease;
    private volatile @Nullable Listener listener;
    private volatile long freeBytes;
    private volatile long freeLooked;
    private volatile boolean closed;

    private Spool(Opening parts, Supervisor threads) throws IOException {
        this.parts = parts;
        Ground ground = parts.ground;
        looking = new Looking(parts);
        encoder =
                new Encoder(
                        ground.clock(),
                        parts.bodies,
                        parts.records::inPool,
                        parts.options.envelopeThreshold());
        taking = new Taking(parts.views, ground);
        committer =
                new Committer(
                        parts.views, parts.journal, parts.bodies, ground, threads.guard(SETTLING));
        lease = new Lease("", parts.journal.nextGeneration());
        freeBytes = ground.disk().freeBytes(ground.directory());
        freeLooked = ground.clock().nanos();
        upkeep =
                new Upkeep(
                        chores(),
                        parts.views,
                        mark -> commit(Transaction.of(mark)),
                        ground,
                        threads);
    }

    private Upkeep.Chores chores() {
        Compaction compaction =
                new Compaction(parts.views, parts.journal, committer, parts.damaged, parts.ground);
        Checkpoints checkpoints =
                new Checkpoints(
                        parts.live,
                        parts.journal,
                        committer,
                        parts.ids,
                        parts.ground,
                        parts.damageFound);
        return new Upkeep.Chores(
                committer, parts.damaged, parts.bodies, compaction, checkpoints, parts.journal);
    }

    /// Takes the queue directory: only one process may.
    ///
    /// @param background false where the caller makes each step of upkeep itself (tests)
    public static Spool open(
            Ground ground, JournalQueue.Options options, Supervisor threads, boolean background) {
        Opening parts = Opening.of(ground, options, false, threads);
        boolean good = false;
        try {
            Spool made = new Spool(parts, threads);
            if (background) {
                made.upkeep.start();
            }
            good = true;
            return made;
        } catch (IOException e) {
            throw new QueueException(
                    QueueException.Kind.FAULT,
                    "open queue " + ground.directory() + ": " + e.getMessage(),
                    e);
        } finally {
            if (!good) {
                parts.close();
            }
        }
    }

    @Override
    public Lease lease() {
        return lease;
    }

    /// Nobody else has a part of a journal: whoever has its lock owns all that is in it.
    @Override
    public int adopt(Lease gone) {
        return 0;
    }

    @Override
    public QueueId newId() {
        return new QueueId(parts.ids.text(parts.ids.next()));
    }

    @Override
    public ContentWriter content() {
        return new SpoolWriter(parts.bodies, parts.memory.arriving, parts.options.bodyThreshold());
    }

    @Override
    public Budget.Share receiving() {
        return parts.memory.receiving.share();
    }

    @Override
    public Budget.Share writing() {
        return parts.memory.writing.share();
    }

    @Override
    public Recipient.Writer recipients(LongPredicate takes) {
        return new RecipientSpool(
                parts.bodies, parts.records::inPool, parts.options.envelopeThreshold(), takes);
    }

    @Override
    public void commit(Transaction transaction) {
        Pending p = new Pending();
        boolean durable = false;
        try {
            encoder.encode(transaction, p);
            committer.commit(p);
            durable = true;
        } finally {
            if (!durable) {
                encoder.forget(transaction, p);
            }
        }
        Listener told = listener;
        if (told != null && !transaction.marks().isEmpty()) {
            tell(told, transaction.marks());
        }
        for (SpoolMessage m : p.arrived) {
            if (m.held()) {
                m.release();
            } else if (told == null || !m.charged() || !told.arrived(m)) {
                giveBack(m.id());
                if (told != null) {
                    // It is due only now: a look before this found nothing.
                    told.wake();
                }
            }
        }
    }

    private static void tell(Listener told, List<Mark> marks) {
        for (Mark mark : marks) {
            switch (mark) {
                case Mark.Removed _, Mark.Held _ -> told.withdrawn(mark.id());
                case Mark.Released _, Mark.DueNow _ -> told.wake();
                case Mark.Done _, Mark.Deferred _, Mark.DelayWarned _, Mark.ForcedToExpire _ -> {
                    // nothing changes for a pass under way
                }
            }
        }
    }

    @Override
    public void post(Mark mark) {
        Pending.Marked m = parts.live.posted(encoder.encoded(mark));
        if (m != null) {
            committer.post(m);
        }
    }

    @Override
    public void listener(Listener one) {
        listener = one;
    }

    @Override
    public List<QueuedMessage> due(long nowMillis, int max) {
        return taking.due(nowMillis, max);
    }

    @Override
    public void giveBack(QueueId id) {
        parts.live.giveBack(id);
    }

    @Override
    public long nextDueMillis() {
        return parts.live.nextDueMillis();
    }

    @Override
    public void flushAll() {
        parts.live.allDue();
        Listener told = listener;
        if (told != null) {
            told.wake();
        }
    }

    @Override
    public void flush(List<QueueId> ids) {
        parts.live.due(ids);
    }

    @Override
    public @Nullable QueuedMessage find(QueueId id) {
        return looking.find(id);
    }

    @Override
    public @Nullable QueuedMessage setAside(QueueId id) {
        return looking.setAside(id);
    }

    @Override
    public @Nullable State state(QueueId id) {
        return looking.state(id);
    }

    @Override
    public long dueMillis(QueueId id) {
        return looking.dueMillis(id);
    }

    @Override
    public void list(Consumer<Listing> to) {
        looking.list(to);
    }

    @Override
    public void each(Consumer<Listing> to) {
        looking.each(to);
    }

    @Override
    public List<QueueId> ids(String... queueNames) {
        return looking.ids(queueNames);
    }

    @Override
    public boolean remove(QueueId id) {
        boolean there = parts.live.find(id) != null;
        if (there) {
            commit(Transaction.of(new Mark.Removed(id)));
        }
        return there || parts.corrupt.remove(id.text());
    }

    @Override
    public int size() {
        return looking.size();
    }

    @Override
    public Counts counts() {
        return looking.counts();
    }

    @Override
    public boolean marksWritable() {
        return committer.healthy();
    }

    @Override
    public long freeBytes() {
        Ground ground = parts.ground;
        long now = ground.clock().nanos();
        if (now - freeLooked > FREE_LOOK_NANOS) {
            freeLooked = now;
            try {
                freeBytes = ground.disk().freeBytes(ground.directory());
            } catch (IOException e) {
                ground.warn(String.valueOf(e.getMessage()));
            }
        }
        return freeBytes;
    }

    Opening parts() {
        return parts;
    }

    /// For tests, which make each step of it themselves.
    Upkeep upkeep() {
        return upkeep;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            upkeep.close();
            committer.close();
        } catch (RuntimeException e) {
            parts.ground.warn("close: " + e.getMessage());
        } finally {
            looking.close();
        }
    }
}

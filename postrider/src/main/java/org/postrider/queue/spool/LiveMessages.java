package org.postrider.queue.spool;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.memory.Budget;
import org.postrider.message.Content;
import org.postrider.queue.Mark;
import org.postrider.queue.NewMessage;
import org.postrider.queue.QueueId;
import org.postrider.queue.files.Bodies;
import org.postrider.queue.files.Segment;
import org.postrider.queue.files.SpoolContent;
import org.postrider.queue.index.Index;
import org.postrider.queue.index.Meta;
import org.postrider.queue.record.MarkCodec;
import org.postrider.queue.record.MessageRecord;
import org.postrider.queue.record.Octets;
import org.postrider.queue.record.QueueIds;
import org.postrider.time.Clock;

/// What memory knows of the messages in the queue, and what records and marks do to it. Any thread;
/// [#lock] guards the index and is never held over I/O.
final class LiveMessages {
    final Object lock = new Object();
    final Index index = new Index();
    private final Map<Meta, List<Mark.Reason>> unwrittenReasons = new HashMap<>();
    private final Bodies bodies;
    private final QueueMemory memory;
    private final Clock clock;
    private long octets;

    LiveMessages(Bodies bodies, QueueMemory memory, Clock clock) {
        this.bodies = bodies;
        this.memory = memory;
        this.clock = clock;
    }

    /// What recovery found waits from now on. Before anybody else knows of this.
    void found(long nowMillis) {
        for (@Nullable Meta m : index.all()) {
            if (m == null) {
                continue;
            }
            octets += m.length;
            if (m.bodyFile != null) {
                bodies.found(m.bodyFile);
            }
            m.set(Meta.ACTIVE, false);
            m.dueMillis = Math.min(m.dueMillis, nowMillis + (365L * 86_400_000L));
            if (!m.has(MessageRecord.HELD)) {
                index.schedule(m);
            }
        }
    }

    /// Octets of records that count. Under the lock.
    long octets() {
        return octets;
    }

    int size() {
        synchronized (lock) {
            return index.size();
        }
    }

    /// @return null where there is none, or the id is none of ours
    @Nullable Meta find(QueueId id) {
        Long number = QueueIds.number(id.text());
        synchronized (lock) {
            return number == null ? null : index.find(number);
        }
    }

    // ---- marks

    /// A posted mark takes effect before it is durable.
    ///
    /// @return what has to become durable; null for nothing
    Pending.@Nullable Marked posted(Pending.Marked m) {
        synchronized (lock) {
            Meta meta = index.find(m.number());
            if (meta == null) {
                return null;
            }
            String body = m.mark() instanceof Mark.Removed ? meta.bodyFile : null;
            applyLocked(m.read(), m.mark(), meta);
            return body == null ? m : m.withBody(body);
        }
    }

    /// What a mark does to the index. Under the lock.
    private void applyLocked(MarkCodec.Read read, Mark mark, Meta meta) {
        boolean gone = meta.apply(read);
        if (gone) {
            forgetLocked(meta);
            return;
        }
        switch (mark) {
            case Mark.Deferred d -> {
                unwrittenReasons.put(meta, d.reasons());
                dropView(meta);
                if (!meta.has(MessageRecord.HELD)) {
                    index.schedule(meta);
                }
            }
            case Mark.Held _ -> {
                dropView(meta);
                index.unschedule(meta);
            }
            case Mark.Released _, Mark.DueNow _ -> {
                if (!meta.has(Meta.ACTIVE) && !meta.has(MessageRecord.HELD)) {
                    index.schedule(meta);
                }
            }
            case Mark.Done _, Mark.DelayWarned _, Mark.ForcedToExpire _, Mark.Removed _ -> {
                // nothing more than the flag
            }
        }
    }

    private void forgetLocked(Meta meta) {
        index.remove(meta);
        unwrittenReasons.remove(meta);
        dropView(meta);
        meta.segment.live--;
        meta.segment.liveOctets -= meta.length;
        octets -= meta.length;
    }

    /// Nobody works on it any more. Under the lock.
    void dropView(Meta meta) {
        SpoolMessage view = (SpoolMessage) meta.view;
        meta.view = null;
        if (view != null) {
            view.release();
        }
    }

    /// It waits again, no longer active. Under the lock.
    void waitsLocked(Meta m, long dueMillis) {
        m.set(Meta.ACTIVE, false);
        dropView(m);
        m.dueMillis = dueMillis;
        if (!m.has(MessageRecord.HELD)) {
            index.schedule(m);
        }
    }

    // ---- the commit leader: what a batch made durable

    /// New states of the messages whose records move. Under no lock; before the batch is begun.
    List<Octets> copyHeads(List<Pending.Copy> copies) {
        List<Octets> out = new ArrayList<>();
        synchronized (lock) {
            for (Pending.Copy c : copies) {
                MessageRecord r = c.record();
                Meta meta = c.meta();
                List<Mark.Reason> unwritten = unwrittenReasons.get(meta);
                Octets head = new Octets(512 + r.content().header().length);
                r.with(
                                new MessageRecord.State(
                                        meta.flags & MessageRecord.KEPT,
                                        meta.dueMillis,
                                        meta.doneBits(),
                                        unwritten != null ? unwritten : r.state().reasons()))
                        .writeHead(head);
                out.add(head);
            }
        }
        return out;
    }

    /// True where a record has to move as it was read. One that has got a newer mark since would
    /// move without its reasons: the next step reads it again.
    boolean stillAt(Pending.Copy copy) {
        return copy.from().equals(place(copy.meta()));
    }

    /// A record's copy counts.
    void moved(Meta meta, Segment to, int offset, int length) {
        synchronized (lock) {
            if (index.find(meta.id) != meta) {
                return;
            }
            meta.segment.live--;
            meta.segment.liveOctets -= meta.length;
            octets += length - meta.length;
            meta.segment = to;
            meta.offset = offset;
            meta.length = length;
            meta.markSegment = null;
            to.live++;
            to.liveOctets += length;
        }
    }

    /// A new message counts.
    ///
    /// @param views for its view: active, where there is memory for it
    SpoolMessage arrived(Pending.Message m, Segment segment, int offset, Views views) {
        NewMessage made = m.message();
        Meta meta = new Meta(m.number(), segment, offset, m.payload());
        Content content = made.content();
        meta.size = content.facts().size();
        meta.recipients = made.envelope().recipients().size();
        meta.dueMillis = clock.wallMillis();
        meta.set(MessageRecord.HELD, made.held());
        meta.set(Meta.ACTIVE, !made.held());
        if (content instanceof SpoolContent s && s.file() != null) {
            meta.bodyFile = s.file().reference;
            bodies.claim(s.file());
        }
        Budget.Share envelope = memory.active.share();
        boolean taken = !made.held() && envelope.take(meta.envelopeMemory());
        SpoolMessage view =
                new SpoolMessage(
                        views, meta, made.envelope(), taken ? content : null, List.of(), envelope);
        synchronized (lock) {
            segment.live++;
            segment.liveOctets += m.payload();
            octets += m.payload();
            if (!made.held()) {
                meta.view = view;
            }
            index.add(meta);
        }
        return view;
    }

    /// A committed mark takes effect; a posted one only learns where its reasons are.
    void durable(Pending.Marked m, boolean posted, Segment segment, int offset) {
        synchronized (lock) {
            Meta meta = index.find(m.number());
            if (meta == null) {
                return;
            }
            if (!posted) {
                applyLocked(m.read(), m.mark(), meta);
            }
            if (m.mark() instanceof Mark.Deferred d && index.find(m.number()) == meta) {
                meta.markSegment = segment;
                meta.markOffset = offset;
                meta.markLength = m.octets().length();
                if (unwrittenReasons.get(meta) == d.reasons()) {
                    unwrittenReasons.remove(meta);
                }
            }
        }
    }

    /// The body file of a message about to be removed; null where it has none.
    @Nullable String bodyFile(long number) {
        synchronized (lock) {
            Meta meta = index.find(number);
            return meta == null ? null : meta.bodyFile;
        }
    }

    // ---- looking

    boolean removed(Meta meta) {
        synchronized (lock) {
            return meta.has(Meta.REMOVED);
        }
    }

    boolean done(Meta meta, int recipient) {
        synchronized (lock) {
            return meta.done(recipient);
        }
    }

    /// Why its recipients wait, where no record says it yet; null for none. Under the lock.
    @Nullable List<Mark.Reason> unwrittenReasons(Meta m) {
        return unwrittenReasons.get(m);
    }

    /// Under the lock.
    boolean tried(Meta m) {
        return m.markSegment != null || unwrittenReasons.containsKey(m);
    }

    /// Where it lies; null where it is gone.
    Meta.@Nullable Place place(Meta m) {
        synchronized (lock) {
            return index.find(m.id) == m ? m.place() : null;
        }
    }

    // ---- what is due

    void giveBack(QueueId id) {
        synchronized (lock) {
            Meta m = find(id);
            if (m != null && m.has(Meta.ACTIVE)) {
                waitsLocked(m, clock.wallMillis());
            }
        }
    }

    long nextDueMillis() {
        synchronized (lock) {
            Meta m = index.nextDue(true, true);
            return m == null ? Long.MAX_VALUE : m.dueMillis;
        }
    }

    void allDue() {
        synchronized (lock) {
            index.allDue(clock.wallMillis());
        }
    }

    /// Those of them that wait are due now.
    void due(List<QueueId> ids) {
        long now = clock.wallMillis();
        synchronized (lock) {
            for (QueueId id : ids) {
                Meta m = find(id);
                if (m != null && m.heap != null) {
                    m.set(Meta.ASKED, true);
                    m.dueMillis = Math.min(m.dueMillis, now);
                    index.schedule(m);
                }
            }
        }
    }
}

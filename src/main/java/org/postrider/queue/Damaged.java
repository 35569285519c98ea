package org.postrider.queue;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/// Messages that could not be read back. The upkeep thread looks at each once more and, when its
/// record is damaged, puts what is left of it into `corrupt/` and removes it from the queue, so
/// that neither compaction nor anything else waits for it. What the medium refuses to read gets
/// more time: a path to a disk that fails is back after minutes, with all that was there. [#found]
/// from any thread.
final class Damaged {
    private static final long PATIENCE_NANOS = 5 * 60 * 1_000_000_000L;

    private final Spool spool;
    private final CorruptQueue corrupt;
    private final Bodies bodies;

    /// With the time at which each could first not be read.
    private final Map<Meta, Long> waiting = new LinkedHashMap<>();

    private boolean atStart;

    Damaged(Spool spool, CorruptQueue corrupt, Bodies bodies) {
        this.spool = spool;
        this.corrupt = corrupt;
        this.bodies = bodies;
    }

    /// Whether recovery found damage: a checkpoint makes that be said once only.
    void atStart(boolean any) {
        atStart = any;
    }

    boolean atStart() {
        return atStart;
    }

    /// It is offered to nobody until the upkeep thread has looked at it once more.
    void found(Meta m) {
        synchronized (spool.lock()) {
            if (spool.index().find(m.id) != m || m.has(Meta.CORRUPT)) {
                return;
            }
            m.set(Meta.CORRUPT, true);
            spool.index().unschedule(m);
        }
        add(m, spool.nanos());
    }

    /// It could be read after all.
    private void wellAgain(Meta m) {
        synchronized (spool.lock()) {
            m.set(Meta.CORRUPT, false);
            m.set(Meta.ACTIVE, m.view != null);
            if (spool.index().find(m.id) == m && m.view == null && !m.has(MessageRecord.HELD)) {
                spool.index().schedule(m);
            }
        }
    }

    private synchronized void add(Meta m, long since) {
        waiting.put(m, since);
    }

    private synchronized Map<Meta, Long> take() {
        Map<Meta, Long> out = new LinkedHashMap<>(waiting);
        waiting.clear();
        return out;
    }

    /// Deals with all of them; those that cannot be set aside now wait for the next time.
    void setAside() throws IOException {
        IOException failure = null;
        Map<Meta, Long> all = take();
        try {
            for (Map.Entry<Meta, Long> each : Map.copyOf(all).entrySet()) {
                try {
                    if (dealtWith(each.getKey(), each.getValue())) {
                        all.remove(each.getKey());
                    }
                } catch (IOException e) {
                    failure = e;
                } catch (QueueException e) {
                    failure = new IOException(e.getMessage(), e);
                }
            }
        } finally {
            all.forEach(this::add);
        }
        if (failure != null) {
            throw failure;
        }
    }

    /// @return false when it waits for the medium
    private boolean dealtWith(Meta m, long since) throws IOException {
        Meta.Place at = spool.place(m);
        if (at == null) {
            return true;
        }
        try {
            if (spool.read(m, true) != null) {
                wellAgain(m);
                return true;
            }
        } catch (IOException e) {
            if (spool.nanos() - since < PATIENCE_NANOS) {
                return false;
            }
        }
        setAside(m, at);
        return true;
    }

    private void setAside(Meta m, Meta.Place at) throws IOException {
        String id = spool.ids().text(m.id);
        corrupt.put(id, at.segment().salvage(at.offset(), at.length()));
        String body = m.bodyFile;
        if (body != null) {
            bodies.setAside(body, file -> corrupt.takeBody(file, id));
        }
        spool.warn("queue: " + id + ": damaged, what is left of it is in corrupt/" + id);
        spool.commit(Transaction.of(new Mark.Removed(new QueueId(id))));
    }
}

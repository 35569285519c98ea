package org.postrider.queue;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Messages that could not be read back. The upkeep thread looks at each once more and, where it
/// stays unreadable, puts what is left of it into `corrupt/` and removes it from the queue, so that
/// neither compaction nor anything else waits for it. [#found] from any thread.
final class Damaged {
    private final Spool spool;
    private final CorruptQueue corrupt;
    private final Bodies bodies;
    private final Set<Meta> waiting = new LinkedHashSet<>();
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
        add(m);
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

    private synchronized void add(Meta m) {
        waiting.add(m);
    }

    private synchronized List<Meta> take() {
        List<Meta> out = List.copyOf(waiting);
        waiting.clear();
        return out;
    }

    /// Deals with all of them; those that cannot be set aside now wait for the next time.
    void setAside() throws IOException {
        IOException failure = null;
        for (Meta m : take()) {
            try {
                setAside(m);
            } catch (IOException | QueueException e) {
                add(m);
                failure = e instanceof IOException io ? io : new IOException(e.getMessage(), e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void setAside(Meta m) throws IOException {
        Meta.Place at = spool.place(m);
        if (at == null) {
            return;
        }
        if (readable(m)) {
            wellAgain(m);
            return;
        }
        String id = spool.ids().text(m.id);
        corrupt.put(id, at.segment().salvage(at.offset(), at.length()));
        String body = m.bodyFile;
        if (body != null) {
            bodies.setAside(body, file -> corrupt.takeBody(file, id));
        }
        spool.warn("queue: " + id + ": damaged, what is left of it is in corrupt/" + id);
        spool.commit(Transaction.of(new Mark.Removed(new QueueId(id))));
    }

    /// A fault of the medium may pass.
    private boolean readable(Meta m) {
        try {
            return spool.read(m, true) != null;
        } catch (IOException e) {
            return false;
        }
    }
}

package org.postrider.queue.spool;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.postrider.queue.Mark;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;
import org.postrider.queue.files.Bodies;
import org.postrider.queue.files.CorruptQueue;
import org.postrider.queue.index.Meta;
import org.postrider.queue.record.MessageRecord;

/// Messages that could not be read back. The upkeep thread looks at each once more and, when its
/// record is damaged, puts what is left of it into `corrupt/` and removes it from the queue, so
/// that neither compaction nor anything else waits for it. What the medium refuses to read gets
/// more time: a path to a disk that fails is back after minutes, with all that was there. [#found]
/// from any thread.
final class Damaged {
    private static final long PATIENCE_NANOS = 5 * 60 * 1_000_000_000L;

    private final LiveMessages live;
    private final CorruptQueue corrupt;
    private final Bodies bodies;
    private final Ground ground;

    /// With the time at which each could first not be read.
    private final Map<Meta, Long> waiting = new LinkedHashMap<>();

    Damaged(LiveMessages live, CorruptQueue corrupt, Bodies bodies, Ground ground) {
        this.live = live;
        this.corrupt = corrupt;
        this.bodies = bodies;
        this.ground = ground;
    }

    /// It is offered to nobody until the upkeep thread has looked at it once more.
    void found(Meta m) {
        synchronized (live.lock) {
            if (live.index.find(m.id) != m || m.has(Meta.CORRUPT)) {
                return;
            }
            m.set(Meta.CORRUPT, true);
            live.index.unschedule(m);
        }
        add(m, ground.clock().nanos());
    }

    /// It could be read after all.
    private void wellAgain(Meta m) {
        synchronized (live.lock) {
            m.set(Meta.CORRUPT, false);
            m.set(Meta.ACTIVE, m.view != null);
            if (live.index.find(m.id) == m && m.view == null && !m.has(MessageRecord.HELD)) {
                live.index.schedule(m);
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
    ///
    /// @param committing takes the Removed mark of one that was set aside
    void setAside(Views views, Consumer<Mark> committing) throws IOException {
        IOException failure = null;
        Map<Meta, Long> all = take();
        try {
            for (Map.Entry<Meta, Long> each : Map.copyOf(all).entrySet()) {
                try {
                    if (dealtWith(each.getKey(), each.getValue(), views, committing)) {
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
    private boolean dealtWith(Meta m, long since, Views views, Consumer<Mark> committing)
            throws IOException {
        Meta.Place at = live.place(m);
        if (at == null) {
            return true;
        }
        try {
            if (views.whole(m)) {
                wellAgain(m);
                return true;
            }
        } catch (IOException e) {
            if (ground.clock().nanos() - since < PATIENCE_NANOS) {
                return false;
            }
        }
        setAside(m, at, views.id(m), committing);
        return true;
    }

    private void setAside(Meta m, Meta.Place at, QueueId queueId, Consumer<Mark> committing)
            throws IOException {
        String id = queueId.text();
        corrupt.put(id, at.segment().salvage(at.offset(), at.length()));
        String body = m.bodyFile;
        if (body != null) {
            bodies.setAside(body, file -> corrupt.takeBody(file, id));
        }
        ground.warn(id + ": damaged, what is left of it is in corrupt/" + id);
        committing.accept(new Mark.Removed(queueId));
    }
}

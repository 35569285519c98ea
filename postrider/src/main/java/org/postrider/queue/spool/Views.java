package org.postrider.queue.spool;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.memory.Budget;
import org.postrider.message.Content;
import org.postrider.queue.Mark;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;
import org.postrider.queue.index.Meta;
import org.postrider.queue.record.QueueIds;

/// Makes views of messages: reads their records back. What cannot be read is offered to nobody
/// until the upkeep thread has looked at it. Any thread.
final class Views {
    private final LiveMessages live;
    private final RecordReader reader;
    private final Damaged damaged;
    private final QueueIds ids;
    private final Ground ground;
    final QueueMemory memory;

    Views(
            LiveMessages live,
            RecordReader reader,
            Damaged damaged,
            QueueIds ids,
            QueueMemory memory,
            Ground ground) {
        this.live = live;
        this.reader = reader;
        this.damaged = damaged;
        this.ids = ids;
        this.memory = memory;
        this.ground = ground;
    }

    QueueId id(Meta m) {
        return new QueueId(ids.text(m.id));
    }

    LiveMessages live() {
        return live;
    }

    /// Reads a message back. A damaged one is set aside.
    ///
    /// @param share taken for it as it becomes active; null for one that is only looked at
    @Nullable SpoolMessage load(Meta m, Budget.@Nullable Share share) {
        SpoolMessage known = (SpoolMessage) m.view;
        if (known != null) {
            if (share != null) {
                share.close();
            }
            return known;
        }
        SpoolMessage view = null;
        while (view == null) {
            RecordReader.Loaded loaded = readable(m, share != null);
            if (loaded == null) {
                return null;
            }
            view = viewed(m, loaded, share);
        }
        return view;
    }

    /// @return null where why it waits was written down elsewhere while it was read
    private @Nullable SpoolMessage viewed(
            Meta m, RecordReader.Loaded loaded, Budget.@Nullable Share share) {
        synchronized (live.lock) {
            List<Mark.Reason> unwritten = live.unwrittenReasons(m);
            boolean there = live.index.find(m.id) == m;
            if (unwritten == null && there && !loaded.at().equals(m.place())) {
                return null;
            }
            SpoolMessage view =
                    new SpoolMessage(
                            this,
                            m,
                            loaded.record().envelope(),
                            share != null ? loaded.content() : null,
                            unwritten != null ? unwritten : loaded.reasons(),
                            share == null ? memory.active.share() : share);
            if (share != null && m.view == null && there) {
                m.view = view;
            } else {
                view.release();
            }
            return view;
        }
    }

    /// One that is only looked at, read on the pool.
    @Nullable SpoolMessage look(Meta m) {
        @Nullable SpoolMessage[] out = new @Nullable SpoolMessage[1];
        reader.inPool(() -> out[0] = load(m, null));
        return out[0];
    }

    /// Runs reads on the pool of readers and waits.
    void inPool(Runnable reads) {
        reader.inPool(reads);
    }

    Content content(SpoolMessage view) {
        RecordReader.@Nullable Loaded[] out = new RecordReader.@Nullable Loaded[1];
        reader.inPool(() -> out[0] = readable(view.meta, true));
        RecordReader.Loaded loaded = out[0];
        if (loaded == null) {
            throw new QueueException(
                    QueueException.Kind.FAULT,
                    "queue: " + view.id() + " cannot be read",
                    new IOException("damaged"));
        }
        return loaded.content();
    }

    private RecordReader.@Nullable Loaded readable(Meta m, boolean withContent) {
        try {
            RecordReader.Loaded loaded = read(m, withContent);
            if (loaded != null) {
                return loaded;
            }
        } catch (IOException e) {
            ground.warn(ids.text(m.id) + ": " + e.getMessage());
        }
        damaged.found(m);
        return null;
    }

    /// The same, and all of its recipients can be read.
    boolean whole(Meta m) throws IOException {
        RecordReader.Loaded loaded = read(m, true);
        return loaded != null && reader.recipientsWhole(loaded);
    }

    /// A record that moves while it is read is read where it went.
    ///
    /// @return null where it is damaged or gone
    RecordReader.@Nullable Loaded read(Meta m, boolean withContent) throws IOException {
        Meta.Place at = live.place(m);
        while (at != null) {
            IOException fault = null;
            try {
                RecordReader.Loaded loaded =
                        reader.read(m.id, at, withContent, () -> damaged.found(m));
                if (loaded != null) {
                    return loaded;
                }
            } catch (IOException e) {
                fault = e;
            }
            Meta.Place now = live.place(m);
            if (at.equals(now) && fault != null) {
                throw fault;
            }
            at = at.equals(now) ? null : now;
        }
        return null;
    }
}

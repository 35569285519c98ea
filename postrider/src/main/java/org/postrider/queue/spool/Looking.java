package org.postrider.queue.spool;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.queue.JournalQueue;
import org.postrider.queue.Listing;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueueReader;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.index.Meta;
import org.postrider.threads.Supervisor;

/// Looks into a spool and changes nothing. Any thread.
public final class Looking implements QueueReader {
    private final Opening parts;
    private final Listings listings;

    Looking(Opening parts) {
        this.parts = parts;
        listings =
                new Listings(parts.views, parts.corrupt, parts.damagedHere, parts.ground.clock());
    }

    /// One that is all there is of it: no server has the queue.
    public static Looking open(Ground ground, JournalQueue.Options options) {
        return new Looking(Opening.of(ground, options, true, Supervisor.alone()));
    }

    @Override
    public @Nullable QueuedMessage find(QueueId id) {
        Meta m = parts.live.find(id);
        return m == null ? null : parts.views.look(m);
    }

    @Override
    public @Nullable QueuedMessage setAside(QueueId id) {
        @Nullable QueuedMessage[] out = new @Nullable QueuedMessage[1];
        parts.views.inPool(() -> out[0] = parts.corrupt.find(id));
        return out[0];
    }

    @Override
    public @Nullable State state(QueueId id) {
        Meta m = parts.live.find(id);
        return m == null ? null : m.state();
    }

    @Override
    public long dueMillis(QueueId id) {
        Meta m = parts.live.find(id);
        return m == null || m.has(Meta.ACTIVE) ? 0 : m.dueMillis;
    }

    @Override
    public void list(Consumer<Listing> to) {
        listings.list(to, parts.memory.listing);
    }

    @Override
    public void each(Consumer<Listing> to) {
        listings.list(to, null);
    }

    @Override
    public List<QueueId> ids(String... queueNames) {
        return listings.ids(queueNames);
    }

    @Override
    public int size() {
        return parts.live.size();
    }

    @Override
    public Counts counts() {
        return listings.counts();
    }

    /// Lets go of files, threads and the lock.
    @Override
    public void close() {
        parts.close();
    }
}

package org.postrider.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.memory.Budget;
import org.postrider.memory.NoMemoryException;
import org.postrider.threads.Turn;

/// What lies in the queue, message by message. Any thread; the spool's lock is not held while
/// records are read or a listing's reader is waited for.
final class Listings {
    private static final long WAIT_MILLIS = 60_000;

    /// Of the order in which they are shown.
    private static final int PER_MESSAGE = 12;

    private final Spool spool;
    private final CorruptQueue corrupt;

    Listings(Spool spool, CorruptQueue corrupt) {
        this.spool = spool;
        this.corrupt = corrupt;
    }

    /// @param memory for the message that is shown and the order of all, null for no limit
    void list(Consumer<Listing> to, @Nullable Budget memory) {
        try (Budget.Share share = memory == null ? null : memory.share()) {
            take(share, (long) PER_MESSAGE * spool.size());
            Turn turn = new Turn();
            for (@Nullable Meta m : byPlace()) {
                if (m != null) {
                    turn.perhaps();
                    show(m, to, share);
                }
            }
        }
        corrupt.list(to);
    }

    private void show(Meta m, Consumer<Listing> to, Budget.@Nullable Share share) {
        long octets = m.envelopeMemory();
        take(share, octets);
        SpoolMessage view = spool.load(m, null);
        if (view != null) {
            to.accept(new Listing(queueName(m), view));
        }
        if (share != null) {
            share.give(octets);
        }
    }

    private static void take(Budget.@Nullable Share share, long octets) {
        if (share != null && !share.await(octets, WAIT_MILLIS)) {
            throw new QueueException(
                    QueueException.Kind.FAULT,
                    "queue: no memory for a listing: too many others are not read to their end",
                    new NoMemoryException(share.of()));
        }
    }

    List<QueueId> ids(String queueName) {
        List<QueueId> out = new ArrayList<>();
        for (@Nullable Meta m : byPlace()) {
            if (m != null && queueName(m).equals(queueName)) {
                out.add(new QueueId(spool.ids().text(m.id)));
            }
        }
        if (queueName.equals("corrupt")) {
            corrupt.names().forEach(name -> out.add(new QueueId(name)));
        }
        return out;
    }

    /// By place on disk, so that a long listing reads forward. Records move meanwhile: what they
    /// are sorted by is taken first, under the lock. Twelve octets a message, as there may be a
    /// million.
    private @Nullable Meta[] byPlace() {
        long[] places;
        @Nullable Meta[] metas;
        int n = 0;
        synchronized (spool.lock()) {
            places = new long[spool.index().size()];
            metas = new @Nullable Meta[places.length];
            for (@Nullable Meta m : spool.index().all()) {
                if (m != null) {
                    places[n] = m.segment.generation << 31 | m.offset;
                    metas[n++] = m;
                }
            }
        }
        sort(places, metas, 0, n - 1);
        return metas;
    }

    /// Quicksort of both by the first; the shorter part first, so that it is never deep.
    private static void sort(long[] places, @Nullable Meta[] metas, int from, int to) {
        int low = from;
        int high = to;
        while (low < high) {
            long middle = places[(low + high) >>> 1];
            int i = low;
            int k = high;
            while (i <= k) {
                while (places[i] < middle) {
                    i++;
                }
                while (places[k] > middle) {
                    k--;
                }
                if (i <= k) {
                    long place = places[i];
                    places[i] = places[k];
                    places[k] = place;
                    Meta meta = metas[i];
                    metas[i++] = metas[k];
                    metas[k--] = meta;
                }
            }
            if (k - low < high - i) {
                sort(places, metas, low, k);
                low = i;
            } else {
                sort(places, metas, i, high);
                high = k;
            }
        }
    }

    private String queueName(Meta m) {
        if (m.has(Meta.CORRUPT)) {
            return "corrupt";
        }
        if (m.has(MessageRecord.HELD)) {
            return "hold";
        }
        if (m.has(Meta.ACTIVE)) {
            return "active";
        }
        synchronized (spool.lock()) {
            boolean later = m.dueMillis > spool.wallMillis();
            return later || spool.triedLocked(m) ? "deferred" : "incoming";
        }
    }
}

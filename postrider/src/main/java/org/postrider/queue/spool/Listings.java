package org.postrider.queue.spool;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.memory.Budget;
import org.postrider.memory.NoMemoryException;
import org.postrider.queue.Listing;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueueReader;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.files.CorruptQueue;
import org.postrider.queue.index.Meta;
import org.postrider.queue.record.MessageRecord;
import org.postrider.queue.record.QueueIds;
import org.postrider.threads.Turn;
import org.postrider.time.Clock;

/// What lies in the queue, message by message. Any thread; the spool's lock is not held while
/// records are read or a listing's reader is waited for.
final class Listings {
    /// Messages whose order is known at a time; fewer where there is less memory.
    private static final int STRETCH = 16 << 10;

    private static final int LEAST_STRETCH = 64;

    /// Each stretch looks through all messages under the lock: not many times for a long queue.
    private static final int MOST_STRETCHES = 256;

    /// Of a stretch: twice an id while it is looked for, then a place and what is there.
    private static final int PER_MESSAGE = 28;

    private final Views views;
    private final LiveMessages live;
    private final CorruptQueue corrupt;
    private final List<QueuedMessage> damagedHere;
    private final Clock clock;

    /// Messages that a listing remembers as damaged: one that is set aside meanwhile is shown once.
    private static final int MOST_DAMAGED = 10_000;

    /// @param damagedHere what was found damaged when the queue was opened, and could not be set
    ///   aside
    Listings(Views views, CorruptQueue corrupt, List<QueuedMessage> damagedHere, Clock clock) {
        this.views = views;
        this.live = views.live();
        this.corrupt = corrupt;
        this.damagedHere = damagedHere;
        this.clock = clock;
    }

    /// No listing waits for another one's reader: what one takes is so little that there is room
    /// for many.
    ///
    /// @param memory for the message that is shown and the order of those next to it, null for no
    ///   limit
    /// @throws QueueException there is no memory for it now
    void list(Consumer<Listing> to, @Nullable Budget memory) {
        Set<QueueId> damaged = new HashSet<>();
        try (Budget.Share share = memory == null ? null : memory.share()) {
            Turn turn = new Turn();
            stretches(
                    stretch(share),
                    metas -> {
                        for (@Nullable Meta m : metas) {
                            if (m != null) {
                                turn.perhaps();
                                show(m, to, share, damaged);
                            }
                        }
                    });
        }
        damagedHere.forEach(found -> to.accept(new Listing("corrupt", found)));
        corrupt.list(each -> {
            // It may have been set aside since it was shown.
            if (!damaged.contains(each.message().id())) {
                to.accept(each);
            }
        });
    }

    /// How long a stretch there is memory for.
    private int stretch(Budget.@Nullable Share share) {
        int most = Math.clamp(live.size(), 1, STRETCH);
        if (share == null) {
            return most;
        }
        int least = Math.min(most, Math.max(LEAST_STRETCH, live.size() / MOST_STRETCHES));
        while (most > least && !share.take((long) PER_MESSAGE * most)) {
            most = Math.max(least, most / 2);
        }
        if (share.octets() == 0) {
            take(share, (long) PER_MESSAGE * most);
        }
        return most;
    }

    private void show(
            Meta m, Consumer<Listing> to, Budget.@Nullable Share share, Set<QueueId> damaged) {
        long octets = m.envelopeMemory();
        take(share, octets);
        SpoolMessage view = views.load(m, null);
        if (view != null) {
            to.accept(new Listing(queueName(m), view));
        } else if (isDamaged(m)) {
            QueuedMessage what = whatIsLeft(m);
            if (damaged.size() < MOST_DAMAGED) {
                damaged.add(what.id());
            }
            to.accept(new Listing("corrupt", what));
        }
        if (share != null) {
            share.give(octets);
        }
    }

    private boolean isDamaged(Meta m) {
        synchronized (live.lock) {
            return live.index.find(m.id) == m && m.has(Meta.CORRUPT);
        }
    }

    /// Of one that cannot be read, and that nobody has set aside yet.
    private QueuedMessage whatIsLeft(Meta m) {
        Meta.Place at = live.place(m);
        byte[] octets = at == null ? new byte[0] : at.segment().salvage(at.offset(), at.length());
        return corrupt.found(views.id(m).text(), octets, m.size);
    }

    private static void take(Budget.@Nullable Share share, long octets) {
        if (share != null && !share.take(octets)) {
            throw new QueueException(
                    QueueException.Kind.FAULT,
                    "queue: no memory for a listing: too many others are not read to their end",
                    new NoMemoryException(share.of()));
        }
    }

    List<QueueId> ids(String... queueNames) {
        Set<String> wanted = Set.of(queueNames);
        List<QueueId> out = new ArrayList<>();
        stretches(
                STRETCH,
                metas -> {
                    for (@Nullable Meta m : metas) {
                        if (m != null && wanted.contains(queueName(m))) {
                            out.add(views.id(m));
                        }
                    }
                });
        if (wanted.contains("corrupt")) {
            damagedHere.forEach(found -> out.add(found.id()));
            corrupt.names().forEach(name -> out.add(new QueueId(name)));
        }
        return out;
    }

    /// One look through all of them under the lock: some milliseconds for a million.
    QueueReader.Counts counts() {
        int[] of = new int[QueueReader.QUEUES.size()];
        int held = QueueReader.QUEUES.indexOf("hold");
        long octets = 0;
        long oldest = Long.MAX_VALUE;
        synchronized (live.lock) {
            for (@Nullable Meta m : live.index.all()) {
                if (m != null) {
                    int queue = QueueReader.QUEUES.indexOf(queueName(m));
                    of[queue]++;
                    octets += m.size;
                    oldest = queue < held ? Math.min(oldest, QueueIds.millis(m.id)) : oldest;
                }
            }
        }
        of[QueueReader.QUEUES.indexOf("corrupt")] += corrupt.names().size();
        return QueueReader.Counts.of(of, octets, oldest);
    }

    /// All messages that there were at the beginning, stretch by stretch in order of their ids,
    /// which do not change: a message that moves meanwhile is neither shown twice nor left out.
    private void stretches(int most, Consumer<@Nullable Meta[]> to) {
        long last;
        synchronized (live.lock) {
            last = highest();
        }
        long after = Long.MIN_VALUE;
        while (after < last) {
            long[] ids;
            @Nullable Meta[] metas;
            synchronized (live.lock) {
                ids = lowest(most, after, last);
                metas = byPlace(ids);
            }
            if (ids.length == 0) {
                return;
            }
            after = ids[ids.length - 1];
            to.accept(metas);
        }
    }

    private long highest() {
        long highest = Long.MIN_VALUE;
        for (@Nullable Meta m : live.index.all()) {
            highest = m == null ? highest : Math.max(highest, m.id);
        }
        return highest;
    }

    /// The lowest ids above one, in order. Under the lock.
    private long[] lowest(int most, long after, long last) {
        long[] ids = new long[2 * most];
        int n = 0;
        long below = last;
        for (@Nullable Meta m : live.index.all()) {
            if (m == null || m.id <= after || m.id > below) {
                continue;
            }
            if (n == ids.length) {
                Arrays.sort(ids);
                n = most;
                below = ids[most - 1];
            }
            if (m.id <= below) {
                ids[n++] = m.id;
            }
        }
        Arrays.sort(ids, 0, n);
        return Arrays.copyOf(ids, Math.min(n, most));
    }

    /// By place on disk, so that a listing reads forward. Records move meanwhile: what they are
    /// sorted by is taken under the lock.
    private @Nullable Meta[] byPlace(long[] ids) {
        long[] places = new long[ids.length];
        @Nullable Meta[] metas = new @Nullable Meta[ids.length];
        int n = 0;
        for (long id : ids) {
            Meta m = live.index.find(id);
            if (m != null) {
                places[n] = m.segment.generation << 31 | m.offset;
                metas[n++] = m;
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
        synchronized (live.lock) {
            boolean later = m.dueMillis > clock.wallMillis();
            return later || live.tried(m) ? "deferred" : "incoming";
        }
    }
}

package org.postrider.queue.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.Disk;

/// The log of segments: batches of records appended with one write and one force. One thread at a
/// time (the commit leader); segment bookkeeping under the spool's lock. See
/// docs/internals/queue.md.
public final class Journal {
    public static final int MESSAGE = 1;
    public static final int MARK = 2;
    public static final int BATCH_END = 3;
    private static final int BATCH_END_OCTETS = Segment.RECORD_HEADER + 8;
    private static final int SPARES = 1;

    private final Disk disk;
    private final Path directory;
    private final int segmentSize;
    private final Deque<Segment> live = new ArrayDeque<>();
    private final Deque<Segment> free = new ArrayDeque<>();
    private @Nullable Segment current;
    private long nextGeneration;
    private long sequence;
    private int nextFile;
    private final SecureRandom random = new SecureRandom();

    /// Since the last batch that became durable; a durable header knows of those before it.
    private Segment.Abandoned abandoned = Segment.Abandoned.NONE;

    private long settledGeneration;
    private int settledOffset;

    private ByteBuffer batch = ByteBuffer.allocateDirect(512 << 10);
    private int batchAt;
    private int batchRecords;

    public Journal(Disk disk, Path directory, int segmentSize) {
        this.disk = disk;
        this.directory = directory;
        this.segmentSize = segmentSize;
    }

    /// Where recovery found things to be.
    public void recovered(
            Deque<Segment> liveSegments,
            Deque<Segment> freeSegments,
            long highestGeneration,
            long lastSequence,
            int highestFile) {
        live.addAll(liveSegments);
        free.addAll(freeSegments);
        nextGeneration = highestGeneration + 1;
        sequence = lastSequence;
        nextFile = highestFile + 1;
        settledGeneration = nextGeneration;
        settledOffset = Segment.HEADER;
    }

    /// Octets that a record of this payload takes.
    public static int octets(int payload) {
        return (Segment.RECORD_HEADER + payload + 7) & ~7;
    }

    /// Begins a batch of so many octets in all; takes a new segment where it does not fit.
    ///
    /// @param mayUseReserve marks and compaction may take the last segment, so that a full disk
    ///   still drains
    public void begin(long octets, boolean mayUseReserve) throws IOException {
        long need = octets + BATCH_END_OCTETS;
        Segment c = current;
        if (c == null || c.end + need > c.size) {
            c = next(need, mayUseReserve);
        }
        if (batch.capacity() < need) {
            batch = ByteBuffer.allocateDirect((int) Math.min(Integer.MAX_VALUE - 8, need * 2));
        }
        batch.clear();
        batchAt = c.end;
        batchRecords = 0;
    }

    private Segment next(long need, boolean mayUseReserve) throws IOException {
        if (need > Integer.MAX_VALUE - Segment.HEADER) {
            throw new IOException("record of " + need + " octets");
        }
        Segment taken = null;
        boolean ordinary = need + Segment.HEADER <= segmentSize;
        // One of an earlier and smaller size would not hold it.
        while (ordinary && !free.isEmpty() && free.getFirst().size < need + Segment.HEADER) {
            Segment small = free.pollFirst();
            small.file.close();
            disk.delete(small.path);
        }
        if (ordinary && free.size() > (mayUseReserve ? 0 : SPARES)) {
            taken = free.peekFirst();
        }
        if (taken == null) {
            taken = create((int) Math.max(segmentSize, need + Segment.HEADER));
        } else {
            free.pollFirst();
        }
        Segment oldest = live.peekFirst();
        long generation = nextGeneration++;
        boolean good = false;
        try {
            taken.writeHeader(
                    new Segment.Header(
                            generation,
                            oldest == null ? generation : oldest.generation,
                            abandoned,
                            Segment.Key.of(random),
                            Segment.Before.of(live.peekLast(), generation)));
            good = true;
        } finally {
            if (!good) {
                free.addFirst(taken);
            }
        }
        live.addLast(taken);
        current = taken;
        return taken;
    }

    private Segment create(int size) throws IOException {
        Path path = directory.resolve(String.format("%08d.seg", nextFile++));
        Disk.File file = disk.open(path);
        Segment made = new Segment(path, file, size, 0);
        boolean good = false;
        try {
            made.zero();
            disk.forceDirectory(directory);
            good = true;
            return made;
        } finally {
            if (!good) {
                file.close();
                disk.delete(path);
            }
        }
    }

    /// Makes sure that a spare segment is there ahead of need; called off the hot path.
    public boolean lacksSpare() {
        return free.size() <= SPARES;
    }

    /// A new segment for the free list, made without holding any lock.
    public Segment makeSpare() throws IOException {
        return create(segmentSize);
    }

    public void addSpare(Segment made) {
        free.addLast(made);
    }

    /// Appends a record to the batch.
    ///
    /// @param tail more payload behind the head, null for none
    /// @return its offset in [#current]
    public int add(int type, byte[] head, int headLength, byte @Nullable [] tail) {
        int start = batch.position();
        int payload = headLength + (tail == null ? 0 : tail.length);
        batch.position(start + Segment.RECORD_HEADER);
        batch.put(head, 0, headLength);
        if (tail != null) {
            batch.put(tail);
        }
        long number = ++sequence;
        Segment segment = writing();
        int sum =
                Segment.checksum(
                        segment.key,
                        segment.generation,
                        number,
                        type,
                        batch.slice(start + Segment.RECORD_HEADER, payload));
        batch.putInt(start, segment.key.magic())
                .putInt(start + 4, payload)
                .putInt(start + 8, sum)
                .putInt(start + 12, segment.key.typeWord(type))
                .putLong(start + 16, number);
        int end = start + octets(payload);
        while (batch.position() < end) {
            batch.put((byte) 0);
        }
        batchRecords++;
        return batchAt + start;
    }

    public Segment writing() {
        Segment c = current;
        if (c == null) {
            throw new IllegalStateException("no batch begun");
        }
        return c;
    }

    /// Ends the batch: one write, one force. After a failure the segment is never written again.
    public void commit() throws IOException {
        Segment segment = writing();
        byte[] count = {
            (byte) (batchRecords >>> 24),
            (byte) (batchRecords >>> 16),
            (byte) (batchRecords >>> 8),
            (byte) batchRecords,
            0,
            0,
            0,
            0
        };
        add(BATCH_END, count, count.length, null);
        int octets = batch.position();
        batch.flip();
        boolean durable = false;
        try {
            segment.file.write(batch, batchAt);
            segment.file.force();
            durable = true;
        } finally {
            if (!durable) {
                abandoned = abandoned.and(segment.generation, batchAt);
                current = null;
            }
        }
        abandoned = Segment.Abandoned.NONE;
        segment.reached(batchAt + octets);
    }

    /// Segments at the old end without a live message become free. Under the spool's lock.
    public void release() throws IOException {
        while (live.size() > 1 && live.getFirst().live == 0 && live.getFirst() != current) {
            Segment s = live.pollFirst();
            // Oldest first into the free list and out of it: a mark is never overwritten before
            // the message it speaks of.
            free.addLast(s);
        }
        while (free.size() > SPARES + 1) {
            Segment s = free.pollFirst();
            s.file.close();
            disk.delete(s.path);
        }
    }

    public @Nullable Segment oldest() {
        return live.peekFirst();
    }

    public boolean isCurrent(Segment segment) {
        return segment == current;
    }

    public Iterable<Segment> segments() {
        return live;
    }

    public long octetsOnDisk() {
        long sum = 0;
        for (Segment s : live) {
            sum += s.size;
        }
        for (Segment s : free) {
            sum += s.size;
        }
        return sum;
    }

    public int segmentSize() {
        return segmentSize;
    }

    /// All records written so far have taken effect in the index. Under the spool's lock.
    public void settle() {
        Segment c = current;
        if (c != null) {
            settledGeneration = c.generation;
            settledOffset = c.end;
        }
    }

    /// Generation and offset behind which a replay would begin. Under the spool's lock.
    public long[] settled() {
        return new long[] {settledGeneration, settledOffset};
    }

    /// The generation of the next segment: higher after each start that writes.
    public long nextGeneration() {
        return nextGeneration;
    }

    public long sequence() {
        return sequence;
    }

    /// Closes what recovery opened and what was made since; what cannot be closed is let go.
    public void close() {
        live.forEach(Segment::close);
        free.forEach(Segment::close);
    }
}

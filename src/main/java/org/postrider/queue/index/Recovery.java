package org.postrider.queue.index;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.Disk;
import org.postrider.queue.files.Journal;
import org.postrider.queue.files.Segment;
import org.postrider.queue.record.MarkCodec;
import org.postrider.queue.record.MessageRecord;
import org.postrider.queue.record.OctetReader;

/// Rebuilds the index: checkpoint, then the tail of the log; the whole log where there is no good
/// checkpoint. Changes nothing on disk. A bad place with no whole batch behind it in its segment is
/// a torn tail; any other is damage and reported.
public final class Recovery {
    /// Told of what is damaged.
    public interface Damage {
        /// A stretch of a segment.
        void found(String where, byte[] octets);

        /// The record of a message whose id can still be read.
        void message(long id, byte[] payload);

        /// A segment without a header.
        void segment(Path file);
    }

    /// How much of a damaged stretch is kept.
    private static final int REPORT_OCTETS = 16 << 20;

    private final Disk disk;
    private final Path directory;
    private final Index index;
    private final Damage damage;
    private final Deque<Segment> live = new ArrayDeque<>();
    private final Deque<Segment> free = new ArrayDeque<>();
    private final List<Segment.Abandoned> abandoned = new ArrayList<>();
    private long highestGeneration;
    private long highestSequence;
    private long highestId;
    private int highestFile = -1;

    public Recovery(Disk disk, Path directory, Index index, Damage damage) {
        this.disk = disk;
        this.directory = directory;
        this.index = index;
        this.damage = damage;
    }

    /// @param forWriting open the segments for writing
    public void run(boolean forWriting, Consumer<String> note) throws IOException {
        openSegments(forWriting);
        Checkpoint.Loaded checkpoint = Checkpoint.load(disk, directory, live);
        long fromGeneration = 0;
        int fromOffset = Segment.HEADER;
        if (checkpoint != null) {
            for (Meta m : checkpoint.metas()) {
                index.add(m);
                highestId = Math.max(highestId, m.id);
            }
            fromGeneration = checkpoint.generation();
            fromOffset = checkpoint.offset();
            highestSequence = checkpoint.sequence();
            highestId = Math.max(highestId, checkpoint.highestId());
        } else if (!live.isEmpty()) {
            note.accept("no usable checkpoint: reading the whole journal");
        }
        for (Segment s : live) {
            if (s.generation >= fromGeneration) {
                replay(s, s.generation == fromGeneration ? fromOffset : Segment.HEADER);
            } else {
                s.end = s.size;
            }
        }
        for (@Nullable Meta m : index.all()) {
            if (m != null) {
                m.segment.live++;
                m.segment.liveOctets += m.length;
            }
        }
    }

    private void openSegments(boolean forWriting) throws IOException {
        List<Segment> found = new ArrayList<>();
        List<Segment> nameless = new ArrayList<>();
        long oldest = 0;
        for (String name : disk.list(directory)) {
            if (!name.endsWith(".seg")) {
                continue;
            }
            highestFile = Math.max(highestFile, fileNumber(name));
            Path path = directory.resolve(name);
            Disk.File file = forWriting ? disk.open(path) : disk.openToRead(path);
            long size = file.size();
            Segment.Header h = size < Segment.HEADER ? null : Segment.readHeader(file);
            Segment s = new Segment(path, file, (int) Math.min(size, Integer.MAX_VALUE), 0);
            if (h == null) {
                nameless.add(s);
                continue;
            }
            s.generation = h.generation();
            s.key = h.key();
            found.add(s);
            oldest = Math.max(oldest, h.oldestGeneration());
            highestGeneration = Math.max(highestGeneration, h.generation());
            abandoned.add(h.abandoned());
        }
        found.sort(Comparator.comparingLong(s -> s.generation));
        for (Segment s : found) {
            (s.generation < oldest ? free : live).addLast(s);
        }
        for (Segment s : nameless) {
            boolean blank = Segment.blank(s.file);
            s.file.close();
            if (!blank) {
                damage.segment(s.path);
            } else if (forWriting) {
                // It may be half-zeroed: it is not trusted as a spare.
                disk.delete(s.path);
            }
        }
    }

    private static int fileNumber(String name) {
        try {
            return Integer.parseInt(name, 0, name.length() - 4, 10);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /// One record as read.
    private record Record(int type, long sequence, byte[] payload, int offset, int next) {}

    private void replay(Segment s, int from) {
        int limit = s.size;
        for (Segment.Abandoned each : abandoned) {
            limit = Math.min(limit, each.limit(s.generation));
        }
        Window window = new Window(s, limit);
        List<Record> batch = new ArrayList<>();
        boolean whole = true;
        int at = from;
        s.end = from;
        while (at + Segment.RECORD_HEADER <= limit) {
            Record r = window.record(at);
            if (r == null) {
                int next = window.batchBehind(at);
                if (next < 0) {
                    return;
                }
                report(window, s, at, next);
                whole = false;
                at = next;
                continue;
            }
            at = r.next();
            if (r.type() != Journal.BATCH_END) {
                batch.add(r);
                continue;
            }
            boolean durable = whole || window.batchBehind(at - 8) >= 0;
            for (Record each : batch) {
                // What may be a torn tail has messages only: a mark without the notice that stood
                // in its batch would settle a recipient whom nobody told. A notice, or what an
                // alias was expanded to, without its mark would be made once more.
                if (durable
                        || each.type() == Journal.MESSAGE
                                && MessageRecord.countsAlone(each.payload())) {
                    apply(s, each);
                }
            }
            batch.clear();
            whole = true;
            highestSequence = Math.max(highestSequence, r.sequence());
            s.end = at;
        }
    }

    /// A damaged stretch: messages whose record header is left, and what is not to be told apart.
    private void report(Window window, Segment s, int from, int to) {
        int at = from;
        while (at < to) {
            int next = window.claimedEnd(at, to);
            int count = Math.min((next < 0 ? to : next) - at, REPORT_OCTETS);
            byte[] octets = s.salvage(at - Segment.RECORD_HEADER, count);
            Long id = next < 0 ? null : MessageRecord.idIn(octets, Segment.RECORD_HEADER);
            if (id == null) {
                damage.found(
                        s.path.getFileName() + " " + s.generation + " " + at + "-" + to, octets);
                return;
            }
            damage.message(
                    id, java.util.Arrays.copyOfRange(octets, Segment.RECORD_HEADER, octets.length));
            at = next;
        }
    }

    private void apply(Segment s, Record r) {
        highestSequence = Math.max(highestSequence, r.sequence());
        try {
            OctetReader in = new OctetReader(r.payload(), 0, r.payload().length);
            if (r.type() == Journal.MESSAGE) {
                applyMessage(s, r, in);
            } else {
                applyMark(s, r, in);
            }
        } catch (OctetReader.BadRecordException e) {
            damage.found(
                    s.path.getFileName() + " " + r.offset() + ": " + e.getMessage(), r.payload());
        }
    }

    private void applyMessage(Segment s, Record r, OctetReader in) {
        MessageRecord m = MessageRecord.read(in, false);
        highestId = Math.max(highestId, m.id());
        Meta old = index.find(m.id());
        if (old != null) {
            index.remove(old);
        }
        index.add(metaOf(m, s, r.offset(), r.payload().length));
    }

    public static Meta metaOf(MessageRecord m, Segment s, int offset, int length) {
        Meta meta = new Meta(m.id(), s, offset, length);
        meta.flags = m.state().flags() & MessageRecord.KEPT;
        meta.dueMillis = m.state().dueMillis();
        meta.size = m.content().facts().size();
        meta.recipients = m.envelope().recipients().size();
        meta.doneBits(m.state().done());
        meta.bodyFile = m.content().bodyFile();
        return meta;
    }

    private void applyMark(Segment s, Record r, OctetReader in) {
        MarkCodec.Read mark = MarkCodec.read(in);
        Meta meta = index.find(mark.id());
        highestId = Math.max(highestId, mark.id());
        if (meta == null) {
            return;
        }
        if (meta.apply(mark)) {
            index.remove(meta);
        } else if (mark.kind() == MarkCodec.DEFERRED) {
            meta.markSegment = s;
            meta.markOffset = r.offset();
            meta.markLength = r.payload().length;
        }
    }

    public Deque<Segment> live() {
        return live;
    }

    public Deque<Segment> free() {
        return free;
    }

    public long highestGeneration() {
        return highestGeneration;
    }

    public long highestSequence() {
        return highestSequence;
    }

    public long highestId() {
        return highestId;
    }

    public int highestFile() {
        return highestFile;
    }

    /// Reads a segment through one buffer.
    private static final class Window {
        private final Segment segment;
        private final int limit;
        private byte[] octets = new byte[1 << 20];
        private int start;
        private int length;

        public Window(Segment segment, int limit) {
            this.segment = segment;
            this.limit = limit;
        }

        private boolean has(int at, int count) {
            if (at >= start && at + count <= start + length) {
                return true;
            }
            if (at + count > limit) {
                return false;
            }
            if (count > octets.length) {
                octets = new byte[count];
            }
            start = at;
            length = 0;
            int room = Math.min(octets.length, limit - at);
            ByteBuffer b = ByteBuffer.wrap(octets, 0, room);
            try {
                while (b.hasRemaining()) {
                    int n = segment.file.read(b, at + length);
                    if (n < 0) {
                        break;
                    }
                    length += n;
                }
            } catch (IOException e) {
                // What the medium refuses is damage; the rest is read on.
                length = segment.salvage(octets, 0, room, at);
            }
            return count <= length;
        }

        public @Nullable Record record(int at) {
            if (!has(at, Segment.RECORD_HEADER)) {
                return null;
            }
            ByteBuffer b = ByteBuffer.wrap(octets, at - start, Segment.RECORD_HEADER);
            Segment.Key key = segment.key;
            if (b.getInt() != key.magic()) {
                return null;
            }
            int payload = b.getInt();
            int sum = b.getInt();
            int word = b.getInt();
            int type = word >>> 24;
            long sequence = b.getLong();
            if (word != key.typeWord(type)
                    || payload < 0
                    || payload > limit - at - Segment.RECORD_HEADER
                    || !has(at, Segment.RECORD_HEADER + payload)) {
                return null;
            }
            int from = at - start + Segment.RECORD_HEADER;
            ByteBuffer body = ByteBuffer.wrap(octets, from, payload);
            if (sum != Segment.checksum(key, segment.generation, sequence, type, body)) {
                return null;
            }
            return new Record(
                    type,
                    sequence,
                    java.util.Arrays.copyOfRange(octets, from, from + payload),
                    at,
                    at + Journal.octets(payload));
        }

        /// Where a damaged record says that it ends; -1 where it cannot be one of a message.
        public int claimedEnd(int at, int to) {
            if (!has(at, Segment.RECORD_HEADER)) {
                return -1;
            }
            ByteBuffer b = ByteBuffer.wrap(octets, at - start, Segment.RECORD_HEADER);
            int magic = b.getInt();
            int payload = b.getInt();
            b.getInt();
            boolean message =
                    magic == segment.key.magic()
                            && b.getInt() == segment.key.typeWord(Journal.MESSAGE);
            return !message || payload < 0 || payload > to - at - Segment.RECORD_HEADER
                    ? -1
                    : at + Journal.octets(payload);
        }

        /// Where the next whole record behind a bad place begins, if a batch end follows it; -1 for
        /// a torn tail.
        public int batchBehind(int bad) {
            int resume = -1;
            for (int at = bad + 8 & ~7; at + Segment.RECORD_HEADER <= limit; at += 8) {
                Record r = record(at);
                if (r == null) {
                    continue;
                }
                if (resume < 0) {
                    resume = at;
                }
                if (r.type() == Journal.BATCH_END) {
                    return resume;
                }
                at = r.next() - 8;
            }
            return -1;
        }
    }
}

package org.postrider.queue.index;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.Disk;
import org.postrider.queue.files.Journal;
import org.postrider.queue.files.Segment;
import org.postrider.queue.record.MarkCodec;
import org.postrider.queue.record.MessageRecord;
import org.postrider.queue.record.OctetReader;

/// Rebuilds the index: checkpoint, then the tail of the log; the whole log where there is no good
/// checkpoint. Changes nothing on disk. A bad place in the last segment with no whole batch behind
/// it is a torn tail; any other is damage and reported.
public final class Recovery {
    /// Told of what is damaged.
    public interface Damage {
        /// A stretch of a segment.
        void found(String where, byte[] octets);

        /// The record of a message whose id can still be read.
        void message(long id, byte[] payload);

        /// A whole record of a message of which it is not known whether it was ever durable: it is
        /// not queued.
        void doubtful(long id, byte[] payload);

        /// A segment without a header.
        void segment(Path file);

        /// A segment that others tell of is not there.
        void missing(long generation);

        /// A message that stood in such a segment.
        void lost(long id, @Nullable String bodyFile);
    }

    private final Disk disk;
    private final Path directory;
    private final Index index;
    private final Damage damage;
    private final Deque<Segment> live = new ArrayDeque<>();
    private final Deque<Segment> free = new ArrayDeque<>();
    private final List<Segment.Abandoned> abandoned = new ArrayList<>();

    /// Where segments ended that another followed, by their generation.
    private final Map<Long, Segment.Before> ends = new HashMap<>();

    /// Messages of segments that are not there, by id, as long as nothing says what became of them.
    private final Map<Long, Checkpoint.Elsewhere> lost = new HashMap<>();

    private final List<Segment> opened = new ArrayList<>();
    private final List<Segment> nameless = new ArrayList<>();
    private boolean headerLost;
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
    /// @throws IOException where it cannot be read; nothing is left open then
    public void run(boolean forWriting, Consumer<String> note) throws IOException {
        boolean good = false;
        try {
            openSegments(forWriting);
            rebuild(forWriting, note);
            good = true;
        } finally {
            if (!good) {
                opened.forEach(Segment::close);
            }
        }
    }

    private void rebuild(boolean forWriting, Consumer<String> note) throws IOException {
        Checkpoint.Loaded checkpoint = Checkpoint.load(disk, directory, live);
        long fromGeneration = 0;
        int fromOffset = Segment.HEADER;
        if (checkpoint != null) {
            for (Meta m : checkpoint.metas()) {
                index.add(m);
                highestId = Math.max(highestId, m.id);
            }
            // No other segment may be taken for one that is gone.
            highestGeneration = Math.max(highestGeneration, checkpoint.generation());
            lost(checkpoint.elsewhere());
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
                Replay.Tail known = tail(s);
                s.sure = known.sure();
                s.end = Math.min(s.size, known.end());
            }
        }
        boolean gone = missing(fromGeneration) || !lost.isEmpty();
        lost.values().forEach(m -> damage.lost(m.id(), m.bodyFile()));
        nameless(forWriting, gone);
        for (@Nullable Meta m : index.all()) {
            if (m != null) {
                m.segment.live++;
                m.segment.liveOctets += m.length;
            }
        }
    }

    private void openSegments(boolean forWriting) throws IOException {
        List<Segment> found = new ArrayList<>();
        long oldest = 0;
        for (String name : disk.list(directory)) {
            if (!name.endsWith(".seg")) {
                continue;
            }
            highestFile = Math.max(highestFile, fileNumber(name));
            Path path = directory.resolve(name);
            Disk.File file = forWriting ? disk.open(path) : disk.openToRead(path);
            Segment s = opened(path, file);
            Segment.Header h = s.size < Segment.HEADER ? null : Segment.readHeader(file);
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
            s.before = h.before();
            if (s.before.back() > 0) {
                ends.put(s.generation - s.before.back(), s.before);
            }
        }
        found.sort(Comparator.comparingLong(s -> s.generation));
        for (Segment s : found) {
            (s.generation < oldest ? free : live).addLast(s);
        }
        for (Segment s : nameless) {
            headerLost |= !Segment.blank(s.file);
        }
    }

    private Segment opened(Path path, Disk.File file) throws IOException {
        boolean good = false;
        try {
            int size = (int) Math.min(file.size(), Integer.MAX_VALUE);
            Segment s = new Segment(path, file, size, 0);
            opened.add(s);
            good = true;
            return s;
        } finally {
            if (!good) {
                file.close();
            }
        }
    }

    /// Segments are deleted, and written over, the oldest first: what was moved or settled since
    /// stands in those that are left. One that lacks behind the oldest is a loss.
    private void lost(List<Checkpoint.Elsewhere> elsewhere) {
        Segment oldest = live.peekFirst();
        for (Checkpoint.Elsewhere m : elsewhere) {
            highestGeneration = Math.max(highestGeneration, m.generation());
            if (oldest == null || m.generation() > oldest.generation) {
                lost.put(m.id(), m);
            }
        }
    }

    /// Segments from before headers told of each other do not miss one; the oldest may have been
    /// deleted.
    private boolean missing(long fromGeneration) {
        boolean any = false;
        long before = Long.MAX_VALUE;
        for (Segment s : live) {
            Segment.Before said = s.before;
            long expected = s.generation - said.back();
            if (said.back() > 0
                    && expected > before
                    && expected >= fromGeneration
                    && limit(expected) > Segment.HEADER) {
                damage.missing(expected);
                any = true;
            }
            before = s.generation;
        }
        return any;
    }

    /// @param gone there was one that is not among those with a header
    private void nameless(boolean forWriting, boolean gone) throws IOException {
        for (Segment s : nameless) {
            boolean blank = Segment.blank(s.file);
            s.file.close();
            if (!blank || gone) {
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

    private void replay(Segment s, int from) {
        new Replay(s, tail(s), limit(s.generation), damage, r -> apply(s, r)).run(from);
    }

    /// Where the durable part of a segment ends, as far as headers tell of forces that failed.
    private int limit(long generation) {
        int limit = Integer.MAX_VALUE;
        for (Segment.Abandoned each : abandoned) {
            limit = Math.min(limit, each.limit(generation));
        }
        return limit;
    }

    /// What the segment after it says of its end.
    private Replay.Tail tail(Segment s) {
        Segment.Before said = ends.get(s.generation);
        if (said != null) {
            return new Replay.Tail(false, said.sure(), said.end());
        }
        return s == live.peekLast() && !headerLost ? Replay.Tail.LAST : Replay.Tail.UNKNOWN;
    }

    private void apply(Segment s, Window.Record r) {
        highestSequence = Math.max(highestSequence, r.sequence());
        if (r.type() == Journal.BATCH_END) {
            return;
        }
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

    private void applyMessage(Segment s, Window.Record r, OctetReader in) {
        MessageRecord m = MessageRecord.read(in, false);
        highestId = Math.max(highestId, m.id());
        lost.remove(m.id());
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

    private void applyMark(Segment s, Window.Record r, OctetReader in) {
        MarkCodec.Read mark = MarkCodec.read(in);
        Meta meta = index.find(mark.id());
        highestId = Math.max(highestId, mark.id());
        if (mark.kind() == MarkCodec.REMOVED) {
            lost.remove(mark.id());
        }
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
}

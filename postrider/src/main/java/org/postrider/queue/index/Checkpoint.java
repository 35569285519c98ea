package org.postrider.queue.index;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.Disk;
import org.postrider.queue.files.Segment;
import org.postrider.queue.record.MessageRecord;
import org.postrider.queue.record.OctetReader;
import org.postrider.queue.record.Octets;

/// The live metadata in a file, with the log position from which replay goes on: checksummed,
/// forced, renamed into place. Fuzzy: entries may be newer than the position, since replaying a
/// record twice changes nothing.
public final class Checkpoint {
    private static final String NAME = "checkpoint";
    private static final int MAGIC = 0x50435031;
    private static final int CHUNK = 64 << 10;

    /// What was read back.
    ///
    /// @param elsewhere messages whose segment is not there
    public record Loaded(
            List<Meta> metas,
            List<Elsewhere> elsewhere,
            long generation,
            int offset,
            long sequence,
            long highestId) {}

    /// One that was in a segment which is not there.
    public record Elsewhere(long id, long generation, @Nullable String bodyFile) {}

    private Checkpoint() {}

    /// Writes entries in chunks, so that no lock is held for long.
    public static final class Writer {
        private final Disk disk;
        private final Path directory;
        private final Disk.File file;
        private final CRC32C crc = new CRC32C();
        private long at;
        private int count;

        public Writer(Disk disk, Path directory, long[] position, long sequence, long highestId)
                throws IOException {
            this.disk = disk;
            this.directory = directory;
            disk.delete(directory.resolve(NAME + ".tmp"));
            file = disk.open(directory.resolve(NAME + ".tmp"));
            Octets head = new Octets(64);
            head.i32(MAGIC).i64(position[0]).i32((int) position[1]).i64(sequence).i64(highestId);
            put(head);
        }

        /// Under the spool's lock: only encodes.
        public static void encode(Meta m, Octets out) {
            Segment mark = m.markSegment;
            byte[] more = m.recipients > 64 ? m.doneBits().toByteArray() : new byte[0];
            out.u8(1)
                    .i64(m.id)
                    .i64(m.segment.generation)
                    .i32(m.offset)
                    .i32(m.length)
                    .i64(m.dueMillis)
                    .i64(m.size)
                    .i32(m.recipients)
                    .u8(m.flags & MessageRecord.KEPT)
                    .i64(m.done)
                    .i32(more.length)
                    .bytes(more, 0, more.length)
                    .i64(mark == null ? 0 : mark.generation)
                    .i32(m.markOffset)
                    .i32(m.markLength)
                    .string(m.bodyFile);
        }

        public void put(Octets entries) throws IOException {
            crc.update(entries.array(), 0, entries.length());
            file.write(ByteBuffer.wrap(entries.array(), 0, entries.length()), at);
            at += entries.length();
        }

        public void counted(int more) {
            count += more;
        }

        public void finish() throws IOException {
            put(new Octets(8).u8(0).i32(count));
            Octets sum = new Octets(4).i32((int) crc.getValue());
            file.write(ByteBuffer.wrap(sum.array(), 0, sum.length()), at);
            file.force();
            file.close();
            disk.rename(directory.resolve(NAME + ".tmp"), directory.resolve(NAME));
            disk.forceDirectory(directory);
        }

        public void abandon() {
            try {
                file.close();
                disk.delete(directory.resolve(NAME + ".tmp"));
            } catch (IOException e) {
                // the next one begins by deleting it
            }
        }
    }

    /// @return null where there is none, it cannot be read, or it does not fit the segments
    public static @Nullable Loaded load(Disk disk, Path directory, Iterable<Segment> segments)
            throws IOException {
        if (!disk.list(directory).contains(NAME)) {
            return null;
        }
        Map<Long, Segment> byGeneration = new HashMap<>();
        for (Segment s : segments) {
            byGeneration.put(s.generation, s);
        }
        try (Disk.File file = disk.openToRead(directory.resolve(NAME))) {
            long size = file.size();
            if (size < 40 || !sound(file, size)) {
                return null;
            }
            return read(new Input(file, size - 4), byGeneration);
        } catch (IOException | OctetReader.BadRecordException e) {
            return null;
        }
    }

    private static boolean sound(Disk.File file, long size) throws IOException {
        CRC32C crc = new CRC32C();
        ByteBuffer b = ByteBuffer.allocate(CHUNK);
        long at = 0;
        while (at < size - 4) {
            b.clear().limit((int) Math.min(CHUNK, size - 4 - at));
            int n = file.read(b, at);
            if (n <= 0) {
                return false;
            }
            b.flip();
            crc.update(b);
            at += n;
        }
        ByteBuffer sum = ByteBuffer.allocate(4);
        while (sum.hasRemaining()) {
            if (file.read(sum, at + sum.position()) < 0) {
                return false;
            }
        }
        return sum.getInt(0) == (int) crc.getValue();
    }

    private static @Nullable Loaded read(Input in, Map<Long, Segment> byGeneration)
            throws IOException {
        if (in.i32() != MAGIC) {
            return null;
        }
        long generation = in.i64();
        int offset = in.i32();
        long sequence = in.i64();
        long highestId = in.i64();
        List<Meta> metas = new ArrayList<>();
        List<Elsewhere> elsewhere = new ArrayList<>();
        int count = 0;
        Segment gone = new Segment(Path.of(NAME), in.file, 0, 0);
        while (in.u8() == 1) {
            long id = in.i64();
            long where = in.i64();
            Segment segment = byGeneration.get(where);
            int offset0 = in.i32();
            int length = in.i32();
            Meta m = new Meta(id, segment == null ? gone : segment, offset0, length);
            m.dueMillis = in.i64();
            m.size = in.i64();
            m.recipients = in.i32();
            m.flags = in.u8();
            long done = in.i64();
            byte[] more = in.bytes(in.i32());
            if (more.length > 0) {
                m.doneBits(java.util.BitSet.valueOf(more));
            } else {
                m.done = done;
            }
            long mark = in.i64();
            m.markSegment = mark == 0 ? null : byGeneration.get(mark);
            m.markOffset = in.i32();
            m.markLength = in.i32();
            int name = in.i32();
            m.bodyFile =
                    name < 0
                            ? null
                            : new String(
                                    in.bytes(name), java.nio.charset.StandardCharsets.ISO_8859_1);
            count++;
            if (segment != null) {
                metas.add(m);
            } else {
                elsewhere.add(new Elsewhere(id, where, m.bodyFile));
            }
        }
        return in.i32() == count
                ? new Loaded(metas, elsewhere, generation, offset, sequence, highestId)
                : null;
    }

    /// A buffered stream of numbers.
    private static final class Input {
        private final Disk.File file;
        private final long size;
        private final byte[] octets = new byte[CHUNK];
        private long at;
        private int next;
        private int filled;

        public Input(Disk.File file, long size) {
            this.file = file;
            this.size = size;
        }

        public int u8() throws IOException {
            if (next == filled) {
                int n =
                        at >= size
                                ? -1
                                : file.read(
                                        ByteBuffer.wrap(
                                                octets, 0, (int) Math.min(CHUNK, size - at)),
                                        at);
                if (n <= 0) {
                    throw new OctetReader.BadRecordException("checkpoint ends early");
                }
                at += n;
                next = 0;
                filled = n;
            }
            return octets[next++] & 0xff;
        }

        public int i32() throws IOException {
            return u8() << 24 | u8() << 16 | u8() << 8 | u8();
        }

        public long i64() throws IOException {
            return (long) i32() << 32 | i32() & 0xffffffffL;
        }

        public byte[] bytes(int count) throws IOException {
            if (count < 0 || count > size) {
                throw new OctetReader.BadRecordException("bad count");
            }
            byte[] out = new byte[count];
            for (int i = 0; i < count; i++) {
                out[i] = (byte) u8();
            }
            return out;
        }
    }
}

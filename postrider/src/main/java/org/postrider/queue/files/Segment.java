package org.postrider.queue.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.Disk;

/// One file of the journal: a header block, then batches of records. Zero-written once, then
/// recycled under higher generations.
public final class Segment {
    public static final int HEADER = 4096;
    public static final int RECORD_HEADER = 24;
    private static final int SECTOR = 512;

    /// How often a sector that cannot be read is asked for.
    private static final int TRIES = 5;

    /// The header stands twice in its block, so that one damaged sector costs no segment.
    private static final int SECOND_COPY = 2048;

    private static final int OLD_MAGIC = 0x504f5354;
    private static final int MAGIC = 0x504f5355;
    private static final int OLD_OCTETS = 36;
    private static final int OCTETS = 68;

    /// Segments whose forces failed one after the other: nothing was durable in between.
    ///
    /// @param first their first generation, 0 for none
    /// @param end where the first one's durable part ends; the later ones have none
    /// @param last their last generation
    public record Abandoned(long first, int end, long last) {
        public static final Abandoned NONE = new Abandoned(0, 0, 0);

        public Abandoned and(long generation, int at) {
            return first == 0
                    ? new Abandoned(generation, at, generation)
                    : new Abandoned(first, end, generation);
        }

        /// Where the durable part of a segment ends, as far as is known here.
        public int limit(long generation) {
            if (first == 0 || generation < first || generation > last) {
                return Integer.MAX_VALUE;
            }
            return generation == first ? end : HEADER;
        }
    }

    /// Where the segment before ended when this one was begun. Whatever of it cannot be read below
    /// `sure` was durable once; nothing behind `end` ever was.
    ///
    /// @param back how many generations before; 0 where nothing is known of it
    /// @param sure behind the last batch that was certainly whole
    /// @param end behind the last one of which something counts: more than `sure` where a crash
    ///   left a batch that may be torn
    public record Before(int back, int sure, int end) {
        public static final Before UNKNOWN = new Before(0, 0, 0);
        private static final int BITS = 28;
        private static final int MASK = (1 << BITS) - 1;

        static Before of(@Nullable Segment before, long generation) {
            if (before == null || before.sure < HEADER) {
                return UNKNOWN;
            }
            long back = generation - before.generation;
            return back > 0 && back < 128
                    ? new Before((int) back, before.sure, before.end)
                    : UNKNOWN;
        }

        private long packed() {
            return (long) back << 2 * BITS | (long) (sure >> 3) << BITS | end >> 3;
        }

        private static Before unpacked(long word) {
            return new Before(
                    (int) (word >>> 2 * BITS),
                    (int) (word >> BITS & MASK) << 3,
                    (int) (word & MASK) << 3);
        }
    }

    /// What only this use of the segment knows: a content that looks like records is never taken
    /// for them, because whoever made it cannot guess 56 bits of the record header nor what its
    /// checksum begins with.
    ///
    /// @param magic what each record begins with
    /// @param filler the low 24 bits of the word that holds a record's type
    /// @param salt what checksums begin with
    public record Key(int magic, int filler, long salt, boolean old) {
        /// Of segments that were written before there were keys.
        public static final Key OLD = new Key(0x50525231, 0, 0, true);

        public static Key of(SecureRandom random) {
            return new Key(
                    random.nextInt() | 1, random.nextInt() & 0xffffff, random.nextLong(), false);
        }

        public int typeWord(int type) {
            return type << 24 | filler;
        }
    }

    /// What a segment's header says.
    ///
    /// @param oldestGeneration segments before it hold nothing that counts
    public record Header(
            long generation, long oldestGeneration, Abandoned abandoned, Key key, Before before) {}

    public final Path path;
    public final Disk.File file;
    public final int size;
    public long generation;
    public Key key = Key.OLD;

    /// What its header says of the segment before it, where it was read.
    public Before before = Before.UNKNOWN;

    /// Behind the last durable batch.
    public int end = HEADER;

    /// Behind the last batch that was certainly whole: less than [#end] where a crash left one that
    /// may be torn, 0 where neither is known.
    public int sure = HEADER;

    /// Messages whose newest record is here. Guarded by the spool's lock.
    public int live;

    public long liveOctets;

    public Segment(Path path, Disk.File file, int size, long generation) {
        this.path = path;
        this.file = file;
        this.size = size;
        this.generation = generation;
    }

    /// Fills a new file with zeros and forces it, so that later forces write data only.
    public void zero() throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect(256 << 10);
        for (long at = 0; at < size; at += zeros.capacity()) {
            zeros.clear().limit((int) Math.min(zeros.capacity(), size - at));
            file.write(zeros, at);
        }
        file.force();
    }

    public void writeHeader(Header h) throws IOException {
        ByteBuffer b = ByteBuffer.allocate(HEADER);
        for (int at : new int[] {0, SECOND_COPY}) {
            b.position(at);
            b.putInt(MAGIC)
                    .putLong(h.generation())
                    .putLong(h.oldestGeneration())
                    .putLong(h.abandoned().first())
                    .putInt(h.abandoned().end())
                    .putLong(h.abandoned().last())
                    .putInt(h.key().magic())
                    .putInt(h.key().filler())
                    .putLong(h.key().salt())
                    .putLong(h.before().packed());
            b.putInt(sum(b.array(), at, OCTETS - 4));
        }
        b.clear();
        file.write(b, 0);
        generation = h.generation();
        key = h.key();
        end = HEADER;
        sure = HEADER;
    }

    private static int sum(byte[] octets, int from, int count) {
        CRC32C crc = new CRC32C();
        crc.update(octets, from, count);
        return (int) crc.getValue();
    }

    /// @return null where there is no whole header
    public static @Nullable Header readHeader(Disk.File file) {
        ByteBuffer b = headerBlock(file);
        Header h = header(b, 0);
        return h != null ? h : header(b, SECOND_COPY);
    }

    private static ByteBuffer headerBlock(Disk.File file) {
        ByteBuffer b = ByteBuffer.allocate(HEADER);
        salvage(file, b.array(), 0, HEADER, 0);
        return b;
    }

    /// Nothing is lost by a file that does not close: what counts was forced.
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            // the rest is closed all the same
        }
    }

    /// The segment was read or written to this place, all of it whole.
    public void reached(int place) {
        end = place;
        sure = place;
    }

    /// True when a header was never written: the file was being made. What the medium refuses to
    /// show may be one.
    public static boolean blank(Disk.File file) {
        ByteBuffer b = ByteBuffer.allocate(HEADER);
        try {
            while (b.hasRemaining() && file.read(b, b.position()) >= 0) {
                // until it is full or the file ends
            }
        } catch (IOException e) {
            return false;
        }
        for (byte octet : b.array()) {
            if (octet != 0) {
                return false;
            }
        }
        return true;
    }

    private static @Nullable Header header(ByteBuffer b, int at) {
        b.clear().position(at);
        int magic = b.getInt();
        boolean old = magic == OLD_MAGIC;
        int sumAt = at + (old ? OLD_OCTETS : OCTETS) - 4;
        if (!old && magic != MAGIC || b.getInt(sumAt) != sum(b.array(), at, sumAt - at)) {
            return null;
        }
        long generation = b.getLong();
        long oldest = b.getLong();
        long first = b.getLong();
        int end = b.getInt();
        return old
                ? new Header(
                        generation,
                        oldest,
                        new Abandoned(first, end, first),
                        Key.OLD,
                        Before.UNKNOWN)
                : new Header(
                        generation,
                        oldest,
                        new Abandoned(first, end, b.getLong()),
                        new Key(b.getInt(), b.getInt(), b.getLong(), false),
                        Before.unpacked(b.getLong()));
    }

    /// The checksum of a record: over the segment's salt, generation, sequence number, type and
    /// payload, so that neither a recycled segment's old records nor a misplaced one nor one that a
    /// stranger made is ever taken.
    public static int checksum(
            Key key, long generation, long sequence, int type, ByteBuffer payload) {
        ByteBuffer head = ByteBuffer.allocate(25);
        if (!key.old()) {
            head.putLong(key.salt());
        }
        head.putLong(generation).putLong(sequence).put((byte) type).flip();
        CRC32C crc = new CRC32C();
        crc.update(head);
        crc.update(payload);
        return (int) crc.getValue();
    }

    /// The payload of the record at `offset`, or null where there is no whole one.
    public byte @Nullable [] read(int offset, int length) throws IOException {
        byte[] all = new byte[RECORD_HEADER + length];
        ByteBuffer b = ByteBuffer.wrap(all);
        long at = offset;
        while (b.hasRemaining()) {
            int n = file.read(b, at);
            if (n < 0) {
                return null;
            }
            at += n;
        }
        b.flip();
        Key k = key;
        if (b.getInt() != k.magic() || b.getInt() != length) {
            return null;
        }
        int sum = b.getInt();
        int word = b.getInt();
        long sequence = b.getLong();
        int type = word >>> 24;
        if (word != k.typeWord(type) || sum != checksum(k, generation, sequence, type, b)) {
            return null;
        }
        return java.util.Arrays.copyOfRange(all, RECORD_HEADER, all.length);
    }

    /// What can be read of a payload, whatever its checksum says; octets that cannot be are 0.
    public byte[] salvage(int offset, int length) {
        byte[] out = new byte[length];
        salvage(out, 0, length, offset + RECORD_HEADER);
        return out;
    }

    /// Reads past what the medium refuses.
    ///
    /// @return octets there are, those that could not be read included
    public int salvage(byte[] into, int offset, int count, long at) {
        return salvage(file, into, offset, count, at);
    }

    private static int salvage(Disk.File file, byte[] into, int offset, int count, long at) {
        int done = 0;
        while (done < count) {
            int room = (int) Math.min(count - done, SECTOR - (at + done) % SECTOR);
            int n = sector(file, into, offset + done, room, at + done);
            if (n < 0) {
                break;
            }
            done += n;
        }
        return done;
    }

    /// One read; zeros where the medium refuses again and again. What it refuses once it may show
    /// the next time.
    private static int sector(Disk.File file, byte[] into, int offset, int count, long at) {
        for (int i = 0; i < TRIES; i++) {
            try {
                return file.read(ByteBuffer.wrap(into, offset, count), at);
            } catch (IOException e) {
                // once more, or zeros
            }
        }
        java.util.Arrays.fill(into, offset, offset + count, (byte) 0);
        return count;
    }
}

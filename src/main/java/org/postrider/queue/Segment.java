package org.postrider.queue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.Disk;

/// One file of the journal: a header block, then batches of records. Zero-written once, then
/// recycled under higher generations.
final class Segment {
    static final int HEADER = 4096;
    static final int RECORD_HEADER = 24;
    static final int RECORD_MAGIC = 0x50525231;
    private static final int MAGIC = 0x504f5354;

    /// What a segment's header says.
    ///
    /// @param oldestGeneration segments before it hold nothing that counts
    /// @param abandonedGeneration a segment whose force failed, 0 for none
    /// @param abandonedEnd where that one's durable part ends
    record Header(
            long generation, long oldestGeneration, long abandonedGeneration, int abandonedEnd) {}

    final Path path;
    final Disk.File file;
    final int size;
    long generation;

    /// Behind the last durable batch.
    int end = HEADER;

    /// Messages whose newest record is here. Guarded by the spool's lock.
    int live;

    long liveOctets;

    Segment(Path path, Disk.File file, int size, long generation) {
        this.path = path;
        this.file = file;
        this.size = size;
        this.generation = generation;
    }

    /// Fills a new file with zeros and forces it, so that later forces write data only.
    void zero() throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect(256 << 10);
        for (long at = 0; at < size; at += zeros.capacity()) {
            zeros.clear().limit((int) Math.min(zeros.capacity(), size - at));
            file.write(zeros, at);
        }
        file.force();
    }

    void writeHeader(Header h) throws IOException {
        ByteBuffer b = ByteBuffer.allocate(HEADER);
        b.putInt(MAGIC)
                .putLong(h.generation())
                .putLong(h.oldestGeneration())
                .putLong(h.abandonedGeneration())
                .putInt(h.abandonedEnd());
        CRC32C crc = new CRC32C();
        crc.update(b.array(), 0, b.position());
        b.putInt((int) crc.getValue());
        b.clear();
        file.write(b, 0);
        generation = h.generation();
        end = HEADER;
    }

    static @Nullable Header readHeader(Disk.File file) throws IOException {
        ByteBuffer b = ByteBuffer.allocate(64);
        if (file.read(b, 0) < 36) {
            return null;
        }
        b.flip();
        if (b.getInt() != MAGIC) {
            return null;
        }
        Header h = new Header(b.getLong(), b.getLong(), b.getLong(), b.getInt());
        CRC32C crc = new CRC32C();
        crc.update(b.array(), 0, b.position());
        return b.getInt() == (int) crc.getValue() ? h : null;
    }

    /// The checksum of a record: over generation, sequence number, type and payload, so that
    /// neither a recycled segment's old records nor a misplaced one is ever taken.
    static int checksum(long generation, long sequence, int type, ByteBuffer payload) {
        ByteBuffer head = ByteBuffer.allocate(17);
        head.putLong(generation).putLong(sequence).put((byte) type).flip();
        CRC32C crc = new CRC32C();
        crc.update(head);
        crc.update(payload);
        return (int) crc.getValue();
    }

    /// The payload of the record at `offset`, or null where there is no whole one.
    byte @Nullable [] read(int offset, int length) throws IOException {
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
        if (b.getInt() != RECORD_MAGIC || b.getInt() != length) {
            return null;
        }
        int sum = b.getInt();
        int type = b.getInt() >>> 24;
        long sequence = b.getLong();
        if (sum != checksum(generation, sequence, type, b)) {
            return null;
        }
        return java.util.Arrays.copyOfRange(all, RECORD_HEADER, all.length);
    }
}

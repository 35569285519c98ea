package org.postrider.maps.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.Reading;

/// A constant database (cdb, at most 2 GB). Its file should be replaced and never changed; one that
/// is cut short or written over all the same fails look-ups: it is read, not mapped into memory,
/// where the same would be an Error at any later moment. Any thread. Each offset is checked: damage
/// is an IOException. The file is closed when this is no longer in use.
final class CdbFile {
    static final int HEADER = 2048;
    private static final int SEED = 5381;

    private final Path path;
    private final FileChannel file;
    private final long size;

    private CdbFile(Path path, FileChannel file, long size) {
        this.path = path;
        this.file = file;
        this.size = size;
    }

    static CdbFile open(Path path) throws IOException {
        Reading.look(path, Integer.MAX_VALUE);
        FileChannel in = Reading.channel(path);
        boolean good = false;
        try {
            if (in.size() < HEADER || in.size() > Integer.MAX_VALUE) {
                throw new IOException(path + ": no cdb file: " + in.size() + " octets");
            }
            good = true;
            return new CdbFile(path, in, in.size());
        } finally {
            if (!good) {
                in.close();
            }
        }
    }

    static int hash(byte[] key) {
        int h = SEED;
        for (byte b : key) {
            h = (h << 5) + h ^ (b & 0xff);
        }
        return h;
    }

    /// The first value of a key, null if there is none.
    byte @Nullable [] get(byte[] key) throws IOException {
        int h = hash(key);
        ByteBuffer table = read((h & 0xff) * 8L, 8);
        long start = number(table, 0);
        long slots = number(table, 4);
        if (slots == 0) {
            return null;
        }
        long slot = Integer.toUnsignedLong(h >>> 8) % slots;
        for (long tried = 0; tried < slots; tried++) {
            ByteBuffer at = read(start + 8 * slot, 8);
            long record = number(at, 4);
            if (record == 0) {
                return null;
            }
            byte[] value = at.getInt(0) == h ? value(record, key) : null;
            if (value != null) {
                return value;
            }
            slot = slot + 1 == slots ? 0 : slot + 1;
        }
        return null;
    }

    /// Null if the record has another key.
    private byte @Nullable [] value(long record, byte[] key) throws IOException {
        ByteBuffer lengths = read(record, 8);
        if (number(lengths, 0) != key.length) {
            return null;
        }
        long length = number(lengths, 4);
        byte[] there = read(record + 8, key.length).array();
        return Arrays.equals(there, key) ? read(record + 8 + key.length, length).array() : null;
    }

    private static long number(ByteBuffer in, int at) {
        return in.getInt(at) & 0xffffffffL;
    }

    private ByteBuffer read(long at, long length) throws IOException {
        if (at < 0 || at + length > size) {
            throw new IOException(path + ": damaged: an offset lies outside of the file");
        }
        ByteBuffer into = ByteBuffer.allocate((int) length).order(ByteOrder.LITTLE_ENDIAN);
        while (into.hasRemaining()) {
            if (file.read(into, at + into.position()) < 0) {
                throw new IOException(path + ": damaged: the file was cut short");
            }
        }
        return into;
    }

    /// Each record in the order in which it was written.
    void each(BiConsumer<byte[], byte[]> visitor) throws IOException {
        ByteBuffer tables = read(0, HEADER);
        long end = size;
        for (int i = 0; i < 256; i++) {
            end = Math.min(end, number(tables, 8 * i));
        }
        for (long at = HEADER; at + 8 <= end; ) {
            ByteBuffer lengths = read(at, 8);
            long key = number(lengths, 0);
            long value = number(lengths, 4);
            visitor.accept(read(at + 8, key).array(), read(at + 8 + key, value).array());
            at += 8 + key + value;
        }
    }
}

package org.postrider.maps;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// A constant database (cdb, at most 2 GB), mapped into memory; its file is replaced, never
/// changed. Any thread. Each offset is checked: damage is an IOException.
final class CdbFile {
    static final int HEADER = 2048;
    private static final int SEED = 5381;

    private final Path path;
    private final ByteBuffer file;

    private CdbFile(Path path, ByteBuffer file) {
        this.path = path;
        this.file = file;
    }

    static CdbFile open(Path path) throws IOException {
        try (FileChannel in = FileChannel.open(path, StandardOpenOption.READ)) {
            if (in.size() < HEADER || in.size() > Integer.MAX_VALUE) {
                throw new IOException(path + ": no cdb file: " + in.size() + " octets");
            }
            return new CdbFile(
                    path,
                    in.map(FileChannel.MapMode.READ_ONLY, 0, in.size())
                            .order(ByteOrder.LITTLE_ENDIAN));
        }
    }

    static int hash(byte[] key) {
        int h = SEED;
        for (byte b : key) {
            h = (h << 5) + h ^ (b & 0xff);
        }
        return h;
    }

    /// The first value of a key, null where there is none.
    byte @Nullable [] get(byte[] key) throws IOException {
        int h = hash(key);
        int table = (h & 0xff) * 8;
        long start = number(table);
        long slots = number(table + 4);
        if (slots == 0) {
            return null;
        }
        long slot = Integer.toUnsignedLong(h >>> 8) % slots;
        for (long tried = 0; tried < slots; tried++) {
            long at = start + 8 * slot;
            long record = number(at + 4);
            if (record == 0) {
                return null;
            }
            if ((int) number(at) == h && matches(record, key)) {
                return octets(record + 8 + key.length, number(record + 4));
            }
            slot = slot + 1 == slots ? 0 : slot + 1;
        }
        return null;
    }

    private long number(long at) throws IOException {
        if (at < 0 || at + 4 > file.limit()) {
            throw new IOException(path + ": damaged: an offset lies outside of the file");
        }
        return file.getInt((int) at) & 0xffffffffL;
    }

    private boolean matches(long record, byte[] key) throws IOException {
        if (number(record) != key.length || record + 8 + key.length > file.limit()) {
            return false;
        }
        for (int i = 0; i < key.length; i++) {
            if (file.get((int) record + 8 + i) != key[i]) {
                return false;
            }
        }
        return true;
    }

    private byte[] octets(long at, long length) throws IOException {
        if (at + length > file.limit()) {
            throw new IOException(path + ": damaged: a record lies outside of the file");
        }
        byte[] out = new byte[(int) length];
        file.get((int) at, out);
        return out;
    }

    /// Each record in the order in which it was written.
    void each(BiConsumer<byte[], byte[]> visitor) throws IOException {
        long end = file.limit();
        for (int i = 0; i < 256; i++) {
            end = Math.min(end, number(8L * i));
        }
        for (long at = HEADER; at + 8 <= end; ) {
            long keyLength = number(at);
            long valueLength = number(at + 4);
            visitor.accept(octets(at + 8, keyLength), octets(at + 8 + keyLength, valueLength));
            at += 8 + keyLength + valueLength;
        }
    }
}

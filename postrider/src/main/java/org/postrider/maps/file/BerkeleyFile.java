package org.postrider.maps.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import org.postrider.disk.Reading;

/// Reads an existing Berkeley DB hash or btree file, versions 4 and 5, by visiting its leaf pages;
/// no key is computed, none is written. Postfix stores keys and values with an octet 0 at the end.
///
/// Hostile input: every offset is checked, a page is visited once, a chain of overflow pages is no
/// longer than the file; damage is an IOException.
public final class BerkeleyFile {
    private static final int HASH_MAGIC = 0x061561;
    private static final int BTREE_MAGIC = 0x053162;
    private static final int HEADER = 26;
    private static final int LEAF_BTREE = 5;
    private static final int HASH_UNSORTED = 2;
    private static final int HASH_SORTED = 13;
    private static final int OVERFLOW = 7;
    private static final int CHECKSUMMED = 1;

    private final ByteBuffer file;
    private final Path path;
    private final int pageSize;
    private final boolean btree;

    private BerkeleyFile(Path path, ByteBuffer file) throws IOException {
        this.path = path;
        this.file = file;
        if (file.capacity() < 512) {
            throw damaged("too short");
        }
        file.order(ByteOrder.LITTLE_ENDIAN);
        int magic = file.getInt(12);
        if (magic != HASH_MAGIC && magic != BTREE_MAGIC) {
            file.order(ByteOrder.BIG_ENDIAN);
            magic = file.getInt(12);
        }
        if (magic != HASH_MAGIC && magic != BTREE_MAGIC) {
            throw damaged("unexpected file type or format");
        }
        btree = magic == BTREE_MAGIC;
        pageSize = file.getInt(20);
        if (pageSize < 512 || pageSize > 65536 || Integer.bitCount(pageSize) != 1) {
            throw damaged("bad page size " + pageSize);
        }
        int flags = file.getInt(48);
        if (file.get(24) != 0 || (file.get(26) & CHECKSUMMED) != 0) {
            throw damaged("encrypted or checksummed pages are not supported");
        }
        if ((flags & (btree ? 0x20 : 0x02)) != 0) {
            throw damaged("a file with several databases is not supported");
        }
    }

    /// @param each gets each key and value, the octet 0 at the end taken off
    public static void read(Path path, BiConsumer<byte[], byte[]> each) throws IOException {
        ByteBuffer file = ByteBuffer.wrap(Reading.octets(path, Reading.table()));
        try {
            new BerkeleyFile(path, file).pages(each);
        } catch (IndexOutOfBoundsException e) {
            throw new IOException(path + ": damaged: an item lies outside of its page", e);
        }
    }

    private IOException damaged(String why) {
        return new IOException(path + ": " + why);
    }

    private void pages(BiConsumer<byte[], byte[]> each) throws IOException {
        long last = file.getInt(32) & 0xffffffffL;
        for (long page = 1; page <= last; page++) {
            long at = page * pageSize;
            if (at + pageSize > file.limit()) {
                throw damaged("cut short");
            }
            int type = file.get((int) at + 25);
            if (btree ? type == LEAF_BTREE : type == HASH_UNSORTED || type == HASH_SORTED) {
                leaf((int) at, each);
            }
        }
    }

    private void leaf(int page, BiConsumer<byte[], byte[]> each) throws IOException {
        int entries = unsigned(page + 20);
        if (HEADER + 2 * entries > pageSize) {
            throw damaged("bad item count");
        }
        for (int i = 0; i + 1 < entries; i += 2) {
            byte[] key = item(page, i);
            byte[] value = item(page, i + 1);
            if (key.length > 0 || value.length > 0) {
                each.accept(IndexOctets.bare(key), IndexOctets.bare(value));
            }
        }
    }

    private int unsigned(int at) {
        return file.getShort(at) & 0xffff;
    }

    private byte[] item(int page, int index) throws IOException {
        int at = unsigned(page + HEADER + 2 * index);
        return btree ? btreeItem(page, at) : hashItem(page, index, at);
    }

    private byte[] hashItem(int page, int index, int at) throws IOException {
        int end = index == 0 ? pageSize : unsigned(page + HEADER + 2 * (index - 1));
        if (at < HEADER || at >= end || end > pageSize) {
            throw damaged("bad item offset");
        }
        return switch (file.get(page + at)) {
            case 1 -> octets(page + at + 1, end - at - 1);
            case 3 -> overflow(file.getInt(page + at + 4), file.getInt(page + at + 8));
            default -> throw damaged("duplicate keys are not supported");
        };
    }

    private byte[] btreeItem(int page, int at) throws IOException {
        if (at < HEADER || at + 3 > pageSize) {
            throw damaged("bad item offset");
        }
        int kind = file.get(page + at + 2);
        if (kind < 0) {
            return new byte[0];
        }
        return switch (kind) {
            case 1 -> {
                int length = unsigned(page + at);
                if (at + 3 + length > pageSize) {
                    throw damaged("bad item length");
                }
                yield octets(page + at + 3, length);
            }
            case 3 -> overflow(file.getInt(page + at + 4), file.getInt(page + at + 8));
            default -> throw damaged("duplicate keys are not supported");
        };
    }

    private byte[] octets(int at, int length) {
        byte[] out = new byte[length];
        file.get(at, out);
        return out;
    }

    private byte[] overflow(int first, int length) throws IOException {
        if (length < 0 || length > file.limit()) {
            throw damaged("bad overflow length");
        }
        byte[] out = new byte[length];
        int filled = 0;
        long page = first & 0xffffffffL;
        while (filled < length) {
            long at = page * pageSize;
            if (page == 0 || at + pageSize > file.limit()) {
                throw damaged("bad overflow page");
            }
            int here = unsigned((int) at + 22);
            if (file.get((int) at + 25) != OVERFLOW
                    || here == 0
                    || here > pageSize - HEADER
                    || filled + here > length) {
                throw damaged("bad overflow page");
            }
            file.get((int) at + HEADER, out, filled, here);
            filled += here;
            page = file.getInt((int) at + 16) & 0xffffffffL;
        }
        return out;
    }
}

package org.postrider.maps.file;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Makes a Berkeley DB hash file (version 9, as db 4.6 and later read and write it) of all its
/// entries at once. Small databases that others change, too, are written with it: Cyrus's user
/// database.
public final class BerkeleyWriter {
    private static final int PAGE = 4096;
    private static final int HEADER = 26;

    /// Larger items would need pages of their own.
    private static final int LARGEST_ITEM = PAGE / 4 - 1;

    private static final int MOST_BUCKETS = 1 << 16;
    private static final byte KEYDATA = 1;
    private static final byte HASH_META = 8;
    private static final byte HASH_PAGE = 13;
    private static final int SPARES = 32;

    /// What a reader proves the hash function by.
    private static final byte[] CHARKEY = "%$sniglet^&\0".getBytes(StandardCharsets.US_ASCII);

    private record Item(byte[] key, byte[] value) {
        int size() {
            return key.length + value.length + 2 * (1 + Short.BYTES);
        }
    }

    private BerkeleyWriter() {}

    /// @return the file's octets
    /// @throws IllegalArgumentException for a key or value of more than 1,023 octets, or more
    ///   entries than 65,536 pages hold
    public static byte[] hash(List<Map.Entry<byte[], byte[]>> entries) {
        List<Item> items = new ArrayList<>();
        for (Map.Entry<byte[], byte[]> e : entries) {
            if (e.getKey().length > LARGEST_ITEM || e.getValue().length > LARGEST_ITEM) {
                throw new IllegalArgumentException("a key or value is longer than " + LARGEST_ITEM);
            }
            items.add(new Item(e.getKey(), e.getValue()));
        }
        for (int buckets = 2; buckets <= MOST_BUCKETS; buckets *= 2) {
            List<List<Item>> spread = spread(items, buckets);
            if (spread.stream().allMatch(BerkeleyWriter::fits)) {
                return file(spread, items.size());
            }
        }
        throw new IllegalArgumentException("too many entries");
    }

    private static boolean fits(List<Item> bucket) {
        return HEADER + bucket.stream().mapToInt(Item::size).sum() <= PAGE;
    }

    private static List<List<Item>> spread(List<Item> items, int buckets) {
        List<List<Item>> out = new ArrayList<>();
        for (int i = 0; i < buckets; i++) {
            out.add(new ArrayList<>());
        }
        for (Item item : items) {
            out.get(hash(item.key()) & (buckets - 1)).add(item);
        }
        for (List<Item> bucket : out) {
            bucket.sort((a, b) -> Arrays.compareUnsigned(a.key(), b.key()));
        }
        return out;
    }

    /// Fowler, Noll and Vo's function, from 0.
    static int hash(byte[] key) {
        int h = 0;
        for (byte b : key) {
            h = h * 16777619 ^ (b & 0xff);
        }
        return h;
    }

    private static byte[] file(List<List<Item>> buckets, int count) {
        ByteBuffer out = ByteBuffer.allocate((buckets.size() + 1) * PAGE);
        out.order(ByteOrder.LITTLE_ENDIAN);
        meta(out, buckets.size(), count);
        for (int i = 0; i < buckets.size(); i++) {
            page(out, i + 1, buckets.get(i));
        }
        return out.array();
    }

    private static void meta(ByteBuffer out, int buckets, int count) {
        out.putInt(4, 1);
        out.putInt(12, 0x061561).putInt(16, 9).putInt(20, PAGE);
        out.put(25, HASH_META);
        out.putInt(32, buckets);
        byte[] id = new byte[20];
        new SecureRandom().nextBytes(id);
        out.put(52, id);
        out.putInt(72, buckets - 1).putInt(76, buckets - 1).putInt(80, buckets / 2 - 1);
        out.putInt(88, count).putInt(92, hash(CHARKEY));
        int doublings = Integer.numberOfTrailingZeros(buckets);
        for (int i = 0; i < SPARES; i++) {
            out.putInt(96 + 4 * i, i <= doublings ? 1 : 0);
        }
    }

    private static void page(ByteBuffer out, int number, List<Item> items) {
        int start = number * PAGE;
        out.putInt(start + 4, 1).putInt(start + 8, number);
        out.putShort(start + 20, (short) (2 * items.size()));
        out.put(start + 25, HASH_PAGE);
        int end = PAGE;
        int index = start + HEADER;
        for (Item item : items) {
            for (byte[] octets : List.of(item.key(), item.value())) {
                end -= 1 + octets.length;
                out.put(start + end, KEYDATA);
                out.put(start + end + 1, octets);
                out.putShort(index, (short) end);
                index += Short.BYTES;
            }
        }
        out.putShort(start + 22, (short) end);
    }
}

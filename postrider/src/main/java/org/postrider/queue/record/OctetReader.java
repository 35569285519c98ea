package org.postrider.queue.record;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Reads what [Octets] wrote. Every length is checked: damaged octets end in [BadRecordException],
/// never in a huge allocation.
public final class OctetReader {
    private final byte[] octets;
    private int at;
    private final int end;

    public OctetReader(byte[] octets, int offset, int length) {
        this.octets = octets;
        this.at = offset;
        this.end = offset + length;
    }

    public int u8() {
        need(1);
        return octets[at++] & 0xff;
    }

    public int i32() {
        need(4);
        int n =
                (octets[at] & 0xff) << 24
                        | (octets[at + 1] & 0xff) << 16
                        | (octets[at + 2] & 0xff) << 8
                        | octets[at + 3] & 0xff;
        at += 4;
        return n;
    }

    public long i64() {
        return (long) i32() << 32 | i32() & 0xffffffffL;
    }

    public String string() {
        String text = stringOrNull();
        if (text == null) {
            throw new BadRecordException("a string is missing");
        }
        return text;
    }

    public @Nullable String stringOrNull() {
        int n = i32();
        if (n == -1) {
            return null;
        }
        need(n);
        String text = new String(octets, at, n, StandardCharsets.ISO_8859_1);
        at += n;
        return text;
    }

    public byte[] bytes(int count) {
        need(count);
        byte[] out = java.util.Arrays.copyOfRange(octets, at, at + count);
        at += count;
        return out;
    }

    /// A reader of the next octets, which are skipped here.
    public OctetReader part(int count) {
        need(count);
        OctetReader out = new OctetReader(octets, at, count);
        at += count;
        return out;
    }

    /// A count that cannot be larger than the octets left.
    public int count() {
        return counted(i32());
    }

    /// A number that was read, if it may be a count.
    int counted(int n) {
        if (n < 0 || n > left()) {
            throw new BadRecordException("bad count " + n);
        }
        return n;
    }

    public int left() {
        return end - at;
    }

    private void need(int n) {
        if (n < 0 || n > end - at) {
            throw new BadRecordException("record ends early");
        }
    }

    /// Octets that are no record of ours.
    public static final class BadRecordException extends RuntimeException {
        private static final long serialVersionUID = 1;

        public BadRecordException(String message) {
            super(message);
        }
    }
}

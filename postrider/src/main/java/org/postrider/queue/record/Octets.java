package org.postrider.queue.record;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A growing octet buffer for records: big-endian numbers, length-prefixed strings.
public final class Octets {
    private byte[] octets;
    private int length;

    public Octets(int room) {
        octets = new byte[room];
    }

    public Octets u8(int n) {
        room(1);
        octets[length++] = (byte) n;
        return this;
    }

    public Octets i32(int n) {
        room(4);
        octets[length] = (byte) (n >>> 24);
        octets[length + 1] = (byte) (n >>> 16);
        octets[length + 2] = (byte) (n >>> 8);
        octets[length + 3] = (byte) n;
        length += 4;
        return this;
    }

    public Octets i64(long n) {
        return i32((int) (n >>> 32)).i32((int) n);
    }

    public Octets bytes(byte[] from, int offset, int count) {
        room(count);
        System.arraycopy(from, offset, octets, length, count);
        length += count;
        return this;
    }

    public Octets string(@Nullable String text) {
        if (text == null) {
            return i32(-1);
        }
        byte[] b = text.getBytes(StandardCharsets.ISO_8859_1);
        return i32(b.length).bytes(b, 0, b.length);
    }

    /// Puts a number where [#i32] left room.
    public void patch(int at, int n) {
        octets[at] = (byte) (n >>> 24);
        octets[at + 1] = (byte) (n >>> 16);
        octets[at + 2] = (byte) (n >>> 8);
        octets[at + 3] = (byte) n;
    }

    public int length() {
        return length;
    }

    public byte[] array() {
        return octets;
    }

    private void room(int more) {
        if (length + more > octets.length) {
            octets = java.util.Arrays.copyOf(octets, Math.max(octets.length * 2, length + more));
        }
    }
}

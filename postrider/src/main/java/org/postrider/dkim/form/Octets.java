package org.postrider.dkim.form;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Octets that grow. One thread.
public final class Octets {
    private byte[] b;
    private int length;

    public Octets(int expected) {
        b = new byte[Math.max(16, expected)];
    }

    /// The same octets again, to which others are added.
    public Octets(Octets as, int more) {
        b = Arrays.copyOf(as.b, as.length + more);
        length = as.length;
    }

    private void room(int count) {
        if (b.length - length < count) {
            b = Arrays.copyOf(b, Math.max(b.length * 2, length + count));
        }
    }

    public void put(byte octet) {
        room(1);
        b[length++] = octet;
    }

    public void put(byte[] from, int offset, int count) {
        room(count);
        System.arraycopy(from, offset, b, length, count);
        length += count;
    }

    public void put(String text) {
        byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
        put(octets, 0, octets.length);
    }

    /// Takes back what is behind the first octets.
    public void cut(int to) {
        length = to;
    }

    public int length() {
        return length;
    }

    public byte[] all() {
        return Arrays.copyOf(b, length);
    }
}

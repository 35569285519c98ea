package org.postrider.moving;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.postrider.disk.Disk;

/// The records of one of Postfix's queue files, one after the other: a type, a length (seven bits
/// an octet, the lowest first) and as many octets. Pointers are followed and padding is passed
/// over, so that what a filter changed is read in its place. One thread.
final class Records {
    /// Longer than any `line_length_limit` or header that Postfix writes.
    private static final int LONGEST = 8 << 20;

    private static final int BUFFER = 1 << 15;
    private static final int POINTER = 'p';
    private static final int PADDING = 'w';

    /// A file that is not what Postfix writes, or only a part of it.
    static final class DamagedException extends IOException {
        private static final long serialVersionUID = 1;

        DamagedException(String why) {
            super(why);
        }
    }

    private final Disk.File file;
    private final long size;
    private final byte[] buffer = new byte[BUFFER];
    private long base;
    private int filled;
    private long position;

    /// Each record has two octets at least, and none is read twice.
    private long budget;

    private int type;
    private int length;
    private long start;
    private long next;

    Records(Disk.File file) throws IOException {
        this.file = file;
        size = file.size();
        again(0);
    }

    /// Reads on from an offset that was read before.
    void again(long offset) {
        position = offset;
        next = offset;
        budget = size / 2 + 1;
    }

    /// Goes to the next record and returns its type.
    ///
    /// @throws DamagedException where there is none, or none that is whole
    int next() throws IOException {
        position = next;
        while (true) {
            if (budget-- <= 0) {
                throw new DamagedException("pointers without an end");
            }
            start = position;
            type = octet();
            length = length();
            next = position + length;
            if (type == POINTER) {
                follow();
            } else if (type == PADDING) {
                position = next;
            } else {
                return type;
            }
        }
    }

    private void follow() throws IOException {
        long to = number(text());
        if (to < 0 || to >= size) {
            throw new DamagedException("pointer to " + to + " of " + size + " octets");
        }
        position = to > 0 ? to : next;
    }

    /// Of the record just read.
    int type() {
        return type;
    }

    /// Where the record begins.
    long start() {
        return start;
    }

    /// Where the record after it begins.
    long end() {
        return next;
    }

    private int length() throws IOException {
        long n = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            int b = octet();
            n |= (long) (b & 0x7f) << shift;
            if ((b & 0x80) == 0) {
                if (n > size - position) {
                    throw new DamagedException("unexpected end of file");
                }
                if (n > LONGEST) {
                    throw new DamagedException("record of " + n + " octets");
                }
                return (int) n;
            }
        }
        throw new DamagedException("bad record length");
    }

    /// Of the record just read.
    int octets() {
        return length;
    }

    /// Puts the octets of the record just read into an array that is long enough.
    void read(byte[] into, int at) throws IOException {
        position = next - length;
        int done = 0;
        while (done < length) {
            if (position < base || position >= base + filled) {
                fill();
            }
            int from = (int) (position - base);
            int n = Math.min(length - done, filled - from);
            System.arraycopy(buffer, from, into, at + done, n);
            done += n;
            position += n;
        }
    }

    /// The octets of the record just read, one a character; none of them ends a line.
    String text() throws IOException {
        byte[] octets = new byte[length];
        read(octets, 0);
        for (byte b : octets) {
            if (b == '\n' || b == '\r' || b == 0) {
                throw new DamagedException("line end or NUL in the envelope");
            }
        }
        return new String(octets, StandardCharsets.ISO_8859_1);
    }

    static long number(String text) throws DamagedException {
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            throw new DamagedException("bad number: " + text.strip());
        }
    }

    static DamagedException unexpected(int type) {
        return new DamagedException(
                "unexpected record type " + (type > ' ' && type < 127 ? "" + (char) type : type));
    }

    private int octet() throws IOException {
        if (position < base || position >= base + filled) {
            fill();
        }
        return buffer[(int) (position++ - base)] & 0xff;
    }

    private void fill() throws IOException {
        base = position;
        filled = Math.max(0, file.read(ByteBuffer.wrap(buffer), position));
        if (filled == 0) {
            throw new DamagedException("unexpected end of file");
        }
    }
}

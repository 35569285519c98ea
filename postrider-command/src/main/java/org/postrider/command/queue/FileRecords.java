package org.postrider.command.queue;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The records of one of Postfix's queue files as they lie in it: a type, a length (seven bits an
/// octet, the lowest first) and as many octets. One thread.
final class FileRecords implements AutoCloseable {
    /// Longer than any line or header that Postfix writes.
    private static final int LONGEST = 8 << 20;

    private static final int CHUNK = 1 << 15;

    /// @param start offset in the file
    /// @param type a letter, else a number
    /// @param text one character an octet
    record One(long start, int type, String text) {}

    private final ReadableByteChannel in;
    private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK).flip();
    private long read;

    FileRecords(ReadableByteChannel in) {
        this.in = in;
    }

    /// The next one; null at the end of the file.
    ///
    /// @throws EOFException in Postfix's words where it ends within one
    @Nullable One next() throws IOException {
        long start = read - chunk.remaining();
        int type = octet();
        if (type < 0) {
            return null;
        }
        long length = 0;
        int more;
        int shift = 0;
        do {
            more = octet();
            if (more < 0 || shift > 28) {
                throw new EOFException("unexpected EOF reading length, record type " + type);
            }
            length |= (long) (more & 0x7f) << shift;
            shift += 7;
        } while (more > 0x7f);
        if (length > LONGEST) {
            throw new EOFException("illegal length " + length + ", record type " + type);
        }
        byte[] octets = new byte[(int) length];
        for (int i = 0; i < octets.length; i++) {
            int b = octet();
            if (b < 0) {
                throw new EOFException(
                        "unexpected EOF in data, record type " + type + " length " + length);
            }
            octets[i] = (byte) b;
        }
        return new One(start, type, new String(octets, StandardCharsets.ISO_8859_1));
    }

    /// Goes on at an offset.
    ///
    /// @return false where that is none of the file, or this is no file
    boolean seek(long offset) throws IOException {
        if (!(in instanceof FileChannel file) || offset < 0 || offset >= file.size()) {
            return false;
        }
        file.position(offset);
        read = offset;
        chunk.clear().flip();
        return true;
    }

    /// The type of the next record, -1 at the end of the file.
    int peek() throws IOException {
        int type = octet();
        if (type >= 0) {
            chunk.position(chunk.position() - 1);
        }
        return type;
    }

    /// Passes over the octets before an offset.
    void skip(long offset) throws IOException {
        if (in instanceof FileChannel file && file.size() > 0) {
            file.position(offset);
            read = offset;
            return;
        }
        for (long i = 0; i < offset && octet() >= 0; i++) {
            // Only a file can be sought in.
        }
    }

    private int octet() throws IOException {
        if (!chunk.hasRemaining()) {
            chunk.clear();
            int n = in.read(chunk);
            chunk.flip();
            if (n <= 0) {
                return -1;
            }
            read += n;
        }
        return chunk.get() & 0xff;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}

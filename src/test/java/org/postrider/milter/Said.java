package org.postrider.milter;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.postrider.io.Connection;
import org.postrider.io.DeadlineException;

/// What a milter says, known beforehand, in pieces of any size; then it hangs up, or is late.
final class Said implements Connection {
    private final byte[] octets;
    private final int piece;
    private final boolean late;
    private int at;
    final ByteArrayOutputStream heard = new ByteArrayOutputStream();
    boolean closed;

    /// Is met when it is told that the session is over.
    boolean bug;

    Said(byte[] octets, int piece, boolean late) {
        this.octets = octets;
        this.piece = piece;
        this.late = late;
    }

    @Override
    public void deadline(long millis) {}

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (at == octets.length) {
            if (late) {
                throw new DeadlineException("read");
            }
            return -1;
        }
        int n = Math.min(Math.min(length, piece), octets.length - at);
        System.arraycopy(octets, at, into, offset, n);
        at += n;
        return n;
    }

    @Override
    public void write(byte[] from, int offset, int length) {
        if (bug && from[offset + 4] == 'Q') {
            throw new IllegalStateException();
        }
        heard.write(from, offset, length);
    }

    @Override
    public void write(byte[] a, int aOffset, int aLength, byte[] b, int bOffset, int bLength) {
        write(a, aOffset, aLength);
        write(b, bOffset, bLength);
    }

    @Override
    public SocketAddress remote() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    }

    @Override
    public SocketAddress local() {
        return remote();
    }

    @Override
    public void close() {
        closed = true;
    }
}

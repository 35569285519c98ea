package org.postrider.smtpd;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import org.postrider.io.Connection;

/// What a client says, and what it hears.
record Script(ByteArrayInputStream in, ByteArrayOutputStream out) implements Connection {
    static Script of(String lines) {
        return new Script(
                new ByteArrayInputStream(lines.getBytes(StandardCharsets.ISO_8859_1)),
                new ByteArrayOutputStream());
    }

    @Override
    public void deadline(long millis) {}

    @Override
    public int read(byte[] into, int offset, int length) {
        return in.read(into, offset, length);
    }

    @Override
    public void write(byte[] from, int offset, int length) {
        out.write(from, offset, length);
    }

    @Override
    public void write(byte[] a, int aFrom, int aLength, byte[] b, int bFrom, int bLength)
            throws IOException {
        out.write(a, aFrom, aLength);
        out.write(b, bFrom, bLength);
    }

    @Override
    public SocketAddress remote() {
        try {
            return new InetSocketAddress(InetAddress.getByName("198.51.100.7"), 1025);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public SocketAddress local() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 25);
    }

    @Override
    public void close() {}
}

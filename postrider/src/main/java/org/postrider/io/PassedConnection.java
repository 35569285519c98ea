package org.postrider.io;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.attribute.UserPrincipal;
import org.jspecify.annotations.Nullable;

/// A connection that another service has taken and hands over: what that one has read of it comes
/// first, and who is at its ends is what that one has found out. Like the connection beneath, which
/// its closing closes.
public final class PassedConnection implements Connection {
    private final Connection beneath;
    private final SocketAddress remote;
    private final SocketAddress local;
    private byte @Nullable [] first;
    private int taken;

    /// @param first octets that have been read; kept, not copied
    public PassedConnection(
            Connection beneath, SocketAddress remote, SocketAddress local, byte[] first) {
        this.beneath = beneath;
        this.remote = remote;
        this.local = local;
        this.first = first.length == 0 ? null : first;
    }

    @Override
    public void deadline(long millis) {
        beneath.deadline(millis);
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        byte[] left = first;
        if (left == null) {
            return beneath.read(into, offset, length);
        }
        int n = Math.min(length, left.length - taken);
        System.arraycopy(left, taken, into, offset, n);
        taken += n;
        if (taken == left.length) {
            first = null;
        }
        return n;
    }

    @Override
    public int read(byte[] into, int offset, int length, long millis) throws IOException {
        return first == null
                ? beneath.read(into, offset, length, millis)
                : read(into, offset, length);
    }

    @Override
    public int available() throws IOException {
        byte[] left = first;
        return (left == null ? 0 : left.length - taken) + beneath.available();
    }

    @Override
    public int room() {
        return beneath.room();
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        beneath.write(from, offset, length);
    }

    @Override
    public void write(byte[] a, int aOffset, int aLength, byte[] b, int bOffset, int bLength)
            throws IOException {
        beneath.write(a, aOffset, aLength, b, bOffset, bLength);
    }

    @Override
    public long write(Octets from) throws IOException {
        return beneath.write(from);
    }

    @Override
    public void endOutput() {
        beneath.endOutput();
    }

    @Override
    public void idle(boolean now) {
        beneath.idle(now);
    }

    @Override
    public void end() {
        beneath.end();
    }

    @Override
    public SocketAddress remote() {
        return remote;
    }

    @Override
    public @Nullable UserPrincipal user() {
        return beneath.user();
    }

    @Override
    public SocketAddress local() {
        return local;
    }

    @Override
    public void close() {
        beneath.close();
    }
}

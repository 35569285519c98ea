package org.postrider.io;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.file.attribute.UserPrincipal;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/// A connection over a TCP or UNIX stream channel. The session's thread reads and writes; the
/// watchdog ends an operation past its deadline: a read by shutting the input (a last reply can
/// still be written), a write by closing.
public final class SocketConnection implements Connection, Watchdog.Watched {
    private static final int IDLE = 0;
    private static final int READING = 1;
    private static final int WRITING = 2;

    private final SocketChannel channel;
    private final Watchdog watchdog;
    private final SocketAddress remote;
    private final SocketAddress local;
    private volatile long deadlineNanos = Long.MAX_VALUE;
    private volatile int phase = IDLE;
    private volatile boolean expired;
    private volatile boolean idle;
    private volatile boolean ended;

    /// @param channel connected, blocking
    public SocketConnection(SocketChannel channel, Watchdog watchdog) throws IOException {
        this.channel = channel;
        this.watchdog = watchdog;
        this.remote = channel.getRemoteAddress();
        this.local = channel.getLocalAddress();
        watchdog.add(this);
    }

    @Override
    public void deadline(long millis) {
        deadlineNanos =
                millis == 0 ? Long.MAX_VALUE : watchdog.clock().nanos() + millis * 1_000_000L;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        phase = READING;
        try {
            if (idle && ended) {
                throw new EndedException();
            }
            int n = channel.read(ByteBuffer.wrap(into, offset, length));
            if (n < 0 && idle && ended) {
                throw new EndedException();
            }
            if (n < 0 && expired) {
                throw new DeadlineException("read");
            }
            return n;
        } catch (ClosedChannelException e) {
            throw closed(e);
        } finally {
            phase = IDLE;
        }
    }

    @Override
    public int read(byte[] into, int offset, int length, long millis) throws IOException {
        deadline(0);
        phase = READING;
        try {
            if (idle && ended) {
                throw new EndedException();
            }
            Socket socket = channel.socket();
            socket.setSoTimeout(Math.toIntExact(Math.min(millis, Integer.MAX_VALUE)));
            int n = socket.getInputStream().read(into, offset, length);
            if (n < 0 && idle && ended) {
                throw new EndedException();
            }
            return n;
        } catch (SocketTimeoutException e) {
            return 0;
        } finally {
            phase = IDLE;
        }
    }

    /// Linux counts its own bookkeeping in, and doubles what it was asked for.
    @Override
    public int room() {
        try {
            return Math.max(LEAST_ROOM, channel.getOption(StandardSocketOptions.SO_SNDBUF) / 2);
        } catch (IOException e) {
            return LEAST_ROOM;
        }
    }

    @Override
    public int available() throws IOException {
        boolean tcp = remote instanceof InetSocketAddress;
        return tcp ? channel.socket().getInputStream().available() : 0;
    }

    @Override
    public boolean quiet() {
        try {
            channel.configureBlocking(false);
            boolean nothing = channel.read(ByteBuffer.allocate(1)) == 0;
            channel.configureBlocking(true);
            return nothing;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        phase = WRITING;
        try {
            ByteBuffer buffer = ByteBuffer.wrap(from, offset, length);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } catch (ClosedChannelException e) {
            throw closed(e);
        } finally {
            phase = IDLE;
        }
    }

    @Override
    public void write(byte[] a, int aOffset, int aLength, byte[] b, int bOffset, int bLength)
            throws IOException {
        phase = WRITING;
        try {
            ByteBuffer[] both = {
                ByteBuffer.wrap(a, aOffset, aLength), ByteBuffer.wrap(b, bOffset, bLength)
            };
            long left = (long) aLength + bLength;
            while (left > 0) {
                left -= channel.write(both);
            }
        } catch (ClosedChannelException e) {
            throw closed(e);
        } finally {
            phase = IDLE;
        }
    }

    @Override
    public long write(Octets from) throws IOException {
        phase = WRITING;
        try {
            return from.transferTo(channel);
        } catch (ClosedChannelException e) {
            throw closed(e);
        } finally {
            phase = IDLE;
        }
    }

    @Override
    public void endOutput() {
        try {
            channel.shutdownOutput();
        } catch (IOException e) {
            close();
        }
    }

    @Override
    public void idle(boolean now) {
        idle = now;
    }

    @Override
    public void end() {
        ended = true;
        if (idle && phase == READING) {
            try {
                channel.shutdownInput();
            } catch (IOException e) {
                close();
            }
        }
    }

    private IOException closed(ClosedChannelException e) {
        return expired ? new DeadlineException("connection") : e;
    }

    @Override
    public void look(long nowNanos) {
        int doing = phase;
        if (doing == IDLE
                || expired
                || nowNanos - deadlineNanos < 0
                || deadlineNanos == Long.MAX_VALUE) {
            return;
        }
        expired = true;
        try {
            if (doing == READING) {
                channel.shutdownInput();
            } else {
                channel.close();
            }
        } catch (IOException e) {
            close();
        }
    }

    @Override
    public SocketAddress remote() {
        return remote;
    }

    @Override
    public @Nullable UserPrincipal user() {
        try {
            return remote instanceof UnixDomainSocketAddress
                    ? channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user()
                    : null;
        } catch (IOException | UnsupportedOperationException e) {
            return null;
        }
    }

    @Override
    public SocketAddress local() {
        return local;
    }

    @Override
    public void close() {
        watchdog.remove(this);
        try {
            channel.close();
        } catch (IOException e) {
            // nothing is left to be done for it
        }
    }
}

package org.postrider.io;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// Accepts connections and gives each a virtual thread. Running out of descriptors makes it wait,
/// not end. Beyond `limit` open sessions new ones wait in the kernel's queue.
public final class Listener implements AutoCloseable {
    private static final int BACKLOG = 1024;
    private static final long PAUSE_NANOS = 100_000_000L;

    private final ServerSocketChannel channel;
    private final Watchdog watchdog;
    private final Semaphore places;
    private final Semaphore shared;
    private final Consumer<Connection> session;
    private final Consumer<Exception> trouble;

    private Listener(
            ServerSocketChannel channel,
            Watchdog watchdog,
            int limit,
            Semaphore shared,
            Consumer<Connection> session,
            Consumer<Exception> trouble) {
        this.shared = shared;
        this.channel = channel;
        this.watchdog = watchdog;
        this.places = new Semaphore(limit == 0 ? Integer.MAX_VALUE : limit);
        this.session = session;
        this.trouble = trouble;
    }

    /// Binds and begins to accept.
    ///
    /// @param limit most sessions at a time, 0 for none
    /// @param shared places that several listeners have together; one more waits like one over the
    ///   limit
    /// @param session runs on a virtual thread of its own; the connection is closed behind it
    /// @param trouble told when accepting fails
    public static Listener open(
            SocketAddress at,
            Watchdog watchdog,
            int limit,
            Semaphore shared,
            Consumer<Connection> session,
            Consumer<Exception> trouble)
            throws IOException {
        boolean unix = at instanceof UnixDomainSocketAddress;
        ServerSocketChannel channel =
                unix
                        ? ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                        : ServerSocketChannel.open();
        try {
            if (!unix) {
                channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            }
            channel.bind(at, BACKLOG);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        Listener listener = new Listener(channel, watchdog, limit, shared, session, trouble);
        Thread.ofVirtual().name("listen " + at).start(listener::run);
        return listener;
    }

    /// The bound address; its port where 0 was asked for.
    public SocketAddress address() throws IOException {
        return channel.getLocalAddress();
    }

    private void run() {
        while (channel.isOpen()) {
            places.acquireUninterruptibly();
            shared.acquireUninterruptibly();
            boolean handed = false;
            try {
                SocketChannel accepted = channel.accept();
                handed = hand(accepted);
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                trouble.accept(e);
                LockSupport.parkNanos(PAUSE_NANOS);
            } finally {
                if (!handed) {
                    places.release();
                    shared.release();
                }
            }
        }
    }

    private boolean hand(SocketChannel accepted) throws IOException {
        Connection connection;
        try {
            if (accepted.getLocalAddress() instanceof InetSocketAddress) {
                accepted.setOption(StandardSocketOptions.TCP_NODELAY, true);
            }
            connection = new SocketConnection(accepted, watchdog);
        } catch (IOException e) {
            // gone before it was taken
            accepted.close();
            return false;
        }
        Thread.ofVirtual().start(() -> serve(connection));
        return true;
    }

    private void serve(Connection connection) {
        try (connection) {
            session.accept(connection);
        } finally {
            places.release();
            shared.release();
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            trouble.accept(e);
        }
    }
}

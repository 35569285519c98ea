package org.postrider.io;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.threads.Family;
import org.postrider.threads.Loop;
import org.postrider.threads.Work;

/// Accepts connections and gives each a virtual thread. Running out of descriptors makes it wait,
/// not end. Beyond `limit` open sessions new ones wait in the kernel's queue.
public final class Listener implements AutoCloseable {
    private static final int BACKLOG = 1024;
    private static final long PAUSE_NANOS = 100_000_000L;

    private final ServerSocketChannel channel;
    private final Watchdog watchdog;
    private final Service service;
    private final Places places;
    private final Loop loop;

    /// Held while the next client is waited for.
    private final Semaphore accepting = new Semaphore(1);

    /// What becomes of a connection.
    ///
    /// @param threads that sessions run on
    /// @param limit most sessions at a time, 0 for none
    /// @param shared places that several listeners have together; one more waits like one over the
    ///   limit
    /// @param session runs on a thread of its own; the connection is closed after it
    /// @param trouble told when accepting fails
    public record Service(
            Family threads,
            int limit,
            Semaphore shared,
            Consumer<Connection> session,
            Consumer<Exception> trouble) {}

    /// Places for sessions; fewer than there are sessions now come to be as those end.
    private static final class Places extends Semaphore {
        private static final long serialVersionUID = 1;

        private int most;

        Places(int limit) {
            super(unlimited(limit));
            most = unlimited(limit);
        }

        private static int unlimited(int limit) {
            return limit == 0 ? Integer.MAX_VALUE : limit;
        }

        synchronized void limit(int limit) {
            int more = unlimited(limit) - most;
            most += more;
            if (more > 0) {
                release(more);
            } else {
                reducePermits(-more);
            }
        }
    }

    private Listener(String name, ServerSocketChannel channel, Watchdog watchdog, Service service) {
        this.channel = channel;
        this.watchdog = watchdog;
        this.service = service;
        places = new Places(service.limit());
        loop = watchdog.threads().loop(work(name), this::step);
    }

    private static Work work(String name) {
        return Work.of("listen " + name, "accepts connections").waiting();
    }

    /// Binds and begins to accept.
    ///
    /// @param name of the place, for the thread table
    public static Listener open(SocketAddress at, String name, Watchdog watchdog, Service service)
            throws IOException {
        Connector.Sockets.fits(at);
        boolean unix = at instanceof UnixDomainSocketAddress;
        ServerSocketChannel channel = channel(at);
        try {
            if (!unix) {
                channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            }
            channel.bind(at, BACKLOG);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        Listener listener = new Listener(name, channel, watchdog, service);
        listener.loop.start();
        return listener;
    }

    /// 0.0.0.0 is IPv4 alone: a socket of both families would be bound to `::` for it.
    private static ServerSocketChannel channel(SocketAddress at) throws IOException {
        if (at instanceof UnixDomainSocketAddress) {
            return ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        }
        boolean four = at instanceof InetSocketAddress i && i.getAddress() instanceof Inet4Address;
        return four
                ? ServerSocketChannel.open(StandardProtocolFamily.INET)
                : ServerSocketChannel.open();
    }

    /// Another limit of sessions, 0 for none. Nobody's session is ended for it, and one client more
    /// may be let in that the old limit had a place for.
    public void limit(int limit) {
        places.limit(limit);
    }

    /// The bound address; its port if 0 was asked for.
    public SocketAddress address() throws IOException {
        return channel.getLocalAddress();
    }

    /// One connection, from waiting for a place to handing it over.
    private long step() {
        places.acquireUninterruptibly();
        boolean handed = false;
        try {
            service.shared().acquireUninterruptibly();
            try {
                Connection connection = accepted();
                // From here on the session gives the places back.
                handed = connection != null;
                if (connection != null) {
                    service.threads()
                            .start(
                                    () -> service.session().accept(connection),
                                    () -> over(connection));
                }
            } finally {
                if (!handed) {
                    service.shared().release();
                }
            }
        } catch (ClosedChannelException e) {
            loop.close();
        } catch (IOException e) {
            service.trouble().accept(e);
            return PAUSE_NANOS;
        } finally {
            if (!handed) {
                places.release();
            }
        }
        return 0;
    }

    /// @return null if it was gone before it was taken
    private @Nullable Connection accepted() throws IOException {
        SocketChannel accepted;
        accepting.acquireUninterruptibly();
        try {
            accepted = channel.accept();
        } finally {
            accepting.release();
        }
        boolean good = false;
        try {
            if (accepted.getLocalAddress() instanceof InetSocketAddress) {
                accepted.setOption(StandardSocketOptions.TCP_NODELAY, true);
            }
            Connection made = new SocketConnection(accepted, watchdog);
            good = true;
            return made;
        } catch (IOException e) {
            return null;
        } finally {
            if (!good) {
                accepted.close();
            }
        }
    }

    private void over(Connection connection) {
        try (connection) {
            places.release();
        } finally {
            service.shared().release();
        }
    }

    /// From its return on nobody connects any more, and the address is free.
    @Override
    public void close() {
        loop.close();
        try {
            channel.close();
            // The system's socket lives until whoever waits in it has woken.
            accepting.acquireUninterruptibly();
            accepting.release();
        } catch (IOException e) {
            service.trouble().accept(e);
        }
    }
}

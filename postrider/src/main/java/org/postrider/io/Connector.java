package org.postrider.io;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Makes outgoing connections. Any thread; blocking.
public interface Connector {
    /// @param bindTo the local address, null for any
    /// @param timeoutMillis 0 for the system's own
    /// @throws DeadlineException when it took too long
    Connection connect(SocketAddress to, @Nullable InetAddress bindTo, long timeoutMillis)
            throws IOException;

    /// Over real sockets.
    static Connector sockets(Watchdog watchdog) {
        return (to, bindTo, timeoutMillis) -> Sockets.connect(watchdog, to, bindTo, timeoutMillis);
    }

    /// The real ones.
    final class Sockets {
        /// Octets of a UNIX socket's path in the system's tables, a 0 at its end among them.
        private static final int LONGEST_PATH = 108;

        private Sockets() {}

        /// In Postfix's words.
        ///
        /// @throws SocketException for the path of a UNIX socket that is too long
        static void fits(SocketAddress at) throws SocketException {
            if (at instanceof UnixDomainSocketAddress unix) {
                String path = unix.getPath().toString();
                if (path.getBytes(StandardCharsets.UTF_8).length >= LONGEST_PATH) {
                    throw new SocketException("unix-domain name too long: " + path);
                }
            }
        }

        static Connection connect(
                Watchdog watchdog,
                SocketAddress to,
                @Nullable InetAddress bindTo,
                long timeoutMillis)
                throws IOException {
            fits(to);
            SocketChannel channel =
                    to instanceof UnixDomainSocketAddress
                            ? SocketChannel.open(StandardProtocolFamily.UNIX)
                            : SocketChannel.open();
            Limit limit = new Limit(channel, watchdog, timeoutMillis);
            Connection made = null;
            try {
                limit.begin();
                if (bindTo != null) {
                    channel.bind(new InetSocketAddress(bindTo, 0));
                }
                if (to instanceof InetSocketAddress) {
                    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                }
                channel.connect(to);
                made = new SocketConnection(channel, watchdog);
                return made;
            } catch (IOException e) {
                throw limit.passed ? new DeadlineException("connect") : e;
            } finally {
                watchdog.remove(limit);
                if (made == null) {
                    // Also for an address of a family that this system has not.
                    channel.close();
                }
            }
        }

        /// Closes a channel that does not connect in time.
        private static final class Limit implements Watchdog.Watched {
            private final SocketChannel channel;
            private final Watchdog watchdog;
            private final long timeoutMillis;
            private final long untilNanos;
            private volatile boolean passed;

            Limit(SocketChannel channel, Watchdog watchdog, long timeoutMillis) {
                this.channel = channel;
                this.watchdog = watchdog;
                this.timeoutMillis = timeoutMillis;
                untilNanos = watchdog.clock().nanos() + timeoutMillis * 1_000_000L;
            }

            void begin() {
                if (timeoutMillis > 0) {
                    watchdog.add(this);
                }
            }

            @Override
            public void look(long nowNanos) {
                if (nowNanos - untilNanos >= 0 && !passed) {
                    passed = true;
                    try {
                        channel.close();
                    } catch (IOException e) {
                        // the connecting thread sees what there is to see
                    }
                }
            }
        }
    }
}

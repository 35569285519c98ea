package org.postrider.io;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.threads.Supervisor;

/// Where another program listens, as settings name it: `host:port`, or a UNIX socket's path. A host
/// is looked up at each connect. Immutable; any thread.
///
/// @param endpoint as it is written, without `inet:` or `unix:`
/// @param socket of a UNIX socket; null for TCP
/// @param host empty for this one
/// @param port 0 to 65535; unused for a UNIX socket
public record ServiceAddress(String endpoint, @Nullable Path socket, String host, int port) {
    private static final int MOST_PORT = 65_535;

    /// `host:port`, `[address]:port` or a port alone.
    ///
    /// @return null where it is none of them
    public static @Nullable ServiceAddress inet(String endpoint) {
        int colon = endpoint.lastIndexOf(':');
        String port = endpoint.substring(colon + 1);
        if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > MOST_PORT) {
            return null;
        }
        String host = colon < 0 ? "" : endpoint.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        return new ServiceAddress(endpoint, null, host, Integer.parseInt(port));
    }

    /// A path, below the queue directory where it is not absolute.
    ///
    /// @param chrooted an absolute path is looked up below the queue directory, too
    /// @return null where it is no path
    public static @Nullable ServiceAddress unix(String path, Path queue, boolean chrooted) {
        try {
            String within = chrooted ? path.replaceFirst("^/+", "") : path;
            return path.isEmpty()
                    ? null
                    : new ServiceAddress(path, queue.resolve(within).normalize(), "", 0);
        } catch (InvalidPathException e) {
            return null;
        }
    }

    /// Tries each address of the host in turn.
    ///
    /// @param timeoutMillis for each
    /// @throws UnknownHostException with the resolver's words where there is no such host
    public Connection connect(Connector connector, long timeoutMillis) throws IOException {
        IOException last = new SocketException("Cannot assign requested address");
        for (SocketAddress each : addresses(timeoutMillis)) {
            try {
                return connector.connect(each, null, timeoutMillis);
            } catch (IOException e) {
                last = e;
            }
        }
        throw last;
    }

    private List<SocketAddress> addresses(long timeoutMillis) throws UnknownHostException {
        if (socket != null) {
            return List.of(UnixDomainSocketAddress.of(socket));
        }
        List<SocketAddress> out = new ArrayList<>();
        for (InetAddress each : hosts(timeoutMillis)) {
            out.add(new InetSocketAddress(each, port));
        }
        return out;
    }

    private List<InetAddress> hosts(long timeoutMillis) throws UnknownHostException {
        try {
            return host.isEmpty()
                    ? List.of(InetAddress.getLoopbackAddress())
                    : List.of(InetAddress.ofLiteral(host));
        } catch (IllegalArgumentException e) {
            // A name, which may hold a thread of the system.
        }
        try {
            return Supervisor.named(
                    host, () -> List.of(InetAddress.getAllByName(host)), timeoutMillis);
        } catch (UnknownHostException e) {
            throw e;
        } catch (Exception e) {
            throw new UnknownHostException(host);
        }
    }
}

package org.postrider.peer;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.config.Param;
import org.postrider.config.Settings;
import org.postrider.io.Connection;
import org.postrider.io.PassedConnection;

/// Where a client is: at the other end of the connection, or where a proxy in front of us says.
///
/// @param complaint why the proxy is not believed, for the log; null where there is nothing wrong
/// @param local where the client has connected to, if a proxy says it; null where the connection
///   knows
public record Endpoint(
        InetAddress address,
        int port,
        @Nullable String complaint,
        @Nullable InetSocketAddress local) {
    /// The proxy in front of a service (smtpd_upstream_proxy_protocol).
    public record Upstream(long timeoutMillis, boolean ipv4, boolean ipv6) {
        /// Null where there is none.
        ///
        /// @throws ConfigException for a protocol that is not known
        public static @Nullable Upstream of(Settings settings) {
            return of(
                    settings,
                    PeerParams.UPSTREAM_PROXY_PROTOCOL,
                    PeerParams.UPSTREAM_PROXY_TIMEOUT);
        }

        /// The same by other parameters.
        public static @Nullable Upstream of(
                Settings settings, Param<String> named, Param<Duration> timeout) {
            String protocol = settings.get(named);
            if (protocol.isEmpty()) {
                return null;
            }
            if (!protocol.equals("haproxy")) {
                throw new ConfigException("unsupported " + named.name() + " value: " + protocol);
            }
            var spoken = settings.get(PeerParams.INET_PROTOCOLS);
            boolean all = spoken.contains("all");
            return new Upstream(
                    settings.get(timeout).toMillis(),
                    all || spoken.contains("ipv4"),
                    all || spoken.contains("ipv6"));
        }
    }

    /// Reads the proxy's header first, if there is a proxy; blocks its caller. A client that
    /// another service hands over comes without a header: that one has read it.
    public static Endpoint of(Connection connection, @Nullable Upstream upstream) {
        InetAddress address = InetAddress.getLoopbackAddress();
        int port = 0;
        if (connection.remote() instanceof InetSocketAddress a) {
            address = a.getAddress();
            port = a.getPort();
        }
        if (upstream == null || connection instanceof PassedConnection) {
            return new Endpoint(address, port, null, null);
        }
        return switch (ProxyHeader.read(
                connection, upstream.timeoutMillis(), upstream.ipv4(), upstream.ipv6())) {
            case ProxyHeader.Proxied p -> new Endpoint(p.client(), p.port(), null, p.server());
            case ProxyHeader.Local _ -> new Endpoint(address, port, null, null);
            case ProxyHeader.Bad b -> new Endpoint(address, port, "haproxy read: " + b.why(), null);
        };
    }
}

package org.postrider.peer;

import java.time.Duration;
import java.util.List;
import org.postrider.config.Param;
import org.postrider.config.Settings;

/// What the administrator can set about who a client is.
public final class PeerParams {
    public static final Param<List<String>> INET_PROTOCOLS =
            Param.list("inet_protocols", "all", "The internet protocols that are used.");
    public static final Param<String> UPSTREAM_PROXY_PROTOCOL =
            Param.string(
                    "smtpd_upstream_proxy_protocol",
                    "",
                    "With haproxy a proxy says for each connection who the client is (PROXY v1,"
                            + " v2).");
    public static final Param<Duration> UPSTREAM_PROXY_TIMEOUT =
            Param.time(
                    "smtpd_upstream_proxy_timeout",
                    "5s",
                    1,
                    0,
                    "How long a proxy may take to say it.");

    public static final Param<List<String>> DEBUG_PEER_LIST =
            Param.list(
                    "debug_peer_list",
                    "",
                    "Clients and servers, by name, address or block, with which each line that is"
                            + " said is logged.");

    private PeerParams() {}

    /// Whether IPv4 is spoken here.
    public static boolean ipv4(Settings settings) {
        List<String> protocols = settings.get(INET_PROTOCOLS);
        return protocols.contains("all") || protocols.contains("ipv4");
    }

    /// Whether IPv6 is spoken here.
    public static boolean ipv6(Settings settings) {
        List<String> protocols = settings.get(INET_PROTOCOLS);
        return protocols.contains("all") || protocols.contains("ipv6");
    }
}

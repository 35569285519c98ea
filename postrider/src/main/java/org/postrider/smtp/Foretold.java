package org.postrider.smtp;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import org.postrider.config.Settings;
import org.postrider.dns.Resolver;
import org.postrider.io.Connector;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.maps.Tables;
import org.postrider.smtp.probe.Preview;
import org.postrider.time.Clock;

/// Where a client would take mail for a next hop, and what it would ask of TLS there, by the very
/// routes and policies that mail goes by; and why a server could not be verified. Blocking, one
/// thread.
public final class Foretold {
    /// One destination of a next hop.
    ///
    /// @param destination as it is written
    /// @param servers in the order in which they would be tried
    /// @param trouble why there are none; empty if there are some
    public record Hop(String destination, List<Stop> servers, String trouble) {}

    /// @param server `name[address]:port`
    /// @param tls the level of TLS and what the server has to prove, or why mail would wait
    public record Stop(String server, String tls) {}

    /// What leads there.
    ///
    /// @param own the addresses of this machine
    public record Means(Resolver dns, Set<InetAddress> own, Clock clock, MailLog log, LogTag tag) {}

    private Foretold() {}

    /// Something about a certificate.
    ///
    /// @param parameters that say so; empty where the server does
    public record Finding(String text, List<String> parameters) {}

    /// Nobody is connected to. Policies of MTA-STS, which the running server fetches and keeps, are
    /// left out.
    ///
    /// @param settings of the client's line of master.cf
    /// @throws org.postrider.config.ConfigException for a setting that cannot be used
    public static List<Hop> of(
            Settings settings, Protocol protocol, Tables tables, String nexthop, Means means) {
        return new Preview(new ClientSettings(settings, protocol), tables, means).of(nexthop);
    }

    /// Why a server's certificate is not verified: it is connected to, once, for some seconds at
    /// most, and told are its certificate, what was wanted of it, and what says so. Policies of
    /// MTA-STS are left out.
    ///
    /// @param server as [Stop#server]
    /// @throws org.postrider.config.ConfigException for a setting that cannot be used
    public static List<Finding> unverified(
            ClientSettings settings,
            Tables tables,
            String nexthop,
            String server,
            Means means,
            Connector connector) {
        return new Preview(settings, tables, means).unverified(nexthop, server, connector);
    }
}

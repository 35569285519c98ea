package org.postrider.smtp.probe;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.postrider.config.ConfigParams;
import org.postrider.config.ServicePorts;
import org.postrider.dns.Resolver;
import org.postrider.maps.Tables;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.Foretold;
import org.postrider.smtp.policy.TlsAnswer;
import org.postrider.smtp.policy.TlsLevel;
import org.postrider.smtp.policy.TlsPolicies;
import org.postrider.smtp.policy.TlsPolicy;
import org.postrider.smtp.route.Destination;
import org.postrider.smtp.route.Lookups;
import org.postrider.smtp.route.Route;
import org.postrider.smtp.route.Server;
import org.postrider.smtp.route.Sockets;

/// The servers of a next hop and the TLS policy for each, without a connection. One thread.
public final class Preview {
    /// Servers that are shown of one destination.
    private static final int MOST = 10;

    private final ClientSettings settings;
    private final Foretold.Means means;
    private final Route route;
    private final TlsPolicies policies;

    public Preview(ClientSettings settings, Tables tables, Foretold.Means means) {
        this.settings = settings;
        this.means = means;
        Resolver dns = Lookups.of(means.dns(), settings, tables, means.log(), means.tag());
        String name = settings.get(ConfigParams.MYHOSTNAME);
        Path queue = Path.of(String.valueOf(settings.text("queue_directory")));
        route =
                new Route(
                        settings,
                        tables,
                        new Route.Means(
                                dns,
                                new CallersThread(),
                                means.own(),
                                new Sockets(name, queue, false)),
                        means.log());
        policies =
                new TlsPolicies(
                        settings,
                        tables,
                        dns,
                        means.clock(),
                        text -> means.log().warning(means.tag(), text));
    }

    public List<Foretold.Hop> of(String nexthop) {
        List<Foretold.Hop> out = new ArrayList<>();
        ServicePorts ports = ServicePorts.of(settings.all());
        for (Destination to : Destination.parse(nexthop, ports, settings.protocol())) {
            if (to.port() < 0) {
                String unknown = "unknown service: " + to.service() + "/tcp";
                out.add(new Foretold.Hop(to.text(), List.of(), unknown));
                continue;
            }
            switch (route.find(to, means.tag())) {
                case Route.Found.None none ->
                        out.add(new Foretold.Hop(to.text(), List.of(), none.text()));
                case Route.Found.Servers found -> out.add(hop(to, found.servers()));
            }
        }
        return out;
    }

    private Foretold.Hop hop(Destination to, List<Server> servers) {
        List<Foretold.Stop> stops = new ArrayList<>();
        for (Server server : servers.subList(0, Math.min(MOST, servers.size()))) {
            stops.add(new Foretold.Stop(server.labelWithPort(), tls(policies.of(to, server))));
        }
        return new Foretold.Hop(to.text(), stops, stops.isEmpty() ? "no servers" : "");
    }

    private static String tls(TlsAnswer answer) {
        return switch (answer) {
            case TlsAnswer.Wait wait -> "mail waits: " + wait.warning();
            case TlsAnswer.Go go -> level(go.policy());
        };
    }

    private static String level(TlsPolicy policy) {
        TlsLevel level = policy.level();
        String sni = policy.serverName().isEmpty() ? "" : ", servername=" + policy.serverName();
        return "level "
                + level.word()
                + (level.verifies() ? ": the server has to prove who it is" : "")
                + sni;
    }
}

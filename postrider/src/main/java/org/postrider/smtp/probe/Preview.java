package org.postrider.smtp.probe;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.postrider.config.ConfigParams;
import org.postrider.config.ServicePorts;
import org.postrider.dns.Resolver;
import org.postrider.io.Connector;
import org.postrider.maps.Tables;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.Foretold;
import org.postrider.smtp.SmtpTlsParams;
import org.postrider.smtp.policy.TlsAnswer;
import org.postrider.smtp.policy.TlsLevel;
import org.postrider.smtp.policy.TlsPolicies;
import org.postrider.smtp.policy.TlsPolicy;
import org.postrider.smtp.route.Destination;
import org.postrider.smtp.route.Lookups;
import org.postrider.smtp.route.Route;
import org.postrider.smtp.route.Server;
import org.postrider.smtp.route.Sockets;

/// The servers of a next hop and the TLS policy for each, without a connection; and what one of
/// them shows that could not be verified, with one. One thread.
public final class Preview {
    /// Servers that are shown of one destination.
    private static final int MOST = 10;

    private final ClientSettings settings;
    private final Tables tables;
    private final Resolver dns;
    private final Foretold.Means means;
    private final Route route;
    private final TlsPolicies policies;

    public Preview(ClientSettings settings, Tables tables, Foretold.Means means) {
        this.settings = settings;
        this.tables = tables;
        this.means = means;
        dns = Lookups.of(means.dns(), settings, tables, means.log(), means.tag());
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
        policies = policies(settings);
    }

    private TlsPolicies policies(ClientSettings by) {
        return new TlsPolicies(
                by, tables, dns, means.clock(), text -> means.log().warning(means.tag(), text));
    }

    public List<Foretold.Hop> of(String nexthop) {
        List<Foretold.Hop> out = new ArrayList<>();
        ServicePorts ports = ServicePorts.of(settings.all());
        for (Destination to : Destination.parse(nexthop, ports, settings.protocol())) {
            String fault = to.fault();
            if (fault != null) {
                out.add(new Foretold.Hop(to.text(), List.of(), fault));
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

    /// @param label as a [Foretold.Stop] names a server
    public List<Foretold.Finding> unverified(String nexthop, String label, Connector connector) {
        ServicePorts ports = ServicePorts.of(settings.all());
        for (Destination to : Destination.parse(nexthop, ports, settings.protocol())) {
            if (to.fault() == null
                    && route.find(to, means.tag()) instanceof Route.Found.Servers found) {
                for (Server server : found.servers()) {
                    if (server.labelWithPort().equals(label)) {
                        return unverified(to, server, connector);
                    }
                }
            }
        }
        return List.of(
                new Foretold.Finding("mail would not go to " + label + " any more", List.of()));
    }

    private List<Foretold.Finding> unverified(Destination to, Server server, Connector connector) {
        return switch (policies.of(to, server)) {
            case TlsAnswer.Wait wait ->
                    List.of(new Foretold.Finding("mail waits: " + wait.warning(), List.of()));
            case TlsAnswer.Go go ->
                    new Verification(settings, tables, means, connector)
                            .of(
                                    server,
                                    go.policy(),
                                    policies.client(go.policy()),
                                    byTable(to, server, go));
        };
    }

    /// Whether it would be otherwise without the tables.
    private boolean byTable(Destination to, Server server, TlsAnswer.Go go) {
        Map<String, String> none = new HashMap<>();
        none.put(settings.name(SmtpTlsParams.POLICY_MAPS), "");
        none.put(settings.name(SmtpTlsParams.PER_SITE), "");
        ClientSettings without = new ClientSettings(settings.all().with(none), settings.protocol());
        return !(policies(without).of(to, server) instanceof TlsAnswer.Go other)
                || !other.policy().equals(go.policy());
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

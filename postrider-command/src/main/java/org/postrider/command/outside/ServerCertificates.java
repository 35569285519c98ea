package org.postrider.command.outside;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.command.heard.Where;
import org.postrider.config.ConfigException;
import org.postrider.dns.Resolver;
import org.postrider.io.Connector;
import org.postrider.log.Event;
import org.postrider.log.LogTag;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.master.Configuration;
import org.postrider.master.Service;
import org.postrider.rewrite.Resolved;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.Foretold;
import org.postrider.smtp.Protocol;
import org.postrider.time.Clock;

/// Why mail waits for a server whose certificate could not be verified: the server is asked for it
/// now. Each is asked once, and few of them. One thread.
public final class ServerCertificates {
    private static final String REASON = "Server certificate not verified";
    private static final int MOST = 3;

    private final Configuration configuration;
    private final Tables tables;
    private final Resolver dns;
    private final Connector connector;
    private final Clock clock;
    private final Set<String> asked = new HashSet<>();

    public ServerCertificates(
            Configuration configuration,
            Tables tables,
            Resolver dns,
            Connector connector,
            Clock clock) {
        this.configuration = configuration;
        this.tables = tables;
        this.dns = dns;
        this.connector = connector;
        this.clock = clock;
    }

    /// @param reason why a recipient is owed
    /// @param route where it would go now
    /// @param server who was asked
    /// @return lines; none where the reason is another, or the route is no SMTP now
    public List<String> of(String reason, Resolved route, String server) {
        Service service = service(route.transport());
        if (!reason.contains(REASON) || service == null) {
            return List.of();
        }
        String key = route.transport() + ":" + route.nexthop() + " " + server;
        if (asked.contains(key)) {
            return List.of(server + ": as above");
        }
        if (asked.size() == MOST) {
            return List.of(server + ": not asked, " + MOST + " others were");
        }
        asked.add(key);
        return found(service, route, server);
    }

    private List<String> found(Service service, Resolved route, String server) {
        Protocol protocol = service.program().name().equals("lmtp") ? Protocol.LMTP : Protocol.SMTP;
        List<String> said = new ArrayList<>();
        Foretold.Means means =
                new Foretold.Means(
                        dns,
                        configuration.ownAddresses(),
                        clock,
                        (_, event) -> {
                            if (event instanceof Event.Text text) {
                                said.add(text.text());
                            }
                        },
                        new LogTag(service.tag(), ProcessHandle.current().pid()));
        List<String> out = new ArrayList<>();
        out.add(server + " was asked for its certificate now:");
        try {
            Where where = new Where(service.settings());
            Foretold.unverified(
                            new ClientSettings(service.settings(), protocol),
                            tables,
                            route.nexthop(),
                            server,
                            means,
                            connector)
                    .forEach(each -> out.add("  " + shown(each, where)));
        } catch (ConfigException | TableException e) {
            out.add("  it cannot be found out: " + e.getMessage());
        }
        said.forEach(text -> out.add("  " + text));
        return out;
    }

    private static String shown(Foretold.Finding finding, Where where) {
        List<String> places = new ArrayList<>();
        for (String each : finding.parameters()) {
            places.add(each + ": " + where.of(each));
        }
        return finding.text() + (places.isEmpty() ? "" : " (" + String.join("; ", places) + ")");
    }

    private @Nullable Service service(String transport) {
        for (Service each : configuration.services()) {
            String program = each.program().name();
            if (each.name().equals(transport)
                    && (program.equals("smtp") || program.equals("lmtp"))) {
                return each;
            }
        }
        return null;
    }
}

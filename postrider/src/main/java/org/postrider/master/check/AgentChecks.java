package org.postrider.master.check;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.postrider.config.ConfigException;
import org.postrider.config.Settings;
import org.postrider.master.Configuration;
import org.postrider.master.Program;
import org.postrider.master.Service;

/// Delivery agents whose mail would wait. A distribution's master.cf has lines for users that few
/// machines have, and Postfix says nothing of them until mail comes there. So one that a setting
/// names as a transport has a line of its own; all others share one line, as an entry of a table
/// may still name them.
final class AgentChecks {
    /// A transport, and the domains without which nothing goes there.
    private record Route(String transport, String domains) {}

    private static final List<Route> ROUTES =
            List.of(
                    new Route("default_transport", ""),
                    new Route("relay_transport", "relay_domains"),
                    new Route("local_transport", "mydestination"),
                    new Route("virtual_transport", "virtual_mailbox_domains"),
                    new Route("mailbox_transport", "mydestination"),
                    new Route("fallback_transport", "mydestination"),
                    new Route("content_filter", ""));

    /// Where an `inline:` table, or a static one, names transports in main.cf itself.
    private static final List<String> TABLES =
            List.of(
                    "transport_maps",
                    "sender_dependent_default_transport_maps",
                    "mailbox_transport_maps",
                    "fallback_transport_maps");

    private final Set<String> routed = new HashSet<>();
    private final List<String> out = new ArrayList<>();
    private final TreeSet<Integer> lines = new TreeSet<>();
    private final Set<String> unrouted = new LinkedHashSet<>();

    private AgentChecks(Configuration configuration) {
        routes(configuration.settings());
        configuration.services().forEach(each -> routes(each.settings()));
        configuration.services().forEach(this::service);
        if (!unrouted.isEmpty()) {
            out.add(
                    configuration.masterCf().file()
                            + ", "
                            + NotHonoured.numbers(lines)
                            + ": no setting routes mail to these services, and what a table"
                            + " routes there would wait: "
                            + String.join(", ", unrouted));
        }
    }

    static List<String> all(Configuration configuration) {
        return new AgentChecks(configuration).out;
    }

    private void routes(Settings settings) {
        for (Route each : ROUTES) {
            if (each.domains().isEmpty() || !text(settings, each.domains()).isBlank()) {
                String value = text(settings, each.transport()).strip();
                routed.add(value.substring(0, end(value)));
            }
        }
        for (String table : TABLES) {
            for (String word : text(settings, table).split("[\\s,{}=]+")) {
                routed.add(word.substring(0, end(word)));
                // as in static:maildrop:nexthop
                String behind = word.substring(Math.min(word.length(), end(word) + 1));
                routed.add(behind.substring(0, end(behind)));
            }
        }
    }

    private static int end(String value) {
        int colon = value.indexOf(':');
        return colon < 0 ? value.length() : colon;
    }

    /// Nothing for a value that cannot be read: that stops the start by itself.
    private static String text(Settings settings, String parameter) {
        try {
            String value = settings.text(parameter);
            return value == null ? "" : value;
        } catch (ConfigException e) {
            return "";
        }
    }

    private void service(Service service) {
        if (!(service.program().kind() instanceof Program.Kind.Agent)) {
            return;
        }
        for (String why : service.obstacles()) {
            if (routed.contains(service.name())) {
                out.add(
                        service.place()
                                + ": service "
                                + service.name()
                                + ": "
                                + why
                                + "; mail routed there waits");
            } else {
                lines.add(service.place().line());
                unrouted.add(service.name() + " (" + why + ")");
            }
        }
    }
}

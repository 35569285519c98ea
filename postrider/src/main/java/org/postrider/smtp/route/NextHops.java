package org.postrider.smtp.route;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ServicePorts;
import org.postrider.log.LogTag;
import org.postrider.maps.Network;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.Protocol;
import org.postrider.smtp.SmtpParams;

/// Where the mail of a request may go, one destination after the other: those of its next hop, then
/// smtp_fallback_relay. Immutable but for the next hop that it remembers; any thread.
public final class NextHops {
    private final ServicePorts ports;
    private final Protocol protocol;
    private final Route route;
    private final LogTag tag;
    private final List<Destination> fallback = new ArrayList<>();
    private volatile @Nullable Hops last;

    /// The destinations of one next hop.
    ///
    /// @param found the first one's servers, where no look-up is needed to know them; else null
    public record Hops(
            String nexthop, List<Destination> destinations, Route.@Nullable Found found) {}

    /// @param tag for what belongs to no delivery
    public NextHops(ClientSettings settings, Route route, LogTag tag) {
        this.route = route;
        this.tag = tag;
        protocol = settings.protocol();
        ports = ServicePorts.of(settings.all());
        for (String each : settings.get(SmtpParams.FALLBACK_RELAY)) {
            fallback.addAll(Destination.parse(each, ports, protocol));
        }
    }

    /// Those of smtp_fallback_relay; none for mail to a UNIX socket.
    public List<Destination> fallback(Hops next) {
        List<Destination> own = next.destinations();
        boolean local = !own.isEmpty() && own.getFirst().kind() == Destination.Kind.PATH;
        return local ? List.of() : fallback;
    }

    /// The one that was asked for last is remembered: most mail goes where the one before it went.
    public Hops of(String nexthop) {
        Hops known = last;
        if (known == null || !known.nexthop().equals(nexthop)) {
            List<Destination> destinations =
                    List.copyOf(Destination.parse(nexthop, ports, protocol));
            known = new Hops(nexthop, destinations, fixed(destinations));
            last = known;
        }
        return known;
    }

    /// What needs no look-up: a path, an address.
    private Route.@Nullable Found fixed(List<Destination> destinations) {
        if (destinations.isEmpty()) {
            return null;
        }
        Destination first = destinations.getFirst();
        boolean path = first.kind() == Destination.Kind.PATH;
        boolean address = first.fault() == null && Network.literal(first.host()) != null;
        return path || address ? route.find(first, tag) : null;
    }
}

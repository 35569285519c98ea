package org.postrider.rewrite;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.config.Param;
import org.postrider.config.Settings;
import org.postrider.maps.AddressMaps;
import org.postrider.maps.Tables;

/// Where mail for remote domains goes, by its sender or for all: transport and next hop. Immutable.
final class SenderRoutes {
    private final Routes routes;
    private final AddressMaps relayhosts;
    private final AddressMaps transports;
    private final String relayhost;
    private final String defaultTransport;
    private final String nullRelayKey;
    private final String nullTransportKey;

    SenderRoutes(Settings settings, Routes routes, Tables tables) {
        this.routes = routes;
        String delimiters = settings.get(RewriteParams.RECIPIENT_DELIMITER);
        relayhosts =
                new AddressMaps(
                        routes.relayhostsBySender().name(),
                        settings.get(routes.relayhostsBySender()),
                        tables,
                        delimiters);
        transports =
                new AddressMaps(
                        routes.transportsBySender().name(),
                        settings.get(routes.transportsBySender()),
                        tables,
                        delimiters);
        defaultTransport = TrivialRewrite.transport(settings, routes.transports().otherwise());
        relayhost = settings.get(routes.relayhost());
        nullRelayKey = settings.get(RewriteParams.EMPTY_ADDRESS_RELAYHOST_MAPS_LOOKUP_KEY);
        nullTransportKey =
                settings.get(RewriteParams.EMPTY_ADDRESS_DEFAULT_TRANSPORT_MAPS_LOOKUP_KEY);
    }

    /// @param own knows whose domains are named barely
    String transport(Address sender, RewriteService own) {
        String found =
                lookup(routes.transportsBySender(), transports, sender, nullTransportKey, own);
        return found == null ? defaultTransport : found;
    }

    String nexthop(Address sender, String domain, RewriteService own) {
        String found = lookup(routes.relayhostsBySender(), relayhosts, sender, nullRelayKey, own);
        if (found != null) {
            return found;
        }
        return relayhost.isEmpty() ? domain : relayhost;
    }

    private @Nullable String lookup(
            Param<List<String>> param,
            AddressMaps maps,
            Address sender,
            String nullKey,
            RewriteService own) {
        if (maps.isEmpty()) {
            return null;
        }
        Address key = sender.isNull() ? new Address(nullKey) : sender;
        boolean bare = own.barelyNamed(sender.domain());
        String found = TrivialRewrite.lookup(param, maps, key, bare);
        return found == null || found.equalsIgnoreCase("DUNNO") ? null : found;
    }
}

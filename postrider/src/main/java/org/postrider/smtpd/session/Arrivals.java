package org.postrider.smtpd.session;

import org.jspecify.annotations.Nullable;
import org.postrider.anvil.ClientLimits;
import org.postrider.config.Settings;
import org.postrider.io.Connection;
import org.postrider.peer.Client;
import org.postrider.peer.ClientNames;
import org.postrider.peer.Endpoint;
import org.postrider.smtpd.SmtpdParams;

/// How a listener finds out who its clients are, and what it counts of them. Any thread; blocks its
/// caller while a proxy or the name service is asked.
public final class Arrivals {
    private final ClientNames names;
    private final boolean lookUpNames;
    private final Endpoint.@Nullable Upstream upstream;
    private final ClientLimits limits;

    public Arrivals(Settings settings, ClientNames names, ClientLimits limits) {
        this.names = names;
        this.limits = limits;
        lookUpNames = settings.get(SmtpdParams.PEERNAME_LOOKUP);
        upstream = Endpoint.Upstream.of(settings);
    }

    /// Where the client is.
    Endpoint endpoint(Connection connection) {
        return Endpoint.of(connection, upstream);
    }

    Client client(Endpoint at) {
        return names.client(at.address(), at.port(), lookUpNames);
    }

    ClientLimits limits() {
        return limits;
    }
}

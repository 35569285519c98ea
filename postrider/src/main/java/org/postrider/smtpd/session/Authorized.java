package org.postrider.smtpd.session;

import org.postrider.maps.NetworkList;
import org.postrider.peer.Client;

/// Those who may use a verb that is not for everybody. Immutable; any thread.
public record Authorized(NetworkList clients) {
    /// @throws org.postrider.maps.TableException if a table cannot answer
    public boolean holds(Session s) {
        Client client = s.peer();
        return clients.contains(client.name(), client.address());
    }
}

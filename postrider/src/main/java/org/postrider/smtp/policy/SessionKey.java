package org.postrider.smtp.policy;

import org.postrider.smtp.route.Destination;
import org.postrider.smtp.route.Server;

/// What a kept session is known by. Mail goes over a session only if it would have opened the very
/// same one: to the same server, under the same TLS policy, as the same user.
///
/// @param nexthop as it was written, where the session proved or said who it is for: the server is
///   verified for this next hop, or this client is logged in. Else empty, and mail for every next
///   hop that the server serves may use it
public record SessionKey(String nexthop, Server server, TlsPolicy policy, Login login) {
    public static SessionKey of(Destination to, Server server, TlsPolicy policy, Login login) {
        boolean bound = policy.level().verifies() || login instanceof Login.User;
        return new SessionKey(bound ? to.text() : "", server.itself(), policy, login);
    }
}

package org.postrider.smtp.policy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
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

    /// What a TLS session is known by: one is resumed only for what would make the very same one.
    /// Letters and digits, from which nothing of the key can be read.
    public String tlsSession() {
        String secret = login instanceof Login.User u ? u.secret().octets() : "";
        try {
            byte[] all = (this + "\n" + secret).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(all));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}

package org.postrider.smtp.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.postrider.config.ServicePorts;
import org.postrider.config.ServiceSettings;
import org.postrider.maps.TableDirectory;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.Protocol;
import org.postrider.smtp.route.Destination;
import org.postrider.smtp.route.Server;
import org.postrider.time.Clock;

/// Under which name a TLS session is gone on with: one for each server, policy, next hop and login.
class SessionKeyTest {
    private static final String SECRET = "Marked-Secret-42";

    private static String name(String level, String nexthop, int last, Login login)
            throws Exception {
        ServiceSettings settings =
                ServiceSettings.none().with(Map.of("smtp_tls_security_level", level));
        TlsPolicies policies =
                new TlsPolicies(
                        new ClientSettings(settings, Protocol.SMTP),
                        new TableDirectory(Clock.system(), "hash"),
                        new Zone(),
                        Clock.system(),
                        _ -> {});
        Destination to =
                Destination.parse(nexthop, ServicePorts.of(settings), Protocol.SMTP).getFirst();
        InetAddress at = InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
        Server server = new Server("mx.d.example", new InetSocketAddress(at, 25), true);
        TlsAnswer.Go go = (TlsAnswer.Go) policies.of(to, server);
        return SessionKey.of(to, server, go.policy(), login).tlsSession();
    }

    @Test
    void whatWouldMakeAnotherSessionGoesOnWithNone() throws Exception {
        Login.User user = new Login.User("user", new Login.Secret(SECRET), "");
        List<String> names =
                List.of(
                        name("encrypt", "d.example", 1, Login.NONE),
                        name("encrypt", "d.example", 2, Login.NONE),
                        name("secure", "d.example", 1, Login.NONE),
                        name("secure", "e.example", 1, Login.NONE),
                        name("encrypt", "d.example", 1, user),
                        name(
                                "encrypt",
                                "d.example",
                                1,
                                new Login.User("user", new Login.Secret("other"), "")),
                        name(
                                "encrypt",
                                "d.example",
                                1,
                                new Login.User("user", new Login.Secret(SECRET), "a@b.example")));
        Set<String> different = new HashSet<>(names);
        assertEquals(names.size(), different.size(), names.toString());
        assertEquals(names.getFirst(), name("encrypt", "d.example", 1, Login.NONE));
        for (String each : names) {
            assertTrue(each.matches("[0-9a-f]+"), each);
            assertFalse(each.contains(SECRET));
        }
    }
}

package org.postrider.smtp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postrider.config.ServicePorts;
import org.postrider.config.ServiceSettings;
import org.postrider.maps.TableDirectory;
import org.postrider.time.Clock;

/// Which entry of a table says what a destination asks of TLS: a wrong one lets mail go in clear.
class TlsPoliciesTest {
    private static SmtpTls of(String parameter, String table, String nexthop, String host)
            throws Exception {
        ServiceSettings settings =
                ServiceSettings.none()
                        .with(
                                Map.of(
                                        "smtp_tls_security_level",
                                        "may",
                                        parameter,
                                        "inline:{" + table + "}"));
        List<String> said = new ArrayList<>();
        TlsPolicies policies =
                new TlsPolicies(
                        settings,
                        new TableDirectory(Clock.system(), "hash"),
                        Clock.system(),
                        said::add);
        Destination to = Destination.parse(nexthop, ServicePorts.of(settings)).getFirst();
        InetAddress here = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        return policies.of(to, new Route.Server(host, new InetSocketAddress(here, 25), true));
    }

    @ParameterizedTest
    @CsvSource({
        "dest.example, ENCRYPT",
        "mx.dest.example, MAY",
        "under.example, MAY",
        "a.under.example, ENCRYPT",
        "a.b.under.example, ENCRYPT",
        "open.under.example, NONE",
        "[a.under.example], MAY",
        "a.under.example:25, MAY",
        "other.example, MAY"
    })
    void theNextHopOrAParentOfADomain(String nexthop, SmtpTls.Level level) throws Exception {
        String table =
                "{dest.example = encrypt}, {.under.example = encrypt}, {open.under.example = none}";
        assertEquals(level, of("smtp_tls_policy_maps", table, nexthop, "h.example").level());
    }

    /// What is said of the next hop, and of the server.
    @ParameterizedTest
    @CsvSource({
        "NONE, -, NONE",
        "-, NONE, NONE",
        "MAY, NONE, NONE",
        "NONE, MAY, NONE",
        "MUST_NOPEERMATCH, NONE, ENCRYPT",
        "NONE, MUST_NOPEERMATCH, ENCRYPT",
        "MUST_NOPEERMATCH, MAY, ENCRYPT",
        "MAY, -, MAY",
        "-, -, MAY"
    })
    void noneCountsOnlyWhereNothingIsAskedFor(String hop, String host, SmtpTls.Level level)
            throws Exception {
        String table =
                ("{hop.example = " + hop + "}, {host.example = " + host + "}")
                        .replaceAll("(, )?\\{[a-z.]+ = -\\}(, )?", "");
        String some = table.isEmpty() ? "{x.example = MAY}" : table;
        assertEquals(level, of("smtp_tls_per_site", some, "hop.example", "host.example").level());
    }

    @ParameterizedTest
    @CsvSource({"MUST, NONE", "NONE, MUST", "MUST, MAY"})
    void mailWaitsWhereACertificateMustBeVerified(String hop, String host) throws Exception {
        String table = "{hop.example = " + hop + "}, {host.example = " + host + "}";
        SmtpTls.Refusal refusal =
                of("smtp_tls_per_site", table, "hop.example", "host.example").refusal();
        assertEquals(true, refusal != null && refusal.notBuilt());
    }
}

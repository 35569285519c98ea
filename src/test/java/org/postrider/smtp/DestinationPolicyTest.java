package org.postrider.smtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postrider.tls.TlsFixture;

/// What is asked of one destination and cannot be kept yet lets no mail for it pass; mail for
/// others goes. What real Postfix says of the rest is in src/test/twin/policy.case.
class DestinationPolicyTest {
    private static final String SENT =
            "r1 sent 2.0.0 127.0.0.1[127.0.0.1] (250 2.0.0 Ok: queued as X1)";

    @TempDir static Path directory;
    private static SSLContext keys;

    @BeforeAll
    static void makeKeys() throws Exception {
        keys = TlsFixture.serving(directory);
    }

    private static ScriptedServer server(String keywords) {
        return new ScriptedServer(
                List.of(
                        Map.of("keywords", keywords),
                        Map.of("keywords", keywords),
                        Map.of("keywords", keywords)),
                keys);
    }

    /// Without DNSSEC, that is: DaneTest has the rest of dane.
    @ParameterizedTest
    @CsvSource({
        "secure, 4.7.4 127.0.0.1[127.0.0.1] (TLS is required",
        "verify, 4.7.4 127.0.0.1[127.0.0.1] (TLS is required",
        "fingerprint match=AA, 4.7.4 127.0.0.1[127.0.0.1] (TLS is required",
        "dane-only, 4.7.5 none (client TLS configuration problem)"
    })
    void mailForADestinationThatIsToProveItselfWaits(String policy, String why) throws IOException {
        try (ScriptedServer server = server("PIPELINING,DSN");
                Hop hop =
                        new Hop(
                                "smtp_tls_security_level",
                                "may",
                                "smtp_tls_policy_maps",
                                "inline:{{" + server.nexthop() + " = " + policy + "}}")) {
            String out = hop.deliver(server.nexthop(), Hop.Mail.to(1)).getFirst();
            assertTrue(out.startsWith("r1 deferred " + why), out);
        }
    }

    @Test
    void mailForOtherDestinationsGoes() throws IOException {
        try (ScriptedServer server = server("PIPELINING,DSN");
                Hop hop = new Hop("smtp_tls_policy_maps", "inline:{{dest.example = secure}}")) {
            assertEquals(List.of(SENT), hop.deliver(server.nexthop(), Hop.Mail.to(1)));
        }
    }

    /// A session that one destination's policy let go in clear carries no mail of another's.
    @Test
    void aKeptSessionServesMailOfItsOwnPolicyOnly() throws IOException {
        try (ScriptedServer server = server("PIPELINING,DSN")) {
            String plain = server.nexthop();
            String strict = plain.replace("[127.0.0.1]", "127.0.0.1");
            try (Hop hop =
                    new Hop(
                            "smtp_tls_security_level",
                            "none",
                            "smtp_tls_policy_maps",
                            "inline:{{" + strict + " = encrypt}}")) {
                assertEquals(List.of(SENT), hop.deliver(plain, Hop.Mail.to(1)));
                assertEquals(
                        List.of(
                                "r1 deferred 4.7.4 127.0.0.1[127.0.0.1] (TLS is required, but was"
                                        + " not offered by host 127.0.0.1[127.0.0.1])"),
                        hop.deliver(strict, Hop.Mail.to(1)));
                assertEquals(2, server.connections());
            }
        }
    }

    /// Without its certificate there is no TLS: mail that wants it waits, as with Postfix.
    @ParameterizedTest
    @CsvSource({"may, sent 2.0.0", "encrypt, deferred 4.7.5", "none, sent 2.0.0"})
    void aCertificateOfOursThatCannotBeReadHoldsWhatNeedsTls(String level, String outcome)
            throws IOException {
        try (ScriptedServer server = server("PIPELINING,DSN,STARTTLS");
                Hop hop =
                        new Hop(
                                "smtp_tls_security_level",
                                level,
                                "smtp_tls_cert_file",
                                "/nonexistent/client.pem")) {
            String out = hop.deliver(server.nexthop(), Hop.Mail.to(1)).getFirst();
            assertTrue(out.startsWith("r1 " + outcome), out);
        }
    }
}

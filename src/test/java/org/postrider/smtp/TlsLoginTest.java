package org.postrider.smtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postrider.dns.Resolver;
import org.postrider.tls.TlsFixture;

/// Logins within STARTTLS: who gets a password, and who is told what of its offer.
class TlsLoginTest {
    private static final String H = "127.0.0.1[127.0.0.1]";

    @TempDir static Path directory;
    private static SSLContext keys;

    @BeforeAll
    static void makeKeys() throws Exception {
        keys = TlsFixture.serving(directory);
    }

    private static Map<String, String> script(String keywords) {
        return new HashMap<>(
                Map.of("keywords", "PIPELINING,SIZE 10,DSN,STARTTLS", "tlskeywords", keywords));
    }

    @Test
    void mailThatLogsInNeverGoesInClearBecauseTlsIsBroken() throws IOException {
        Map<String, String> broken = script("");
        broken.putAll(Map.of("starttls", "220 go\r\n250-x\r\n250 AUTH PLAIN", "clear", "yes"));
        try (Hop hop =
                        new Hop(
                                "smtp_tls_security_level",
                                "may",
                                "smtp_sasl_auth_enable",
                                "yes",
                                "smtp_sasl_password_maps",
                                "static:{user:Marked-Password-5}");
                ScriptedServer server =
                        new ScriptedServer(
                                List.of(broken, Map.of("keywords", "PIPELINING,DSN")), keys)) {
            assertEquals(
                    List.of("r1 deferred 4.7.5 " + H + " (Cannot start TLS: handshake failure)"),
                    hop.deliver(server.nexthop(), Hop.Mail.to(1)));
            assertEquals(1, server.connections());
            assertTrue(
                    server.heardInClear.stream().noneMatch(l -> l.matches("(MAIL|RCPT|DATA).*")),
                    server.heardInClear.toString());
        }
    }

    /// RFC 5802 6: a server that hears `y` and had offered to bind the channel refuses for ever.
    @ParameterizedTest
    @CsvSource({
        "scram-sha-256, SCRAM-SHA-256-PLUS SCRAM-SHA-256, SCRAM-SHA-256 n",
        "'', SCRAM-SHA-256, SCRAM-SHA-256 y",
        "'', SCRAM-SHA-256-PLUS SCRAM-SHA-256, SCRAM-SHA-256-PLUS p=tls-exporter"
    })
    void aServerWhoseOfferIsFilteredOutIsNotToldThatItMadeNone(
            String filter, String offered, String said) throws IOException {
        Map<String, String> script = script("AUTH " + offered);
        try (Hop hop =
                        new Hop(
                                "smtp_tls_security_level",
                                "encrypt",
                                "smtp_sasl_auth_enable",
                                "yes",
                                "smtp_sasl_mechanism_filter",
                                filter,
                                "smtp_sasl_password_maps",
                                "static:{user:Marked-Password-5}");
                ScriptedServer server = new ScriptedServer(List.of(script), keys)) {
            hop.deliver(server.nexthop(), Hop.Mail.to(1));
            String auth =
                    server.heard.stream().filter(l -> l.startsWith("AUTH")).findFirst().orElse("");
            String[] words = auth.split(" ");
            String first =
                    new String(
                            java.util.Base64.getDecoder().decode(words[2]),
                            java.nio.charset.StandardCharsets.ISO_8859_1);
            assertEquals(said, words[1] + " " + first.substring(0, first.indexOf(',')));
        }
    }

    /// Whose exchanger it is nobody vouches for: whoever can lie about that has a name with records
    /// of its own, and gets no password that only a verified server is to have.
    @ParameterizedTest
    @CsvSource({"true, true", "false, false"})
    void anExchangerThatNobodyVouchesForGetsNoPasswordOfVerifiedOnes(boolean secure, boolean logsIn)
            throws Exception {
        Map<String, String> script = script("AUTH PLAIN");
        try (Hop hop =
                        new Hop(
                                "smtp_tls_security_level",
                                "dane",
                                "smtp_dns_support_level",
                                "dnssec",
                                "smtp_tls_loglevel",
                                "1",
                                "smtp_sasl_auth_enable",
                                "yes",
                                "smtp_sasl_tls_security_options",
                                "noplaintext",
                                "smtp_sasl_tls_verified_security_options",
                                "noanonymous",
                                "smtp_sasl_password_maps",
                                "inline:{{mx.hop.example = user:Marked-Password-5}}");
                ScriptedServer server = new ScriptedServer(List.of(script), keys)) {
            Duration ttl = Duration.ofMinutes(1);
            hop.mx.put(
                    "d.example",
                    new Resolver.Answer.Found<>(
                            List.of(new Resolver.Mx(10, "mx.hop.example")), ttl, secure, ""));
            hop.hosts.put(
                    "mx.hop.example",
                    new Resolver.Answer.Found<>(
                            List.of(InetAddress.getLoopbackAddress()), ttl, true, ""));
            byte[] key = certificate().getPublicKey().getEncoded();
            String digest =
                    HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key));
            hop.tlsa.put(
                    "_" + server.port() + "._tcp.mx.hop.example",
                    new Resolver.Answer.Found<>(
                            List.of(new Resolver.Tlsa(3, 1, 1, digest)), ttl, true, ""));
            List<String> out = hop.deliver("d.example:" + server.port(), Hop.Mail.to(1));
            boolean said = server.heard.stream().anyMatch(l -> l.startsWith("AUTH"));
            assertEquals(logsIn, said, out + " " + server.heard);
            assertEquals(logsIn, out.getFirst().startsWith("r1 sent"), out.toString());
            String trust = secure ? "Verified" : "Trusted";
            assertTrue(
                    hop.log.stream()
                            .anyMatch(l -> l.contains(trust + " TLS connection established")),
                    hop.log.toString());
        }
    }

    private static X509Certificate certificate() throws Exception {
        try (var in = Files.newInputStream(directory.resolve("cert.pem"))) {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }
}

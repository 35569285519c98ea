package org.postrider.smtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postrider.tls.TlsFixture;

/// Certificates that nobody has, and TLS that nobody speaks so: mail waits or goes as its level
/// asks, in time, and never in clear.
class EvilTlsTest {
    private static final String H = "127.0.0.1[127.0.0.1]";
    private static final String SENT = "r1 sent 2.0.0 " + H + " (250 2.0.0 Ok: queued as X1)";
    private static final String REFUSED =
            "r1 deferred 4.7.5 " + H + " (Server certificate not verified)";
    private static final String FAILED =
            "r1 deferred 4.7.5 " + H + " (Cannot start TLS: handshake failure)";

    @TempDir static Path directory;

    @BeforeAll
    static void makeKeys() throws Exception {
        openssl(
                "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj"
                        + " /CN=ca -keyout ca.key -out ca.pem");
        openssl(
                "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=x -keyout"
                        + " good.key -out x.csr");
        String many =
                IntStream.range(0, 8_000)
                        .mapToObj(n -> "DNS:name-" + n + ".hop.example")
                        .collect(Collectors.joining(","));
        issue("good", "DNS:mx.hop.example");
        issue("huge", many + ",DNS:mx.hop.example");
        issue("com", "DNS:*.com,DNS:*,DNS:*.*.example,DNS:mx.*.example");
        issue("nul", "DER:" + name("mx.hop.example\0.evil.example"));
        issue("early", "DER:" + name("\0mx.hop.example"));
        issue("blank", "DER:" + name(""));
        issue("dots", "DER:" + name(".hop.example"));
        issue("octets", "DER:" + name("mx.hop.example\r\nforged: x"));
        chain(12);
    }

    /// `long` is vouched for by so many authorities, one below the other.
    private static void chain(int length) throws Exception {
        Files.writeString(directory.resolve("ca.ext"), "basicConstraints=critical,CA:TRUE\n");
        String above = "ca.pem";
        StringBuilder all = new StringBuilder();
        for (int n = 0; n < length; n++) {
            String subject = n + 1 == length ? "leaf" : "ca-" + n;
            String to = n + 1 == length ? "long" : subject;
            openssl(
                    "req -new -key good.key -subj /CN=%s -out %s.csr && openssl x509 -req -in"
                                    .formatted(subject, to)
                            + " %s.csr -CA %s -CAkey %s -set_serial %d -days 30 -extfile %s -out %s.pem"
                                    .formatted(
                                            to,
                                            above,
                                            n == 0 ? "ca.key" : "good.key",
                                            n + 1,
                                            n + 1 == length ? "good.ext" : "ca.ext",
                                            to));
            above = to + ".pem";
            all.insert(0, Files.readString(directory.resolve(above)));
        }
        Files.writeString(directory.resolve("long.pem"), all);
        Files.copy(directory.resolve("good.key"), directory.resolve("long.key"));
    }

    /// A subjectAltName with one DNS name of these octets.
    private static String name(String octets) {
        byte[] text = octets.getBytes(StandardCharsets.ISO_8859_1);
        return "30%02x82%02x".formatted(text.length + 2, text.length)
                + HexFormat.of().formatHex(text);
    }

    private static void issue(String name, String names) throws Exception {
        Files.writeString(directory.resolve(name + ".ext"), "subjectAltName=" + names + "\n");
        openssl(
                "x509 -req -in x.csr -CA ca.pem -CAkey ca.key -set_serial 7 -days 30 -extfile "
                        + name
                        + ".ext -out "
                        + name
                        + ".pem");
        if (!name.equals("good")) {
            Files.copy(directory.resolve("good.key"), directory.resolve(name + ".key"));
        }
    }

    private static void openssl(String arguments) throws IOException, InterruptedException {
        TlsFixture.openssl(directory, arguments);
    }

    private static Hop hop(String level) {
        return new Hop(
                "smtp_tls_security_level",
                level,
                "smtp_tls_CAfile",
                directory.resolve("ca.pem").toString(),
                "smtp_tls_verify_cert_match",
                "mx.hop.example",
                "smtp_tls_secure_cert_match",
                "mx.hop.example",
                "smtp_starttls_timeout",
                "5s");
    }

    private static ScriptedServer server(String certificate, Map<String, String> script)
            throws Exception {
        Map<String, String> all = new java.util.HashMap<>(script);
        all.put("keywords", "PIPELINING,STARTTLS");
        return new ScriptedServer(List.of(all), TlsFixture.serving(directory, certificate));
    }

    /// A certificate of 200 kB is over the limit of JSSE, as of OpenSSL; so are, of JSSE alone,
    /// chains of more than ten.
    @ParameterizedTest
    @CsvSource({
        "good, sent, sent",
        "huge, failed, failed",
        "long, failed, failed",
        "com, sent, refused",
        "nul, sent, refused",
        "early, sent, refused",
        "blank, sent, refused",
        "dots, sent, refused",
        "octets, sent, refused"
    })
    void mailGoesWhereItsLevelAllows(String certificate, String encrypted, String verified)
            throws Exception {
        Map<String, String> outcomes = Map.of("sent", SENT, "refused", REFUSED, "failed", FAILED);
        for (String level : List.of("may", "encrypt", "verify", "secure")) {
            boolean verifies = level.equals("verify") || level.equals("secure");
            String outcome = outcomes.get(verifies ? verified : encrypted);
            long begun = System.nanoTime();
            try (Hop hop = hop(level);
                    ScriptedServer server = server(certificate, Map.of())) {
                assertEquals(
                        List.of(String.valueOf(outcome)),
                        hop.deliver(server.nexthop(), Hop.Mail.to(1).fresh()),
                        level + hop.log);
                assertEquals(List.of("EHLO mx.twin.example", "STARTTLS"), server.heardInClear);
                for (String line : hop.log) {
                    assertTrue(line.length() < 2_000, line);
                    assertTrue(line.chars().noneMatch(c -> c < ' ' || c == 127), line);
                }
            }
            assertTrue(System.nanoTime() - begun < 60_000_000_000L, level);
        }
    }

    @Test
    void recordsOfOneOctetAreRead() throws Exception {
        try (Hop hop = hop("secure");
                ScriptedServer server = server("good", Map.of("slow", "yes"))) {
            assertEquals(List.of(SENT), hop.deliver(server.nexthop(), Hop.Mail.to(1)));
        }
    }

    /// The first session is refused another handshake, or has it: the mail is there once, or waits.
    @Test
    void aServerThatWantsAnotherHandshakeInTheMiddleLosesNoMail() throws Exception {
        try (Hop hop = hop("secure");
                ScriptedServer server = server("good", Map.of("renegotiates", "yes"))) {
            String said = String.join("\n", hop.deliver(server.nexthop(), Hop.Mail.to(1)));
            assertTrue(said.equals(SENT) || said.startsWith("r1 deferred 4.4.2 "), said);
            assertEquals(said.equals(SENT) ? 1 : 0, server.bodies.size());
            assertEquals(List.of("EHLO mx.twin.example", "STARTTLS"), server.heardInClear);
        }
    }
}

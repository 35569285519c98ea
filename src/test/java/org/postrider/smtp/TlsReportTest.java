package org.postrider.smtp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postrider.dns.Resolver;
import org.postrider.tls.TlsFixture;
import org.postrider.tlsrpt.TlsResult;

/// What is said of the TLS of a session to those who make reports of it (RFC 8460 4.3).
class TlsReportTest {
    @TempDir static Path directory;

    @BeforeAll
    static void makeKeys() throws Exception {
        TlsFixture.openssl(
                directory,
                "req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=mx.hop.example -addext"
                        + " subjectAltName=DNS:mx.hop.example -keyout named.key -out named.pem");
        TlsFixture.openssl(
                directory,
                "x509 -in named.pem -signkey named.key -set_serial 9 -days -1 -out past.pem");
        java.nio.file.Files.copy(directory.resolve("named.key"), directory.resolve("past.key"));
    }

    private static ScriptedServer server(String certificate, Map<String, String> script)
            throws Exception {
        return new ScriptedServer(
                List.of(script, script), TlsFixture.serving(directory, certificate));
    }

    private static Hop hop(ScriptedServer server, String... more) throws Exception {
        java.util.ArrayList<String> all =
                new java.util.ArrayList<>(
                        List.of(
                                "smtp_tls_CAfile",
                                directory.resolve("named.pem").toString(),
                                "smtp_tcp_port",
                                "" + server.port()));
        all.addAll(List.of(more));
        Hop hop = new Hop(all.toArray(new String[0]));
        hop.mx.put(
                "d.example",
                new Resolver.Answer.Found<>(
                        List.of(new Resolver.Mx(10, "mx.hop.example")),
                        java.time.Duration.ofSeconds(60)));
        hop.hosts.put(
                "mx.hop.example",
                new Resolver.Answer.Found<>(
                        List.of(java.net.InetAddress.getByAddress(new byte[] {127, 0, 0, 1})),
                        java.time.Duration.ofSeconds(60)));
        return hop;
    }

    private static String line(TlsResult r) {
        TlsResult.Failure f = r.failure();
        return r.domain()
                + " "
                + r.policy().kind().word()
                + " "
                + r.policy().domain()
                + " "
                + r.policy().strings()
                + r.policy().mxHosts()
                + " "
                + r.session().sendingIp()
                + ">"
                + r.session().mxHostname()
                + "["
                + r.session().receivingIp()
                + "] "
                + (f == null ? "kept" : f.kind().word() + " (" + f.reason() + ")");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    may     | named | mx.hop.example    | kept
                    encrypt | named | mx.hop.example    | kept
                    secure  | named | mx.hop.example    | kept
                    secure  | named | other.example     | certificate-host-mismatch (hostname mismatch)
                    secure  | past  | mx.hop.example    | certificate-expired (certificate has expired)
                    none    | named | mx.hop.example    |
                    """)
    void aSessionWithinTlsIsSaidOnce(String level, String certificate, String match, String said)
            throws Exception {
        try (ScriptedServer server = server(certificate, Map.of("keywords", "STARTTLS"));
                Hop hop =
                        hop(
                                server,
                                "smtp_tls_security_level",
                                level,
                                "smtp_tls_secure_cert_match",
                                match)) {
            hop.deliver("d.example", Hop.Mail.to(1));
            assertEquals(
                    said == null
                            ? List.of()
                            : List.of(
                                    "d.example no-policy-found d.example [][]"
                                            + " 127.0.0.1>mx.hop.example[127.0.0.1] "
                                            + said),
                    hop.results.stream().map(TlsReportTest::line).toList());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    may     | DSN      |          | starttls-not-supported ()
                    encrypt | DSN      |          | starttls-not-supported ()
                    may     | STARTTLS | 454 no   | starttls-not-supported (STARTTLS: 454)
                    """)
    void aServerWithoutTlsIsSaid(String level, String keyword, String reply, String said)
            throws Exception {
        Map<String, String> script =
                reply == null
                        ? Map.of("keywords", keyword)
                        : Map.of("keywords", keyword, "starttls", reply);
        try (ScriptedServer server = server("named", script);
                Hop hop = hop(server, "smtp_tls_security_level", level)) {
            hop.deliver("d.example", Hop.Mail.to(1));
            assertEquals(
                    "d.example no-policy-found d.example [][]"
                            + " 127.0.0.1>mx.hop.example[127.0.0.1] "
                            + said,
                    line(hop.results.getFirst()));
            assertEquals(1, hop.results.size());
        }
    }

    /// RFC 8689 5: such mail goes at level may, whatever main.cf, a table or a domain asks, over a
    /// session of its own, and nobody hears of that. Where this client logs in it does not.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    secure  | STARTTLS | tls_required=no |          | sent
                    secure  | DSN      | tls_required=no |          | sent
                    secure  | STARTTLS | ret_flags=FULL  |          | deferred
                    secure  | STARTTLS | tls_required=no | o:secret | deferred
                    encrypt | DSN      | tls_required=no |          | sent
                    table   | DSN      | tls_required=no |          | sent
                    table   | DSN      | ret_flags=FULL  |          | deferred
                    """)
    void mailThatAsksForNoTlsGoesWithoutPolicy(
            String level, String keyword, String asks, String login, String outcome)
            throws Exception {
        List<String> more =
                level.equals("table")
                        ? List.of("smtp_tls_policy_maps", "inline:{ { d.example = secure } }")
                        : List.of("smtp_tls_security_level", level);
        List<String> all = new java.util.ArrayList<>(more);
        all.addAll(List.of("smtp_tls_secure_cert_match", "other.example"));
        if (login != null) {
            all.addAll(List.of("smtp_sasl_auth_enable", "yes"));
            all.addAll(List.of("smtp_sasl_password_maps", "inline:{ d.example=" + login + " }"));
        }
        Map<String, String> script = Map.of("keywords", keyword);
        try (ScriptedServer server = server("named", script);
                Hop hop = hop(server, all.toArray(new String[0]))) {
            String[] attribute = asks.split("=", -1);
            Hop.Mail mail = Hop.Mail.to(1, "x\r\n", Map.of(attribute[0], attribute[1]));
            String said = hop.deliver("d.example", mail).getFirst();
            assertEquals(outcome, said.split(" ", -1)[1], said);
            assertEquals(outcome.equals("sent") ? 0 : 1, hop.results.size());
        }
    }

    /// What a policy program says of MTA-STS (TLSRPT_README) is the domain's own policy.
    @Test
    void aPolicyOfMtaStsIsReportedAsThat() throws Exception {
        String policy =
                "secure match=mx.hop.example policy_type=sts policy_domain=d.example"
                        + " { policy_string = version: STSv1 } { policy_string = mode: enforce }"
                        + " mx_host_pattern=*.hop.example";
        try (ScriptedServer server = server("named", Map.of("keywords", "STARTTLS"));
                Hop hop =
                        hop(
                                server,
                                "smtp_tls_policy_maps",
                                "inline:{ { d.example = " + policy + " } }")) {
            hop.deliver("d.example", Hop.Mail.to(1));
            assertEquals(
                    "d.example sts d.example [version: STSv1, mode: enforce][*.hop.example]"
                            + " 127.0.0.1>mx.hop.example[127.0.0.1] kept",
                    line(hop.results.getFirst()));
            assertEquals("sink.example", hop.results.getFirst().session().mxHelo());
        }
    }

    /// A mail over a kept session has no handshake of its own.
    @Test
    void aKeptSessionIsNotSaidAgain() throws Exception {
        try (ScriptedServer server = server("named", Map.of("keywords", "STARTTLS"));
                Hop hop =
                        hop(
                                server,
                                "smtp_tls_security_level",
                                "may",
                                "smtp_tls_connection_reuse",
                                "yes")) {
            hop.deliver("d.example", Hop.Mail.to(1));
            hop.deliver("d.example", Hop.Mail.to(1));
            assertEquals(1, hop.results.size());
        }
    }
}

package org.postrider.smtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.dns.Resolver;
import org.postrider.https.WebServer;
import org.postrider.sts.StsWorld;
import org.postrider.tls.TlsFixture;
import org.postrider.tlsrpt.TlsResult;

/// Mail to domains with policies of MTA-STS (RFC 8461 5): what goes, what waits, what is said.
class StsDeliveryTest {
    private static final String ENFORCE = "mode: enforce|mx: mx.x.example|max_age: 86400";
    private static final String TESTING = "mode: testing|mx: mx.x.example|max_age: 86400";
    private static final String SENT =
            "sent 2.0.0 mx.x.example[127.0.0.1] (250 2.0.0 Ok: queued as X1)";
    private static final Map<String, String> TLS = Map.of("keywords", "STARTTLS");

    @TempDir static Path directory;
    private StsWorld world;

    @BeforeAll
    static void make() throws Exception {
        WebServer.authority(directory);
        WebServer.certificate(directory, "host", "DNS:mta-sts.x.example,DNS:mta-sts.y.example", 30);
        WebServer.certificate(directory, "mx", "DNS:mx.x.example", 30);
        WebServer.certificate(directory, "past", "DNS:mx.x.example", -1);
        WebServer.certificate(directory, "other", "DNS:mx.y.example", 30);
    }

    @BeforeEach
    void begin() throws Exception {
        java.nio.file.Files.deleteIfExists(directory.resolve("sts_policies"));
        world = new StsWorld(directory, "host");
        world.records.put("x.example", List.of("v=STSv1; id=1"));
        world.policy(ENFORCE);
    }

    @AfterEach
    void end() throws Exception {
        world.close();
    }

    private static ScriptedServer server(String certificate, Map<String, String> script)
            throws Exception {
        return new ScriptedServer(
                List.of(script, script, script), TlsFixture.serving(directory, certificate));
    }

    private Hop hop(ScriptedServer server, String... more) throws Exception {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "smtp_tls_sts_enable",
                                "yes",
                                "smtp_tls_sts_CAfile",
                                directory.resolve("ca.pem").toString(),
                                "smtp_tls_CAfile",
                                directory.resolve("ca.pem").toString(),
                                "smtp_tls_security_level",
                                "may",
                                "smtp_tls_loglevel",
                                "1",
                                "compatibility_level",
                                "3.11",
                                "smtp_tcp_port",
                                "" + server.port()));
        all.addAll(List.of(more));
        Hop hop = new Hop(Protocol.SMTP, world.policies(), all.toArray(new String[0]));
        hop.mx.put("x.example", exchangers("mx.x.example"));
        Resolver.Answer<InetAddress> here =
                new Resolver.Answer.Found<>(
                        List.of(InetAddress.getByAddress(new byte[] {127, 0, 0, 1})),
                        Duration.ofSeconds(60));
        hop.hosts.put("mx.x.example", here);
        hop.hosts.put("odd.x.example", here);
        return hop;
    }

    private static Resolver.Answer<Resolver.Mx> exchangers(String... hosts) {
        List<Resolver.Mx> all = new ArrayList<>();
        for (String host : hosts) {
            all.add(new Resolver.Mx(10 * (all.size() + 1), host));
        }
        return new Resolver.Answer.Found<>(all, Duration.ofSeconds(60));
    }

    private static String sent(Hop hop, String nexthop) {
        return hop.deliver(nexthop, Hop.Mail.to(1)).getFirst().replaceFirst("^r1 ", "");
    }

    private static String tls(Hop hop) {
        return hop.log.stream()
                .filter(l -> l.contains("TLS connection established"))
                .map(l -> l.replaceAll(" TLS connection.*", "").replaceAll(".* ", ""))
                .toList()
                .toString();
    }

    private static String results(Hop hop) {
        StringBuilder out = new StringBuilder();
        for (TlsResult each : hop.results) {
            TlsResult.Failure why = each.failure();
            out.append(each.policy().kind().word()).append(each.policy().mxHosts());
            out.append(why == null ? " kept" : " " + why.kind().word() + " " + why.reason());
        }
        return out.toString();
    }

    @Test
    void anExchangerThatKeepsToThePolicyGetsTheMailAndItsNameIsVerified() throws Exception {
        try (ScriptedServer server = server("mx", TLS);
                Hop hop = hop(server)) {
            assertEquals(SENT, sent(hop, "x.example"), hop.log.toString());
            assertEquals("[Verified]", tls(hop));
            assertEquals("secure/sts", hop.last().tls());
            assertEquals("sts[mx.x.example] kept", results(hop));
            assertEquals(
                    List.of(
                            "version: STSv1",
                            "mode: enforce",
                            "mx: mx.x.example",
                            "max_age: 86400"),
                    hop.results.getFirst().policy().strings());
            // Level encrypt is less than what the domain asks, too.
        }
        try (ScriptedServer server = server("mx", TLS);
                Hop hop = hop(server, "smtp_tls_security_level", "encrypt")) {
            assertEquals(SENT, sent(hop, "x.example"));
            assertEquals("[Verified]", tls(hop));
        }
    }

    @Test
    void mailWaitsForAnExchangerThatIsNotAllowedOrNotVerified() throws Exception {
        for (String certificate : List.of("past", "other")) {
            try (ScriptedServer server = server(certificate, TLS);
                    Hop hop = hop(server)) {
                assertEquals(
                        "deferred 4.7.5 mx.x.example[127.0.0.1] (Server certificate not verified)",
                        sent(hop, "x.example"));
                assertEquals("!secure/sts", hop.last().tls());
                assertEquals(List.of("EHLO mx.twin.example", "STARTTLS"), server.heardInClear);
            }
        }
        try (ScriptedServer server = server("mx", Map.of("keywords", "DSN"));
                Hop hop = hop(server)) {
            assertEquals(
                    "deferred 4.7.4 mx.x.example[127.0.0.1] (TLS is required, but was not offered"
                            + " by host mx.x.example[127.0.0.1])",
                    sent(hop, "x.example"));
            assertEquals(List.of(), server.bodies);
            assertEquals("sts[mx.x.example] starttls-not-supported ", results(hop));
        }
        try (ScriptedServer server = server("mx", TLS);
                Hop hop = hop(server)) {
            hop.mx.put("x.example", exchangers("odd.x.example"));
            assertEquals(
                    "deferred 4.3.0 none (server unavailable or unable to receive mail)",
                    sent(hop, "x.example"));
            assertTrue(
                    hop.log.contains(
                            "warning: MX name 'odd.x.example' does not match STS MX pattern for"
                                    + " 'x.example'"),
                    hop.log.toString());
            assertEquals("sts[mx.x.example] validation-failure mx-mismatch", results(hop));
            // One that is allowed is tried after it.
            hop.mx.put("x.example", exchangers("odd.x.example", "mx.x.example"));
            assertEquals(SENT, sent(hop, "x.example"));
        }
    }

    @Test
    void inTestingMailGoesAndFailuresAreSaid() throws Exception {
        world.policy(TESTING);
        try (ScriptedServer server = server("mx", TLS);
                Hop hop = hop(server)) {
            assertEquals(SENT, sent(hop, "x.example"));
            assertEquals("[Trusted]", tls(hop));
            assertEquals("may/sts:testing", hop.last().tls());
            assertEquals("sts[mx.x.example] kept", results(hop));
        }
        try (ScriptedServer server = server("other", TLS);
                Hop hop = hop(server)) {
            assertEquals(SENT, sent(hop, "x.example"));
            assertTrue(
                    hop.log.stream()
                            .anyMatch(l ->
                                    l.matches(
                                            "MTA-STS policy of x.example in testing: server"
                                                    + " certificate verification failed for"
                                                    + " mx.x.example\\[127.0.0.1\\]:\\S+:"
                                                    + " num=62:hostname mismatch")),
                    hop.log.toString());
            assertEquals(
                    "sts[mx.x.example] certificate-host-mismatch hostname mismatch", results(hop));
        }
        try (ScriptedServer server = server("mx", Map.of("keywords", "DSN"));
                Hop hop = hop(server)) {
            assertEquals(SENT, sent(hop, "x.example"));
            assertTrue(
                    hop.log.contains(
                            "MTA-STS policy of x.example in testing: TLS was not offered by host"
                                    + " mx.x.example[127.0.0.1]"),
                    hop.log.toString());
        }
        try (ScriptedServer server = server("mx", TLS);
                Hop hop = hop(server)) {
            hop.mx.put("x.example", exchangers("odd.x.example"));
            assertEquals(SENT.replace("mx.x", "odd.x"), sent(hop, "x.example"));
            assertEquals("sts[mx.x.example] validation-failure mx-mismatch", results(hop));
        }
    }

    /// A policy in testing lets any exchanger have the mail: none of them is verified by it.
    @Test
    void inTestingNobodyGetsAPasswordOfVerifiedServers() throws Exception {
        world.policy(TESTING);
        Map<String, String> script = Map.of("keywords", "STARTTLS", "tlskeywords", "AUTH PLAIN");
        try (ScriptedServer server = server("mx", script);
                Hop hop =
                        hop(
                                server,
                                "smtp_sasl_auth_enable",
                                "yes",
                                "smtp_sasl_tls_security_options",
                                "noplaintext",
                                "smtp_sasl_tls_verified_security_options",
                                "noanonymous",
                                "smtp_sasl_password_maps",
                                "inline:{{mx.x.example = user:Marked-Password-5}}")) {
            String out = sent(hop, "x.example");
            assertTrue(out.startsWith("deferred"), out);
            assertTrue(server.heard.stream().noneMatch(l -> l.startsWith("AUTH")), out);
            assertTrue(server.heard.stream().anyMatch(l -> l.startsWith("STARTTLS")), out);
        }
    }

    /// Nor is a file of ours named in a report.
    @Test
    void ourOwnTroubleIsNotReportedAsTheDomains() throws Exception {
        String file = directory.resolve("nowhere.pem").toString();
        try (ScriptedServer server = server("mx", TLS);
                Hop hop = hop(server, "smtp_tls_sts_CAfile", file)) {
            sent(hop, "x.example");
            assertEquals("", results(hop));
            assertTrue(world.log.toString().contains(file), world.log.toString());
        }
    }

    @Test
    void whereThereIsNoPolicyMailGoesAsWithout() throws Exception {
        for (String policy :
                List.of(
                        "mode: none|max_age: 86400",
                        "mode: enforce|max_age: 86400",
                        ENFORCE.replace("86400", "0"))) {
            world.policy(policy);
            java.nio.file.Files.deleteIfExists(directory.resolve("sts_policies"));
            try (ScriptedServer server = server("other", TLS);
                    Hop hop = hop(server)) {
                assertEquals(SENT, sent(hop, "x.example"));
                assertEquals(
                        policy.startsWith("mode: enforce|max_age")
                                ? "no-policy-found[] sts-policy-invalid https://mta-sts.x.example/"
                                        + ".well-known/mta-sts.txt: no mx in it"
                                : "no-policy-found[] kept",
                        results(hop));
            }
        }
    }

    /// A table's word counts over the domain's, a stronger level of main.cf as well; next hops that
    /// are no domain with mail exchangers have no policy.
    @Test
    void whatCountsOverAPolicy() throws Exception {
        try (ScriptedServer server = server("other", TLS)) {
            try (Hop hop = hop(server, "smtp_tls_policy_maps", "inline:{x.example=may}")) {
                assertEquals(SENT, sent(hop, "x.example"));
                assertEquals(SENT, sent(hop, "[mx.x.example]"));
            }
            try (Hop hop = hop(server)) {
                assertEquals(SENT, sent(hop, "[mx.x.example]"));
            }
        }
        try (ScriptedServer server = server("other", TLS)) {
            for (String level : List.of("none", "fingerprint")) {
                try (Hop hop = hop(server, "smtp_tls_security_level", level)) {
                    sent(hop, "x.example");
                    assertEquals(
                            "[]", hop.log.stream().filter(l -> l.contains("STS")).toList() + "");
                }
            }
        }
        assertEquals(List.of(), world.host.asked);
    }

    @Test
    void daneCountsBeforeAPolicyAndItsLackLeavesOne() throws Exception {
        String[] dane = {"smtp_tls_security_level", "dane", "smtp_dns_support_level", "dnssec"};
        try (ScriptedServer server = server("other", TLS);
                Hop hop = hop(server, dane)) {
            assertEquals(
                    "deferred 4.7.5 mx.x.example[127.0.0.1] (Server certificate not verified)",
                    sent(hop, "x.example"),
                    "without records of DANE the policy counts");
        }
        try (ScriptedServer server = server("other", TLS);
                Hop hop = hop(server, dane)) {
            secure(hop, server.port());
            assertEquals(
                    "deferred 4.7.5 mx.x.example[127.0.0.1] (Server certificate not verified)",
                    sent(hop, "x.example"));
            assertEquals("tlsa[] ", results(hop).replaceAll("validation-failure.*", ""));
        }
        assertEquals(1, world.host.asked.size());
    }

    /// DNSSEC vouches for all, and there is a TLSA record that is nobody's.
    private static void secure(Hop hop, int port) throws Exception {
        hop.mx.put(
                "x.example",
                new Resolver.Answer.Found<>(
                        List.of(new Resolver.Mx(10, "mx.x.example")),
                        Duration.ofSeconds(60),
                        true,
                        "x.example"));
        hop.hosts.put(
                "mx.x.example",
                new Resolver.Answer.Found<>(
                        List.of(InetAddress.getByAddress(new byte[] {127, 0, 0, 1})),
                        Duration.ofSeconds(60),
                        true,
                        "mx.x.example"));
        hop.tlsa.put(
                "_" + port + "._tcp.mx.x.example",
                new Resolver.Answer.Found<>(
                        List.of(new Resolver.Tlsa(3, 1, 1, "ab".repeat(32))),
                        Duration.ofSeconds(60),
                        true,
                        ""));
    }

    /// A session that was opened as another policy asked carries no mail of this one.
    @Test
    void aKeptSessionIsOfOnePolicy() throws Exception {
        world.policy(TESTING);
        // Of two domains, alike in all but their names.
        world.records.put("y.example", List.of("v=STSv1; id=1"));
        try (ScriptedServer server = server("mx", TLS);
                Hop hop = hop(server, "smtp_tls_connection_reuse", "yes")) {
            hop.mx.put("y.example", exchangers("mx.x.example"));
            assertEquals(SENT, sent(hop, "x.example"));
            assertEquals(SENT, sent(hop, "x.example"));
            assertEquals("[Trusted]", tls(hop), "one session");
            assertEquals(SENT, sent(hop, "y.example"));
            assertEquals("[Trusted, Trusted]", tls(hop), "another one");
        }
    }

    /// A verified exchanger passes the demand on (RFC 8689 2); one in trial is not verified.
    @Test
    void mailThatRequiresTlsGoesWhereAPolicyIsEnforced() throws Exception {
        Map<String, String> script = Map.of("keywords", "STARTTLS", "tlskeywords", "REQUIRETLS");
        for (String policy : List.of(ENFORCE, TESTING)) {
            world.policy(policy);
            java.nio.file.Files.deleteIfExists(directory.resolve("sts_policies"));
            try (ScriptedServer server = server("mx", script);
                    Hop hop = hop(server, "smtp_requiretls_policy", "enforce")) {
                Hop.Mail mail = Hop.Mail.to(1, "hello\r\n", Map.of("requiretls", "yes"));
                String out = hop.deliver("x.example", mail).getFirst();
                boolean enforced = policy.equals(ENFORCE);
                assertTrue(out.startsWith(enforced ? "r1 sent" : "r1 bounced 5.7.30"), out);
            }
        }
    }

    @Test
    void settingsThatCannotBeAreSaid() {
        java.util.function.BiFunction<String, String, List<String>> said =
                (level, file) ->
                        SmtpChecks.problems(
                                new ClientSettings(
                                        org.postrider.config.ServiceSettings.none()
                                                .with(
                                                        Map.of(
                                                                "smtp_tls_sts_enable",
                                                                "yes",
                                                                "smtp_tls_security_level",
                                                                level,
                                                                "smtp_tls_sts_CAfile",
                                                                file)),
                                        Protocol.SMTP),
                                org.postrider.time.Clock.system());
        String good = directory.resolve("ca.pem").toString();
        assertEquals(List.of(), said.apply("may", good));
        assertEquals(
                List.of(
                        "TLS: smtp_tls_sts_enable = yes has no effect with"
                                + " smtp_tls_security_level = none"),
                said.apply("none", good));
        List<String> lost = said.apply("encrypt", "/nonexistent/ca.pem");
        assertEquals(1, lost.size(), lost.toString());
        assertTrue(
                lost.getFirst()
                        .matches(
                                "TLS: smtp_tls_sts_CAfile: .*/nonexistent/ca.pem.*: its mail"
                                        + " waits"),
                lost.getFirst());
    }
}

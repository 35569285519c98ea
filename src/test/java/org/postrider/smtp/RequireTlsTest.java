package org.postrider.smtp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postrider.dns.Resolver;
import org.postrider.tls.TlsFixture;

/// Mail with REQUIRETLS beside each word of smtp_requiretls_policy (REQUIRETLS_README).
class RequireTlsTest {
    private static final String DEFAULT =
            "inline:{{own.example=opportunistic}, {.own.example=opportunistic}},"
                    + " cidr:{{0.0.0.0/0 opportunistic}}, enforce";

    @TempDir static Path directory;

    @BeforeAll
    static void makeKeys() throws Exception {
        TlsFixture.openssl(
                directory,
                "req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=mx.hop.example -addext"
                        + " subjectAltName=DNS:mx.hop.example -keyout named.key -out named.pem");
    }

    /// @param keywords those offered in clear, and within TLS
    private static ScriptedServer server(String... keywords) throws Exception {
        List<Map<String, String>> scripts = new java.util.ArrayList<>();
        for (String each : keywords) {
            if (each.equals("gone")) {
                scripts.add(Map.of("keywords", "STARTTLS", "starttls", "CLOSE"));
                continue;
            }
            String within = each.equals("STARTTLS") ? "REQUIRETLS" : "DSN";
            scripts.add(Map.of("keywords", each.replace("+", ","), "tlskeywords", within));
        }
        return new ScriptedServer(scripts, TlsFixture.serving(directory, "named"));
    }

    private static Hop hop(ScriptedServer server, String policy, boolean fallback)
            throws Exception {
        Hop hop =
                new Hop(
                        "smtp_tls_security_level",
                        "may",
                        "smtp_tls_CAfile",
                        directory.resolve("named.pem").toString(),
                        "smtp_tcp_port",
                        "" + server.port(),
                        "smtp_fallback_relay",
                        fallback ? "[127.0.0.1]:" + server.port() : "",
                        "smtp_requiretls_policy",
                        policy);
        hop.hosts.put(
                "mx.hop.example",
                new Resolver.Answer.Found<>(
                        List.of(InetAddress.getByAddress(new byte[] {127, 0, 0, 1})),
                        Duration.ofSeconds(60)));
        for (String domain : List.of("d.example", "own.example", "a.b.own.example")) {
            hop.mx.put(
                    domain,
                    new Resolver.Answer.Found<>(
                            List.of(new Resolver.Mx(10, "mx.hop.example")),
                            Duration.ofSeconds(60)));
        }
        return hop;
    }

    /// `STARTTLS+X` knows STARTTLS and not REQUIRETLS.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    enforce                  | d.example        | STARTTLS   | bounced | false
                    opportunistic            | d.example        | STARTTLS   | sent    | true
                    opportunistic            | d.example        | STARTTLS+X | sent    | false
                    opportunistic            | d.example        | DSN        | sent    | false
                    opportunistic+starttls   | d.example        | STARTTLS   | sent    | true
                    Opportunistic+StartTLS   | d.example        | STARTTLS+X | sent    | false
                    opportunistic+starttls   | d.example        | DSN        | bounced | false
                    disable                  | d.example        | STARTTLS   | sent    | false
                    default                  | d.example        | STARTTLS   | bounced | false
                    default                  | own.example      | DSN        | sent    | false
                    default                  | a.b.own.example  | STARTTLS   | sent    | true
                    default                  | [127.0.0.1]      | STARTTLS   | sent    | true
                    inline:{x=disable}       | d.example        | STARTTLS   | bounced | false
                    inline:{d.example=maybe} | d.example        | STARTTLS   | deferred| false
                    maybe                    | d.example        | STARTTLS   | deferred| false
                    """)
    void eachWordAsksWhatItSays(
            String policy, String nexthop, String keywords, String outcome, boolean told)
            throws Exception {
        try (ScriptedServer server = server(keywords);
                Hop hop = hop(server, policy.equals("default") ? DEFAULT : policy, false)) {
            Hop.Mail mail = Hop.Mail.to(1, "hello\r\n", Map.of("requiretls", "yes"));
            String out = hop.deliver(nexthop, mail).getFirst();
            assertEquals(outcome, out.split(" ", -1)[1], out + hop.log);
            assertEquals(
                    told,
                    server.heard.stream().anyMatch(l -> l.matches("MAIL FROM:.* REQUIRETLS")),
                    server.heard::toString);
        }
    }

    /// The field `tls=` of a delivery's line (smtp_log_tls_feature_status, 3.11).
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    may     | STARTTLS   | no  | may
                    may     | DSN        | no  | may:none
                    none    | STARTTLS   | no  | none
                    encrypt | STARTTLS   | no  | encrypt
                    encrypt | DSN        | no  | !encrypt
                    secure  | STARTTLS   | no  | secure
                    verify  | STARTTLS   | no  | !verify
                    may     | gone       | no  | may?
                    secure  | STARTTLS   | yes | secure/requiretls
                    secure  | STARTTLS+X | yes | secure/!requiretls:none
                    may     | STARTTLS   | yes | may/!requiretls:nocertmatch
                    may     | DSN        | yes | may:none/!requiretls:nostarttls
                    may     | gone       | yes | may?/requiretls?
                    """)
    void aDeliverysLineTellsOfTls(String level, String keywords, String asks, String tls)
            throws Exception {
        try (ScriptedServer server = server(keywords);
                Hop hop =
                        new Hop(
                                "compatibility_level",
                                "3.11",
                                "smtp_tls_security_level",
                                level,
                                "smtp_tls_CAfile",
                                directory.resolve("named.pem").toString(),
                                "smtp_tls_secure_cert_match",
                                "mx.hop.example",
                                "smtp_tls_verify_cert_match",
                                "other.example",
                                "smtp_requiretls_policy",
                                "enforce")) {
            Hop.Mail mail =
                    Hop.Mail.to(
                            1,
                            "x\r\n",
                            asks.equals("yes") ? Map.of("requiretls", "yes") : Map.of());
            hop.deliver("[127.0.0.1]:" + server.port(), mail);
            assertEquals(tls, hop.last().tls());
        }
    }

    /// Not where the configuration is for a Postfix that had no such field.
    @ParameterizedTest
    @CsvSource({"3.6, default, ''", "3.11, default, may", "3.11, no, ''"})
    void olderReadersOfTheLogSeeNoSuchField(String compatibility, String setting, String tls)
            throws Exception {
        List<String> all =
                new java.util.ArrayList<>(
                        List.of(
                                "compatibility_level",
                                compatibility,
                                "smtp_tls_security_level",
                                "may"));
        if (!setting.equals("default")) {
            all.addAll(List.of("smtp_log_tls_feature_status", setting));
        }
        try (ScriptedServer server = server("STARTTLS");
                Hop hop = new Hop(all.toArray(new String[0]))) {
            hop.deliver("[127.0.0.1]:" + server.port(), Hop.Mail.to(1));
            assertEquals(tls, hop.last().tls());
        }
    }

    /// 3.11: a server that will not do is no failure for good while another may.
    @Test
    void anotherServerMayDo() throws Exception {
        try (ScriptedServer server = server("DSN", "STARTTLS");
                Hop hop = hop(server, "opportunistic+starttls", true)) {
            Hop.Mail mail = Hop.Mail.to(1, "hello\r\n", Map.of("requiretls", "yes"));
            String out = hop.deliver("d.example", mail).getFirst();
            assertEquals("sent", out.split(" ", -1)[1], out);
        }
    }
}

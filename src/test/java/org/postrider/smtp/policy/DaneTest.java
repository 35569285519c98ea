package org.postrider.smtp.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postrider.config.ServicePorts;
import org.postrider.config.ServiceSettings;
import org.postrider.dns.Resolver;
import org.postrider.maps.TableDirectory;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.Protocol;
import org.postrider.smtp.SmtpChecks;
import org.postrider.smtp.route.Destination;
import org.postrider.smtp.route.Server;
import org.postrider.smtp.route.Trail;
import org.postrider.time.Clock;
import org.postrider.tls.ServerProof;
import org.postrider.tlsrpt.TlsResult;

/// What levels dane and dane-only come to, by what the DNS says and who vouches for it (RFC 7672).
class DaneTest {
    private static final String ONE = "aa".repeat(32);
    private static final String TWO = "bb".repeat(32);
    private static final String LONG = "cc".repeat(64);

    private final Zone zone = new Zone();
    private final List<String> said = new ArrayList<>();

    private TlsPolicies policies(String level, String... more) {
        Map<String, String> own = new HashMap<>();
        own.put("smtp_tls_security_level", level);
        own.put("smtp_dns_support_level", "dnssec");
        for (int i = 0; i < more.length; i += 2) {
            own.put(more[i], more[i + 1]);
        }
        return new TlsPolicies(
                new ClientSettings(ServiceSettings.none().with(own), Protocol.SMTP),
                new TableDirectory(Clock.system(), "hash"),
                zone,
                Clock.system(),
                said::add);
    }

    /// @param way `mx` and `host`, each where DNSSEC vouches for it; `no-mx` where there is none
    private static Server server(String way, String end) throws Exception {
        InetAddress here = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        boolean none = way.contains("no-mx");
        Trail trail =
                new Trail(
                        none ? "" : "d.example",
                        none ? "" : "d.example",
                        way.contains("mx") && !none,
                        end,
                        way.contains("host"));
        return new Server(
                "mx.d.example", "127.0.0.1", new InetSocketAddress(here, 25), true, trail);
    }

    private static Destination to(String nexthop) {
        return Destination.parse(nexthop, ServicePorts.of(ServiceSettings.none()), Protocol.SMTP)
                .getFirst();
    }

    private static String shown(TlsAnswer answer) {
        return switch (answer) {
            case TlsAnswer.Wait w -> w.status() + " " + w.text();
            case TlsAnswer.Go(TlsPolicy p, _) ->
                    p.level()
                            + (p.proof() instanceof ServerProof.Recorded(var records, var names, _)
                                    ? " " + p.serverName() + " " + names + " " + records.size()
                                    : "");
        };
    }

    private static final String TABLE =
            """
            dane      | mx host    | 3 1 1 ONE           | DANE mx.d.example [mx.d.example, d.example] 1
            dane-only | mx host    | 3 1 1 ONE           | DANE_ONLY mx.d.example [mx.d.example, d.example] 1
            dane      | no-mx host | 3 1 1 ONE           | DANE mx.d.example [mx.d.example] 1
            dane      | mx host    | 2 0 1 ONE | 3 1 1 TWO | DANE mx.d.example [mx.d.example, d.example] 2
            dane      | host       | 3 1 1 ONE           | HALF_DANE mx.d.example [mx.d.example, d.example] 1
            dane-only | host       | 3 1 1 ONE           | 4.7.5 non DNSSEC destination
            dane      | mx         | 3 1 1 ONE           | MAY
            dane-only | mx         | 3 1 1 ONE           | 4.7.5 no TLSA records found
            dane      | mx host    | 3 1 1 ONE?          | MAY
            dane-only | mx host    | 3 1 1 ONE?          | 4.7.5 no TLSA records found
            dane      | mx host    | -                   | MAY
            dane-only | mx host    | -                   | 4.7.5 no TLSA records found
            dane      | mx host    | !                   | 4.7.5 TLSA lookup error for mx.d.example:25
            dane-only | mx host    | !                   | 4.7.5 TLSA lookup error for mx.d.example:25
            dane      | mx host    | 0 0 1 ONE           | ENCRYPT
            dane-only | mx host    | 0 0 1 ONE           | 4.7.5 TLSA records unusable
            dane      | mx host    | 3 1 255 ONE         | ENCRYPT
            dane      | mx host    | 3 2 1 ONE           | ENCRYPT
            dane      | mx host    | 3 1 9 ONE           | ENCRYPT
            dane      | mx host    | 3 1 1 aabb          | ENCRYPT
            dane      | mx host    | 2 0 0 aabb          | ENCRYPT
            dane      | mx host    | 1 0 1 ONE | 3 1 1 TWO | DANE mx.d.example [mx.d.example, d.example] 1
            dane      | mx host    | 3 1 1 ONE | 3 1 2 LONG | DANE mx.d.example [mx.d.example, d.example] 1
            dane      | mx host    | 3 1 1 ONE | 3 0 2 LONG | DANE mx.d.example [mx.d.example, d.example] 2
            """;

    @Test
    void whatTheLevelComesTo() throws Exception {
        for (String row : TABLE.lines().toList()) {
            List<String> c = new ArrayList<>(List.of(row.split("\\s+\\|\\s+")));
            while (c.size() > 4) {
                c.set(2, c.get(2) + " | " + c.remove(3));
            }
            zone.put(
                    "_25._tcp.mx.d.example",
                    c.get(2).replace("ONE", ONE).replace("TWO", TWO).replace("LONG", LONG));
            assertEquals(
                    c.get(3),
                    shown(policies(c.get(0)).of(to("d.example"), server(c.get(1), ""))),
                    row + said);
        }
    }

    /// What the domain hears of it (RFC 8460): the records, and the failure that was there before.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    dane      | mx host | 3 1 1 ONE   | tlsa mx.d.example [3 1 1 ONE] null
                    dane      | mx host | 3 1 9 ONE   | tlsa mx.d.example [3 1 9 ONE] tlsa-invalid
                    dane-only | mx host | 3 1 9 ONE   | tlsa mx.d.example [3 1 9 ONE] tlsa-invalid
                    dane      | mx host | -           | null null
                    dane-only | mx host | -           | null dane-required
                    dane-only | host    | 3 1 1 ONE   | null dane-required
                    dane      | mx host | !           | null dnssec-invalid
                    """)
    void theDomainHearsWhatItsRecordsAreWorth(
            String level, String trail, String records, String expected) throws Exception {
        zone.put("_25._tcp.mx.d.example", records.replace("ONE", ONE));
        Said heard =
                switch (policies(level).of(to("d.example"), server(trail, ""))) {
                    case TlsAnswer.Go(_, Said s) -> s;
                    case TlsAnswer.Wait w -> w.said();
                };
        TlsResult.Policy p = heard.policy();
        TlsResult.Failure f = heard.failure();
        assertEquals(
                expected,
                (p == null
                                ? "null"
                                : p.kind().word()
                                        + " "
                                        + p.domain()
                                        + " "
                                        + p.strings().toString().replace(ONE, "ONE"))
                        + " "
                        + (f == null ? "null" : f.kind().word()));
    }

    /// Of two digests of one thing the stronger counts: the other may be an old key's.
    @ParameterizedTest
    @CsvSource({
        "sha512 sha256, SHA-512",
        "sha256 sha512, SHA-256",
        "sha256, SHA-256",
        "sha512=2, SHA-512",
        "'sha384=3, sha256', SHA-256"
    })
    void theDigestThatIsLikedBestCounts(String setting, String digest) throws Exception {
        zone.put("_25._tcp.mx.d.example", "3 1 1 " + ONE + " | 3 1 2 " + LONG);
        TlsAnswer answer =
                policies("dane", "tls_dane_digests", setting)
                        .of(to("d.example"), server("mx host", ""));
        assertTrue(
                answer instanceof TlsAnswer.Go(TlsPolicy p, _)
                        && p.proof() instanceof ServerProof.Recorded r
                        && r.records().getFirst().digest().equals(digest),
                answer.toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    mx host | end.example | -         | mx.d.example  | DANE end.example [end.example, d.example] 1
                    mx host | end.example | -         | -             | MAY
                    mx host | end.example | 3 1 1 ONE | -             | DANE mx.d.example [mx.d.example, d.example] 1
                    mx      | end.example | 3 1 1 ONE | mx.d.example  | DANE mx.d.example [mx.d.example, d.example] 1
                    """)
    void anAliasHasItsRecordsAtEitherEnd(
            String way, String end, String own, String atTheEnd, String level) throws Exception {
        zone.put("_25._tcp.mx.d.example", own.replace("ONE", ONE));
        zone.put("_25._tcp.end.example", atTheEnd.equals("-") ? "-" : "3 1 1 " + ONE);
        zone.aliases.put(
                "mx.d.example", new Resolver.Answer.Found<>(List.of(end), Duration.ZERO, true, ""));
        assertEquals(level, shown(policies("dane").of(to("d.example"), server(way, end))));
    }

    @Test
    void anAliasThatNobodyVouchesForHasNone() throws Exception {
        zone.put("_25._tcp.mx.d.example", "3 1 1 " + ONE);
        zone.aliases.put(
                "mx.d.example", new Resolver.Answer.Found<>(List.of("e.example"), Duration.ZERO));
        Server server = server("mx", "e.example");
        assertEquals("MAY", shown(policies("dane").of(to("d.example"), server)));
        zone.aliases.clear();
        assertEquals(
                "4.7.5 TLSA lookup error for mx.d.example:25",
                shown(policies("dane").of(to("d.example"), server)));
    }

    @ParameterizedTest
    @CsvSource({
        "smtp_tls_dane_insecure_mx_policy, may, MAY",
        "smtp_tls_dane_insecure_mx_policy, encrypt, ENCRYPT",
        "smtp_tls_dane_insecure_mx_policy, dane, 'HALF_DANE mx.d.example [mx.d.example, d.example]"
                + " 1'",
        "smtp_tls_dane_insecure_mx_policy, dnae, 4.7.5 client TLS configuration problem",
        "smtp_tls_dane_insecure_mx_policy, secure, 4.7.5 client TLS configuration problem",
        "smtp_dns_support_level, enabled, MAY",
        "smtp_host_lookup, native, MAY",
        "ignore_mx_lookup_error, yes, MAY"
    })
    void settings(String parameter, String value, String level) throws Exception {
        zone.put("_25._tcp.mx.d.example", "3 1 1 " + ONE);
        assertEquals(
                level,
                shown(policies("dane", parameter, value).of(to("d.example"), server("host", ""))));
    }

    @ParameterizedTest
    @CsvSource({
        "smtp_tls_dane_insecure_mx_policy, dnae",
        "smtp_host_lookup, dsn",
        "smtp_host_lookup, ''",
        "smtp_dns_support_level, dnsec"
    })
    void aWordThatMeansNothingIsNamedByCheck(String parameter, String value) {
        List<String> problems =
                SmtpChecks.problems(
                        new ClientSettings(
                                ServiceSettings.none().with(Map.of(parameter, value)),
                                Protocol.SMTP),
                        Clock.system());
        assertEquals(1, problems.size(), problems.toString());
        assertTrue(problems.getFirst().contains(parameter), problems.getFirst());
    }

    @Test
    void withoutDnssecDaneOnlyWaitsAndCheckSaysSo() throws Exception {
        assertEquals(
                "4.7.5 client TLS configuration problem",
                shown(
                        policies("dane-only", "smtp_dns_support_level", "enabled")
                                .of(to("d.example"), server("mx host", ""))));
        assertEquals(List.of("d.example: dane-only configured with dnssec lookups disabled"), said);
        List<String> problems =
                SmtpChecks.problems(
                        new ClientSettings(
                                ServiceSettings.none()
                                        .with(Map.of("smtp_tls_security_level", "dane")),
                                Protocol.SMTP),
                        Clock.system());
        assertEquals(
                List.of(
                        "TLS: smtp_tls_security_level = dane has no effect with dnssec lookups"
                                + " disabled"
                                + " (smtp_dns_support_level, smtp_host_lookup)"),
                problems);
    }

    @Test
    void forcedRecordsAreAskedForThoughNobodyVouchesForTheAddress() throws Exception {
        zone.put("_25._tcp.mx.d.example", "3 1 1 " + ONE);
        assertEquals(
                "DANE mx.d.example [mx.d.example, d.example] 1",
                shown(
                        policies("dane", "smtp_tls_force_insecure_host_tlsa_lookup", "yes")
                                .of(to("d.example"), server("mx", ""))));
    }

    @Test
    void answersAreKeptButNoTrouble() throws Exception {
        TlsPolicies policies = policies("dane");
        zone.put("_25._tcp.mx.d.example", "!");
        for (int i = 1; i <= 2; i++) {
            policies.of(to("d.example"), server("mx host", ""));
            assertEquals(i, zone.asked);
        }
        zone.put("_25._tcp.mx.d.example", "3 1 1 " + ONE);
        policies.of(to("d.example"), server("mx host", ""));
        policies.of(to("d.example"), server("mx host", ""));
        assertEquals(3, zone.asked);
    }
}

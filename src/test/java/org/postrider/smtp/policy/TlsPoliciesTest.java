package org.postrider.smtp.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postrider.config.ConfigException;
import org.postrider.config.ServicePorts;
import org.postrider.config.ServiceSettings;
import org.postrider.maps.TableDirectory;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.Protocol;
import org.postrider.smtp.route.Destination;
import org.postrider.smtp.route.Server;
import org.postrider.time.Clock;
import org.postrider.tls.ServerProof;
import org.postrider.tls.TlsFixture;

/// Which entry of a table says what a destination asks of TLS: a wrong one lets mail go in clear.
class TlsPoliciesTest {
    private static TlsAnswer of(String parameter, String table, String nexthop, String host)
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
                        new ClientSettings(settings, Protocol.SMTP),
                        new TableDirectory(Clock.system(), "hash"),
                        new Zone(),
                        Clock.system(),
                        said::add);
        Destination to =
                Destination.parse(nexthop, ServicePorts.of(settings), Protocol.SMTP).getFirst();
        InetAddress here = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        return policies.of(to, new Server(host, new InetSocketAddress(here, 25), true));
    }

    private static TlsLevel level(TlsAnswer answer) {
        return policy(answer).level();
    }

    private static TlsPolicy policy(TlsAnswer answer) {
        return assertInstanceOf(TlsAnswer.Go.class, answer).policy();
    }

    @ParameterizedTest
    @CsvSource({
        "dest.example, ENCRYPT",
        "mx.dest.example, MAY",
        "under.example, MAY",
        "a.under.example, ENCRYPT",
        "A.Under.EXAMPLE, ENCRYPT",
        "DEST.example, ENCRYPT",
        "a.b.under.example, ENCRYPT",
        "open.under.example, NONE",
        "[a.under.example], MAY",
        "a.under.example:25, MAY",
        "other.example, MAY"
    })
    void theNextHopOrAParentOfADomain(String nexthop, TlsLevel level) throws Exception {
        String table =
                "{dest.example = encrypt}, {.under.example = encrypt}, {open.under.example = none}";
        assertEquals(level, level(of("smtp_tls_policy_maps", table, nexthop, "h.example")));
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
    void noneCountsOnlyWhereNothingIsAskedFor(String hop, String host, TlsLevel level)
            throws Exception {
        String table =
                ("{hop.example = " + hop + "}, {host.example = " + host + "}")
                        .replaceAll("(, )?\\{[a-z.]+ = -\\}(, )?", "");
        String some = table.isEmpty() ? "{x.example = MAY}" : table;
        assertEquals(level, level(of("smtp_tls_per_site", some, "hop.example", "host.example")));
    }

    @ParameterizedTest
    @CsvSource({"MUST, NONE", "NONE, MUST", "MUST, MAY"})
    void mustIsTheServersName(String hop, String host) throws Exception {
        String table = "{hop.example = " + hop + "}, {host.example = " + host + "}";
        TlsPolicy made = policy(of("smtp_tls_per_site", table, "hop.example", "host.example"));
        assertEquals(TlsLevel.VERIFY, made.level());
        assertEquals(new ServerProof.Named(List.of("host.example")), made.proof());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    verify                                 | hop.example        | mx.host.example
                    secure                                 | hop.example        | hop.example .hop.example
                    secure                                 | [hop.example]:587  | hop.example .hop.example
                    verify match=nexthop                   | hop.example        | hop.example
                    verify match=Nexthop:DOT-nexthop       | hop.example        | hop.example .hop.example
                    secure match=a.example match=hostname  | hop.example        | a.example mx.host.example
                    secure match=.a.example:b.example      | hop.example        | .a.example b.example
                    secure match=.                         | hop.example        |
                    secure match=m\u00c3\u00bcller.example | hop.example        | xn--mller-kva.example
                    verify {match = a.example : b.example} | hop.example        | a.example b.example
                    """)
    void theNamesThatTheCertificateHasToHave(String entry, String nexthop, String names)
            throws Exception {
        TlsPolicy made =
                policy(
                        of(
                                "smtp_tls_policy_maps",
                                "{" + nexthop + " = " + entry + "}",
                                nexthop,
                                "mx.host.example"));
        List<String> wanted = names == null ? List.of() : List.of(names.split(" "));
        assertEquals(new ServerProof.Named(wanted), made.proof());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fingerprint match=AA:bb|00",
                "fingerprint match=aaBB match=00",
                "fingerprint match=xyz|aa:bb|00",
            })
    void aFingerprintIsTheCertificatesOrTheKeys(String entry) throws Exception {
        List<ServerProof.Record> records = new ArrayList<>();
        for (String data : List.of("aabb", "00")) {
            records.add(new ServerProof.Record(3, 0, "MD5", data));
            records.add(new ServerProof.Record(3, 1, "MD5", data));
        }
        TlsPolicy made =
                policy(
                        of(
                                "smtp_tls_policy_maps",
                                "{hop.example = " + entry + "}",
                                "hop.example",
                                "mx.host.example"));
        assertEquals(new ServerProof.Recorded(records, List.of(), false), made.proof());
    }

    /// What a policy table says amiss holds the mail; it never goes by main.cf's weaker level.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "nothing",
                "verify match",
                "verify match=",
                "verify tafile=",
                "verify tafile=/nowhere/to.pem",
                "may match=a.example",
                "encrypt match=a.example",
                "encrypt tafile=/etc/hosts",
                "fingerprint",
                "fingerprint match=xyz",
                "fingerprint tafile=/etc/hosts match=aa",
                "secure ciphers=",
                "secure ciphers=high ciphers=high",
                "secure protocols=TLSv1.2 protocols=TLSv1.3",
                "secure exclude=a exclude=b",
                "secure servername=a.example servername=b.example",
                "secure servername=-",
                "secure enable_rpk=perhaps",
                "secure connection_reuse=1",
                "secure policy_ttl=10",
                "secure policy_type=other",
                "secure policy_type=sts policy_ttl=x",
                "secure policy_type=sts policy_domain=-",
                "secure policy_type=sts policy_failure=other",
                "secure policy_type=sts policy_type=sts",
                "secure colour=blue",
                "secure =blue",
            })
    void whatIsSaidAmissHoldsTheMail(String entry) throws Exception {
        TlsAnswer answer =
                of(
                        "smtp_tls_policy_maps",
                        "{hop.example = " + entry + "}",
                        "hop.example",
                        "mx.host.example");
        TlsAnswer.Wait wait = assertInstanceOf(TlsAnswer.Wait.class, answer);
        assertEquals("4.7.5 client TLS configuration problem", wait.status() + " " + wait.text());
        assertEquals(
                "TLS policy lookup for hop.example/mx.host.example: client TLS configuration"
                        + " problem",
                wait.warning());
    }

    /// The words are real Postfix's.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "encrypt =x | =x | missing attribute name",
                "encrypt ciphers | ciphers | missing '=' after attribute name",
            })
    void anAttributeHasANameAndAValue(String entry, String pair, String lacks) {
        assertEquals(
                "here: malformed attribute/value pair \"" + pair + "\": " + lacks,
                assertThrows(
                                ConfigException.class,
                                () -> TlsPolicyEntry.parse("here", entry, warning -> {}))
                        .getMessage());
    }

    /// MTA-STS by a table: only the exchangers that the policy names, and only by their own names.
    @ParameterizedTest
    @CsvSource({
        "mx.host.example, mx.host.example, true",
        "*.host.example, MX.host.example, true",
        "*.host.example, host.example, false",
        "*.host.example, a.mx.host.example, false",
        "*.example, host.example, true",
        "other.example, mx.host.example, false",
        "*., mx.host.example, false"
    })
    void aPolicyOfStsNamesItsExchangers(String pattern, String host, boolean allowed)
            throws Exception {
        String entry =
                "secure match=hop.example policy_type=sts policy_domain=hop.example"
                        + " mx_host_pattern=no.example mx_host_pattern="
                        + pattern;
        TlsAnswer answer =
                of("smtp_tls_policy_maps", "{hop.example = " + entry + "}", "hop.example", host);
        if (allowed) {
            assertEquals(new ServerProof.Named(List.of(host)), policy(answer).proof());
        } else {
            assertEquals(
                    "MX name '" + host + "' does not match STS MX pattern for 'hop.example'",
                    assertInstanceOf(TlsAnswer.Wait.class, answer).warning());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"fingerprint match=aa", "verify", "secure match=a.example"})
    void aPolicyThatSaysItFailedIsContentWithNobody(String entry) throws Exception {
        String all = entry + " policy_type=sts policy_failure=sts-policy-invalid";
        TlsPolicy made =
                policy(
                        of(
                                "smtp_tls_policy_maps",
                                "{hop.example = " + all + "}",
                                "hop.example",
                                "mx.host.example"));
        assertEquals(new ServerProof.Never("sts-policy-invalid"), made.proof());
    }

    /// Each attribute is part of the policy, and so of the key of a kept connection; which entry
    /// said it is not.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "protocols=TLSv1.3",
                "ciphers=high",
                "exclude=aNULL",
                "servername=other.example",
                "servername=nexthop",
                "servername=hostname",
                "connection_reuse=yes"
            })
    void whatDiffersInOneAttributeIsAnotherPolicy(String attribute) throws Exception {
        String table = "{a.example = encrypt}, {b.example = encrypt}, {c.example = encrypt X}";
        String all = table.replace("X", attribute);
        TlsPolicy a = policy(of("smtp_tls_policy_maps", all, "a.example", "h.example"));
        TlsPolicy b = policy(of("smtp_tls_policy_maps", all, "b.example", "h.example"));
        TlsPolicy c = policy(of("smtp_tls_policy_maps", all, "c.example", "h.example"));
        assertEquals(a, b);
        assertEquals(a.hashCode(), b.hashCode());
        assertNotEquals(a, c);
    }

    @ParameterizedTest
    @CsvSource({
        "nexthop, [d.example]:587, d.example",
        "nexthop, d.example:587, d.example",
        "hostname, d.example, h.example",
        "x.example, d.example, x.example"
    })
    void theNameAskedForIsTheServers(String rule, String nexthop, String name) throws Exception {
        String table = "{" + nexthop + " = encrypt servername=" + rule + "}";
        TlsPolicy made = policy(of("smtp_tls_policy_maps", table, nexthop, "h.example"));
        assertEquals(name, made.serverName());
    }

    /// LMTP over a UNIX socket: the next hop is this machine.
    @Test
    void aSocketsNextHopIsThisMachine() throws Exception {
        ServiceSettings settings =
                ServiceSettings.none().with(Map.of("lmtp_tls_security_level", "secure"));
        TlsPolicies policies =
                new TlsPolicies(
                        new ClientSettings(settings, Protocol.LMTP),
                        new TableDirectory(Clock.system(), "hash"),
                        new Zone(),
                        Clock.system(),
                        _ -> {});
        Destination to =
                Destination.parse("unix:/run/lmtp", ServicePorts.of(settings), Protocol.LMTP)
                        .getFirst();
        InetAddress here = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        Server server = new Server("this.example", new InetSocketAddress(here, 24), true);
        assertEquals(
                new ServerProof.Named(List.of("this.example")),
                policy(policies.of(to, server)).proof());
    }

    private static TlsAnswer main(String level, String parameter, String value) throws Exception {
        ServiceSettings settings =
                ServiceSettings.none()
                        .with(Map.of("smtp_tls_security_level", level, parameter, value));
        TlsPolicies policies =
                new TlsPolicies(
                        new ClientSettings(settings, Protocol.SMTP),
                        new TableDirectory(Clock.system(), "hash"),
                        new Zone(),
                        Clock.system(),
                        _ -> {});
        InetAddress here = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        return policies.of(
                Destination.parse("d.example", ServicePorts.of(settings), Protocol.SMTP).getFirst(),
                new Server("mx.d.example", new InetSocketAddress(here, 25), true));
    }

    /// A clock that is moved by hand.
    private static final class Hands implements Clock {
        private long nanos;

        @Override
        public long wallMillis() {
            return Clock.system().wallMillis();
        }

        @Override
        public long nanos() {
            return nanos;
        }
    }

    /// A file that could not be read for a moment does not have mail go in clear, or wait, until
    /// somebody reloads.
    @ParameterizedTest
    @CsvSource({
        "may, smtp_tls_CAfile",
        "encrypt, smtp_tls_CAfile",
        "secure, smtp_tls_trust_anchor_file"
    })
    void whatCannotBeHadIsTriedAgain(String level, String parameter, @TempDir Path temp)
            throws Exception {
        Path file = temp.resolve("ca.pem");
        ServiceSettings settings =
                ServiceSettings.none()
                        .with(Map.of("smtp_tls_security_level", level, parameter, file.toString()));
        Hands hands = new Hands();
        List<String> said = new ArrayList<>();
        TlsPolicies policies =
                new TlsPolicies(
                        new ClientSettings(settings, Protocol.SMTP),
                        new TableDirectory(Clock.system(), "hash"),
                        new Zone(),
                        hands,
                        said::add);
        Destination to =
                Destination.parse("d.example", ServicePorts.of(settings), Protocol.SMTP).getFirst();
        InetAddress here = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        Server server = new Server("mx.d.example", new InetSocketAddress(here, 25), true);
        assertFalse(secured(policies, policies.of(to, server)));
        TlsFixture.openssl(
                temp,
                "req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=ca -keyout k -out ca.pem");
        hands.nanos = 59_000_000_000L;
        assertFalse(secured(policies, policies.of(to, server)));
        hands.nanos = 61_000_000_000L;
        assertTrue(secured(policies, policies.of(to, server)), said.toString());
    }

    private static boolean secured(TlsPolicies policies, TlsAnswer answer) {
        return answer instanceof TlsAnswer.Go go && policies.client(go.policy()) != null;
    }

    /// A transport without TLS does not care for what TLS would be like; one with it holds mail.
    @ParameterizedTest
    @CsvSource({
        "smtp_tls_scert_verifydepth, many",
        "smtp_tls_connection_reuse, perhaps",
        "tls_append_default_CA, perhaps"
    })
    void aBadTlsSettingHoldsTheMailThatWantsTls(String parameter, String value) throws Exception {
        assertEquals(TlsLevel.NONE, level(main("none", parameter, value)));
        for (String level : List.of("may", "encrypt")) {
            TlsAnswer.Wait wait =
                    assertInstanceOf(TlsAnswer.Wait.class, main(level, parameter, value));
            assertTrue(wait.warning().contains(parameter), wait.warning());
        }
    }
}

package org.postrider.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.time.Clock;
import org.xbill.DNS.Rcode;

/// Texts as Postfix 3.7.11 gave them for the same zones (docs/postfix-notes/smtp-client.txt).
class SystemResolverTest {
    private static final String NO = "Host or domain name not found. Name service error for name=";

    @TempDir Path directory;
    private StubServer server;
    private SystemResolver resolver;

    @BeforeEach
    void start() throws IOException {
        server = new StubServer();
        Path conf = directory.resolve("resolv.conf");
        Files.writeString(
                conf, "search example.net\nnameserver 127.0.0.1\noptions timeout:60 attempts:1\n");
        resolver = new SystemResolver(conf, server.port(), Clock.system());
    }

    /// One that does not wait long, for servers that do not answer.
    private SystemResolver hasty(int seconds) throws IOException {
        Path conf = directory.resolve("hasty.conf");
        Files.writeString(
                conf, "nameserver 127.0.0.1\noptions attempts:1 timeout:" + seconds + "\n");
        return new SystemResolver(conf, server.port(), Clock.system());
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private static String text(Resolver.Answer<?> a) {
        return switch (a) {
            case Resolver.Answer.Found<?> f -> f.records().toString();
            case Resolver.Answer.NoName<?> n -> "no name: " + n.text();
            case Resolver.Answer.NoData<?> n -> "no data: " + n.text();
            case Resolver.Answer.TryAgain<?> t -> "again: " + t.text();
        };
    }

    /// Looked at once a second; a change that leaves size and times as they were is seen, too.
    @Test
    void aChangedResolvConfIsReadAgain() throws IOException {
        server.zone("one.example A 127.0.0.9");
        Path conf = directory.resolve("resolv.conf");
        long[] now = {0};
        Clock clock =
                new Clock() {
                    @Override
                    public long wallMillis() {
                        return System.currentTimeMillis();
                    }

                    @Override
                    public long nanos() {
                        return now[0];
                    }
                };
        SystemResolver later = new SystemResolver(conf, server.port(), clock);
        assertEquals("[/127.0.0.9]", text(later.addresses("one.example", true, false)));
        for (String host : List.of("127.0.0.3", "127.0.0.1", "127.0.0.4")) {
            // Nobody answers at the others.
            int seconds = host.equals("127.0.0.1") ? 9 : 1;
            Files.writeString(
                    conf, "nameserver " + host + "\noptions attempts:1 timeout:" + seconds + "\n");
            now[0] += 1_000_000_000L;
            String answer = text(later.addresses("one.example", true, false));
            assertEquals(host.equals("127.0.0.1"), answer.equals("[/127.0.0.9]"), answer);
        }
    }

    @Test
    void ofTextsTheFirstStringAloneCanBeHad() throws IOException {
        server.zone("why.example TXT \"one \" \"two\"");
        assertEquals("[one two]", text(resolver.texts("why.example")));
        assertEquals("[one ]", text(resolver.firstTexts("why.example")));
    }

    @Test
    void nameServersAreNamesOfHosts() throws IOException {
        server.zone("zone.example NS ns1.example\nzone.example NS bad\\032name.example");
        assertEquals("[ns1.example]", text(resolver.nameServers("zone.example")));
        assertEquals(
                "no name: " + NO + "none.example type=NS: Host not found",
                text(resolver.nameServers("none.example")));
    }

    @Test
    void textsComeInOnePieceAndOctetByOctet() throws IOException {
        server.zone(
                """
                _smtp._tls.t.example TXT "v=TLSRPTv1; " "rua=mailto:a@b.example"
                _odd._tls.t.example TXT "caf\\195\\169"
                """);
        assertEquals(
                "[v=TLSRPTv1; rua=mailto:a@b.example]",
                text(resolver.texts("_smtp._tls.t.example")));
        assertEquals("[caf\u00c3\u00a9]", text(resolver.texts("_odd._tls.t.example")));
        assertTrue(text(resolver.texts("none.t.example")).startsWith("no name: "));
    }

    /// Texts of Postfix 3.12's dns_lookup(3), which 3.7 has no SRV for.
    @Test
    void servicesAreFoundWithTheirPorts() throws IOException {
        server.zone(
                """
                _submission._tcp.s.example SRV 10 5 587 mx.s.example.
                _none._tcp.s.example SRV 0 0 0 .
                _bad._tcp.s.example SRV 0 0 25 -bad-.s.example.
                _text._tcp.s.example TXT x
                """);
        assertEquals(
                "[Srv[priority=10, weight=5, port=587, target=mx.s.example]]",
                text(resolver.srv("_submission._tcp.s.example")));
        assertEquals(
                "[Srv[priority=0, weight=0, port=0, target=]]",
                text(resolver.srv("_none._tcp.s.example")));
        assertEquals("[]", text(resolver.srv("_bad._tcp.s.example")));
        assertEquals(
                "no data: "
                        + NO
                        + "_text._tcp.s.example type=SRV: Host found but no data record of"
                        + " requested type",
                text(resolver.srv("_text._tcp.s.example")));
        assertEquals(
                "no name: " + NO + "_x._tcp.s.example type=SRV: Host not found",
                text(resolver.srv("_x._tcp.s.example")));
    }

    @Test
    void whatIsThereIsFoundAndTheSearchListIsLeftAlone() throws IOException {
        server.zone(
                """
                one.example MX 10 a.one.example.
                one.example MX 5 b.one.example.
                null.example MX 0 .
                a.one.example A 127.0.0.9
                a.one.example AAAA ::1
                short.example.net A 127.0.0.9
                alias.example CNAME a.one.example.\
                """);
        assertTrue(
                text(resolver.mx("one.example")).contains("Mx[preference=5, host=b.one.example]"));
        assertEquals("[Mx[preference=0, host=]]", text(resolver.mx("null.example")));
        assertEquals(
                "[/127.0.0.9, /0:0:0:0:0:0:0:1]",
                text(resolver.addresses("a.one.example", true, true)));
        assertEquals("[/127.0.0.9]", text(resolver.addresses("a.one.example", true, false)));
        assertEquals("[/127.0.0.9]", text(resolver.addresses("alias.example", true, false)));
        assertTrue(text(resolver.addresses("short", true, false)).startsWith("no name"));
    }

    @Test
    void whatIsNotThereIsSaidInPostfixsWords() throws IOException {
        server.zone("nodata.example TXT hello");
        server.rcodes.put("serv.example", Rcode.SERVFAIL);
        server.rcodes.put("form.example", Rcode.FORMERR);
        assertEquals(
                "no name: " + NO + "nosuch.example type=AAAA: Host not found",
                text(resolver.addresses("nosuch.example", true, true)));
        assertEquals(
                "no name: " + NO + "nosuch.example type=A: Host not found",
                text(resolver.addresses("nosuch.example", true, false)));
        assertEquals(
                "no data: "
                        + NO
                        + "nodata.example type=A: Host found but no data record of requested type",
                text(resolver.addresses("nodata.example", true, false)));
        assertEquals(
                "again: " + NO + "serv.example type=MX: Host not found, try again",
                text(resolver.mx("serv.example")));
        assertEquals(
                "again: " + NO + "form.example type=MX: Host not found, try again",
                text(resolver.mx("form.example")));
        assertEquals(
                "no name: Name service error for a..b: invalid host or domain name",
                text(resolver.mx("a..b")));
    }

    @Test
    void aSilentServerAndAnswersToOtherQuestionsMeanTryAgain() throws IOException {
        server.zone("one.example MX 10 a.one.example.");
        server.wrongId();
        assertInstanceOf(Resolver.Answer.TryAgain.class, hasty(1).mx("one.example"));
        server.silent(true);
        assertInstanceOf(Resolver.Answer.TryAgain.class, hasty(1).mx("one.example"));
    }

    @Test
    void aliasesThatNeverEndEnd() throws IOException {
        server.zone("l1.example CNAME l2.example.\nl2.example CNAME l1.example.");
        assertEquals("no name: Name server loop for l1.example", text(resolver.mx("l1.example")));
        StringBuilder chain = new StringBuilder();
        for (int i = 0; i < 30; i++) {
            chain.append("c")
                    .append(i)
                    .append(".example CNAME c")
                    .append(i + 1)
                    .append(".example.\n");
        }
        server.zone(chain.toString().strip());
        assertEquals("no name: Name server loop for c0.example", text(resolver.mx("c0.example")));
    }

    @Test
    void aLargeAnswerComesOverTcpAndIsBounded() throws IOException {
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 1000; i++) {
            many.append("many.example MX ")
                    .append(i)
                    .append(" m")
                    .append(i)
                    .append(".many.example.\n");
        }
        server.zone(many.toString().strip());
        Resolver.Answer<Resolver.Mx> a = resolver.mx("many.example");
        assertEquals(100, assertInstanceOf(Resolver.Answer.Found.class, a).records().size());
        assertEquals(1, server.overTcp.get());
    }

    @Test
    void malformedExchangersAreLeftOut() throws IOException {
        server.zone("bad.example MX 10 -a.bad.example.\nlit.example MX 10 127.0.0.9.");
        assertEquals("[]", text(resolver.mx("bad.example")));
        assertEquals("[Mx[preference=10, host=127.0.0.9]]", text(resolver.mx("lit.example")));
    }

    @Test
    void recordsOfOtherNamesAreNoAnswerAndNoRefusal() throws IOException {
        server.zone("one.example MX 10 a.one.example.\na.one.example A 127.0.0.9");
        server.owner("other.example");
        assertEquals(
                "again: " + NO + "one.example type=MX: Host not found, try again",
                text(resolver.mx("one.example")));
        assertInstanceOf(
                Resolver.Answer.TryAgain.class, resolver.addresses("a.one.example", true, false));
    }

    @Test
    void whatComesWithNxdomainDoesNotCount() throws IOException {
        server.zone("one.example MX 10 a.one.example.");
        server.refuses("one.example", Rcode.NXDOMAIN);
        assertEquals(
                "no name: " + NO + "one.example type=MX: Host not found",
                text(resolver.mx("one.example")));
    }

    @Test
    void aServerThatKnowsNoEdnsIsAskedWithoutIt() throws IOException {
        server.zone("one.example A 127.0.0.9");
        server.withoutEdns();
        assertEquals("[/127.0.0.9]", text(resolver.addresses("one.example", true, false)));
    }

    @Test
    void aCutAnswerWhoseRestCannotBeHadIsNone() throws IOException {
        server.zone("one.example A 127.0.0.9");
        server.cut();
        assertEquals(
                "again: " + NO + "one.example type=A: Host not found, try again",
                text(resolver.addresses("one.example", true, false)));
    }

    /// The names of a client's address are shown in logs and headers.
    @Test
    void namesThatAreNoneOfHostsNameNobody() throws IOException {
        server.zone(
                """
                9.0.0.127.in-addr.arpa PTR a\\010b.example.
                9.0.0.127.in-addr.arpa PTR *.example.
                9.0.0.127.in-addr.arpa PTR a\\.b.example.
                9.0.0.127.in-addr.arpa PTR a\\\\b.example.
                9.0.0.127.in-addr.arpa PTR \\195\\164.example.
                9.0.0.127.in-addr.arpa PTR 127.0.0.9.
                9.0.0.127.in-addr.arpa PTR -a.example.
                9.0.0.127.in-addr.arpa PTR good.example.\
                """);
        Resolver.Answer<String> names = resolver.names(InetAddress.getByName("127.0.0.9"));
        assertEquals("[good.example]", text(names));
    }

    @Test
    void aNameServerThatComesBackIsAskedAgain() throws IOException {
        server.zone("one.example A 127.0.0.9");
        SystemResolver one = hasty(3);
        server.silent(true);
        assertInstanceOf(Resolver.Answer.TryAgain.class, one.addresses("one.example", true, false));
        server.silent(false);
        assertEquals("[/127.0.0.9]", text(one.addresses("one.example", true, false)));
    }

    /// As res_search(3) has it; twin's dnshop.case plays the same on real Postfix.
    @Test
    void hostsAreLookedUpBelowOtherDomainsWhereThatIsAsked() throws IOException {
        Path conf = directory.resolve("resolv.conf");
        Files.writeString(
                conf,
                "domain left.example\nsearch one.example two.example\nnameserver 127.0.0.1\n");
        server.zone(
                """
                a.one.example A 127.0.0.2
                b.two.example A 127.0.0.3
                c.d.two.example A 127.0.0.4
                a.two.example MX 10 a.one.example.
                e.left.example A 127.0.0.5
                f.one.example TXT x
                """);
        Resolver both = resolver(conf, true, true);
        Resolver first = resolver(conf, true, false);
        Resolver dotted = resolver(conf, false, true);
        assertEquals("[/127.0.0.2]", text(both.addresses("a", true, false)));
        assertEquals("[/127.0.0.2]", text(first.addresses("a", true, false)));
        assertInstanceOf(Resolver.Answer.NoName.class, dotted.addresses("a", true, false));
        assertEquals("[/127.0.0.3]", text(both.addresses("b", true, false)));
        assertInstanceOf(Resolver.Answer.NoName.class, first.addresses("b", true, false));
        assertEquals("[/127.0.0.4]", text(dotted.addresses("c.d", true, false)));
        assertInstanceOf(Resolver.Answer.NoName.class, first.addresses("c.d", true, false));
        assertInstanceOf(Resolver.Answer.NoName.class, both.addresses("e", true, false));
        assertEquals(
                "no data: " + NO + "f type=A: Host found but no data record of requested type",
                text(both.addresses("f", true, false)));
        assertInstanceOf(Resolver.Answer.NoName.class, both.mx("a"));
        server.rcodes.put("g.one.example", Rcode.SERVFAIL);
        assertEquals(
                "again: " + NO + "g type=A: Host not found, try again",
                text(both.addresses("g", true, false)));
    }

    private Resolver resolver(Path conf, boolean defaultDomain, boolean search) throws IOException {
        return new SystemResolver(conf, server.port(), Clock.system())
                .under(new ResolverOptions(defaultDomain, search, ""));
    }

    @Test
    void hostNamesAreCheckedAsPostfixDoes() {
        for (String good : List.of("a", "a.b", "a-b.c", "a_b.c", "1a.2", "x".repeat(63))) {
            assertTrue(HostName.valid(good), good);
        }
        for (String bad :
                List.of(
                        "",
                        ".",
                        "a.",
                        ".a",
                        "a..b",
                        "-a",
                        "a-",
                        "a.-b",
                        "a b",
                        "1.2.3",
                        "x".repeat(64),
                        "a\u00e9")) {
            assertFalse(HostName.valid(bad), bad);
        }
    }

    @Test
    void addressesAreWrittenShort() throws IOException {
        assertEquals("::1", AddressText.of(InetAddress.getByName("::1")));
        assertEquals("::", AddressText.of(InetAddress.getByName("::")));
        assertEquals(
                "2001:db8::1:0:0:1", AddressText.of(InetAddress.getByName("2001:db8:0:0:1:0:0:1")));
        assertEquals(
                "2001:db8:0:1:1:1:1:1",
                AddressText.of(InetAddress.getByName("2001:db8:0:1:1:1:1:1")));
        assertEquals("fe80::", AddressText.of(InetAddress.getByName("fe80::")));
        assertEquals("127.0.0.1", AddressText.of(InetAddress.getByName("127.0.0.1")));
    }
}

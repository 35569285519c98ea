package org.postrider.smtp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postrider.config.ServiceSettings;
import org.postrider.dns.Resolver;
import org.postrider.queue.Named;
import org.postrider.smtp.route.Destination;

class SmtpAgentTest {
    private static final org.postrider.config.ServicePorts PORTS =
            org.postrider.config.ServicePorts.of(org.postrider.config.ServiceSettings.none());

    private static final String H = "127.0.0.1[127.0.0.1]";
    private static final List<String> SENT =
            List.of("r1 sent 2.0.0 " + H + " (250 2.0.0 Ok: queued as X1)");

    private static InetAddress ip(int last) throws UnknownHostException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
    }

    // ---- sessions

    @Test
    void theNextMailTakesTheOpenSession() throws IOException {
        try (Hop hop = new Hop();
                ScriptedServer server = new ScriptedServer(ScriptedServer.script())) {
            for (int i = 0; i < 5; i++) {
                assertEquals(SENT, hop.deliver(server.nexthop(), Hop.Mail.to(1)));
            }
            assertEquals(1, server.connections());
            assertEquals(1, server.heard.stream().filter(l -> l.startsWith("EHLO")).count());
            assertTrue(server.heard.stream().noneMatch("RSET"::equals));
        }
    }

    @Test
    void afterARefusalTheSessionIsResetBeforeItServesAgain() throws IOException {
        try (Hop hop = new Hop();
                ScriptedServer server =
                        new ScriptedServer(ScriptedServer.script("rcpt2", "550 5.1.1 no"))) {
            hop.deliver(server.nexthop(), Hop.Mail.to(1));
            hop.deliver(server.nexthop(), Hop.Mail.to(1));
            assertEquals(1, server.connections());
        }
        try (Hop hop = new Hop();
                ScriptedServer server =
                        new ScriptedServer(ScriptedServer.script("rcpt1", "550 5.1.1 no"))) {
            hop.deliver(server.nexthop(), Hop.Mail.to(1));
            hop.deliver(server.nexthop(), Hop.Mail.to(1));
            assertEquals(1, server.connections());
            assertEquals(2, server.heard.stream().filter("RSET"::equals).count());
        }
    }

    @Test
    void aSessionThatSaysGoodbyeOnReuseIsReplaced() throws IOException {
        try (Hop hop = new Hop();
                ScriptedServer server = new ScriptedServer(ScriptedServer.script())) {
            assertEquals(SENT, hop.deliver(server.nexthop(), Hop.Mail.to(1)));
        }
        Map<String, String> first = ScriptedServer.script().getFirst();
        Map<String, String> script = new java.util.HashMap<>(first);
        script.put("afterdot", "CLOSE");
        try (Hop hop = new Hop();
                ScriptedServer server = new ScriptedServer(List.of(script, Map.of()))) {
            assertEquals(SENT, hop.deliver(server.nexthop(), Hop.Mail.to(1)));
            assertEquals(SENT, hop.deliver(server.nexthop(), Hop.Mail.to(1)));
            assertEquals(2, server.connections());
        }
    }

    @Test
    void withoutTheCacheEachMailHasItsSession() throws IOException {
        try (Hop hop = new Hop("smtp_connection_cache_on_demand", "no");
                ScriptedServer server = new ScriptedServer(ScriptedServer.script())) {
            hop.deliver(server.nexthop(), Hop.Mail.to(1));
            hop.deliver(server.nexthop(), Hop.Mail.to(1));
            assertEquals(2, server.connections());
        }
    }

    @Test
    void aReplySplitAtEachOctetIsTheSameReply() throws IOException {
        try (Hop hop = new Hop();
                ScriptedServer server = new ScriptedServer(ScriptedServer.script("slow", "yes"))) {
            assertEquals(SENT, hop.deliver(server.nexthop(), Hop.Mail.to(1)));
        }
    }

    // ---- next hops

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    example.com | example.com | 0 | false
                    [mail.example.com] | mail.example.com | 0 | true
                    example.com:submission | example.com | 587 | false
                    [mail.example.com]:2525 | mail.example.com | 2525 | true
                    [127.0.0.1] | 127.0.0.1 | 0 | true
                    [ipv6:::1]:25 | ::1 | 25 | true
                    [::1]:26 | ::1 | 26 | true
                    example.com:nosuch | example.com | -1 | false
                    example.com:0 | example.com | -1 | false
                    example.com:65536 | example.com | -1 | false
                    """)
    void aNextHopIsReadInEachForm(String text, String host, int port, boolean literal) {
        Destination d = Destination.parse(text, PORTS, Protocol.SMTP).getFirst();
        assertEquals(host, d.host());
        assertEquals(port, d.port());
        assertEquals(literal, d.kind() == Destination.Kind.HOST);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    smtp:[a.example]:587 | valid hostname or network address required
                    a.example:587:587 | valid hostname or network address required
                    []:587 | valid hostname or network address required
                    1.2.3 | valid hostname or network address required
                    300.1.1.1 | valid hostname or network address required
                    a..example | valid hostname or network address required
                    a.example. | valid hostname or network address required
                    a-.example:587 | valid hostname or network address required
                    a.example/587 | valid hostname or network address required
                    [a.example | missing "]"
                    [a.example]x | garbage after "]"
                    [a.example]:587x | garbage after numerical service
                    :587 | missing host information
                    [a.example]:0 | bad network port: 0
                    [a.example]:99999 | bad network port: 99999
                    [a.example]:nosuch | unknown service: nosuch/tcp
                    """)
    void aNextHopThatIsNoneHoldsMailAndReturnsNone(String text, String why) {
        String fault = Destination.parse(text, PORTS, Protocol.SMTP).getFirst().fault();
        String whole =
                why.startsWith("unknown")
                        ? why
                        : why.startsWith("bad")
                                ? why + " for destination: " + text
                                : why + " in server description: " + text;
        assertEquals(whole, fault);
        for (String lookup : List.of("dns", "native")) {
            try (Hop hop = new Hop("smtp_host_lookup", lookup)) {
                assertEquals(
                        List.of("r1 deferred 4.3.0 none (unknown mail transport error)"),
                        hop.deliver(text, Hop.Mail.to(1)));
            }
        }
    }

    @Test
    void namesOfNextHopsMayHaveUnderlinesAndLettersOfAnyScript() {
        String utf8 = new String("b\u00fccher.example".getBytes(UTF_8), ISO_8859_1);
        for (String text : List.of("a_b.example", utf8, "[ipv6:::1]:25", "::1", "127.0.0.1:25")) {
            assertNull(Destination.parse(text, PORTS, Protocol.SMTP).getFirst().fault());
        }
    }

    @Test
    void aListOfNextHopsIsTriedInOrder() {
        assertEquals(
                List.of("a.example", "b.example", "::1"),
                Destination.parse("a.example, [b.example]:26\t[::1]", PORTS, Protocol.SMTP).stream()
                        .map(Destination::host)
                        .toList());
    }

    // ---- mail exchangers

    @Test
    void anExchangerThatIsThisMachineLoops() throws IOException {
        try (Hop hop = new Hop("inet_protocols", "ipv4")) {
            hop.mx.put("loop.example", Hop.found(List.of(new Resolver.Mx(10, "me.loop.example"))));
            hop.hosts.put("me.loop.example", Hop.found(List.of(ip(1))));
            assertEquals(
                    List.of("r1 bounced 5.4.6 none (mail for loop.example loops back to myself)"),
                    hop.deliver("loop.example", Hop.Mail.to(1)));
            assertEquals(
                    List.of("r1 bounced 5.4.6 none (mail for 127.0.0.1 loops back to myself)"),
                    hop.deliver("[127.0.0.1]", Hop.Mail.to(1)));
            hop.mx.put(
                    "loop3.example",
                    Hop.found(
                            List.of(
                                    new Resolver.Mx(5, "nope.loop3.example"),
                                    new Resolver.Mx(10, "me.loop.example"))));
            assertEquals(
                    List.of(
                            "r1 deferred 4.4.4 none"
                                    + " (unable to find primary relay for loop3.example)"),
                    hop.deliver("loop3.example", Hop.Mail.to(1)));
        }
    }

    @Test
    void aDomainThatTakesNoMailSaysSo() throws IOException {
        try (Hop hop = new Hop()) {
            hop.mx.put(
                    "null.example",
                    Hop.found(
                            List.of(
                                    new Resolver.Mx(0, ""),
                                    new Resolver.Mx(10, "a.null.example"))));
            assertEquals(
                    List.of(
                            "r1 bounced 5.1.0 none"
                                    + " (Domain null.example does not accept mail (nullMX))"),
                    hop.deliver("null.example", Hop.Mail.to(1)));
        }
    }

    @Test
    void relayhostThatDoesNotResolveReturnsNoMail() {
        try (Hop hop = new Hop("relayhost", "nosuch.example")) {
            assertEquals(
                    List.of("r1 deferred 4.3.5 none (no host nosuch.example)"),
                    hop.deliver("nosuch.example", Hop.Mail.to(1)));
            assertEquals(List.of("warning: relayhost configuration problem"), hop.log);
            assertEquals(
                    List.of("r1 bounced 5.4.4 none (no host other.example)"),
                    hop.deliver("other.example", Hop.Mail.to(1)));
        }
    }

    @Test
    void theFallbackRelayTakesWhatHasNoServer() throws IOException {
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.script());
                Hop hop = new Hop("smtp_fallback_relay", server.nexthop())) {
            assertEquals(SENT, hop.deliver("nosuch.example", Hop.Mail.to(1)));
        }
    }

    @Test
    void noMoreAddressesAreTriedThanTheLimit() throws IOException {
        try (Hop hop = new Hop("inet_protocols", "ipv4", "smtp_tcp_port", "1")) {
            List<Resolver.Mx> many = new java.util.ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                many.add(new Resolver.Mx(i, "m" + i + ".many.example"));
                hop.hosts.put(
                        "m" + i + ".many.example", Hop.found(List.of(ip(20), ip(21), ip(22))));
            }
            hop.mx.put("many.example", Hop.found(many));
            hop.deliver("many.example", Hop.Mail.to(1));
            assertEquals(5, hop.log.size(), hop.log.toString());
        }
    }

    // ---- content

    @Test
    void nothingButCrlfEndsALineAndDotsAreStuffed() throws IOException {
        String body = ".dot\r\nbare\nline\rcr\r\n" + "y".repeat(2000) + "\r\n." + "z".repeat(998);
        try (Hop hop = new Hop();
                ScriptedServer server = new ScriptedServer(ScriptedServer.script())) {
            Hop.Mail mail = Hop.Mail.to(1, body, Map.of());
            // What receiving would have found.
            var f = mail.content().facts();
            var facts =
                    new org.postrider.message.Facts(
                            f.wireSize(), f.size(), f.longestLine(), true, false, false, true, 0);
            Hop.Mail stray =
                    new Hop.Mail(
                            mail.id(),
                            mail.envelope(),
                            new org.postrider.message.MemoryContent(
                                    mail.content().header(),
                                    java.util.Objects.requireNonNull(mail.content().inlineBody()),
                                    facts));
            assertEquals(SENT, hop.deliver(server.nexthop(), stray));
            String expected =
                    "Subject: t\n\n..dot\nbare\nline cr\n"
                            + "y".repeat(998)
                            + "\n "
                            + "y".repeat(997)
                            + "\n "
                            + "y".repeat(5)
                            + "\n.."
                            + "z".repeat(997)
                            + "\n z\n";
            assertEquals(expected, server.bodies.getFirst());
            assertEquals(
                    List.of("4XABCDEFGHz1: breaking line > 998 bytes with <CR><LF>SPACE"), hop.log);
        }
    }

    @Test
    void eightBitPartsGoAsQuotedPrintableWhereTheServerTakesOnlySeven() throws IOException {
        String header =
                "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n"
                        + "Content-Transfer-Encoding: 8bit\r\nSubject: t\r\n";
        String body =
                "preamble\r\n--b\r\nContent-Type: text/plain\r\n"
                        + "Content-Transfer-Encoding: 8bit\r\nX-A: b\r\n\r\ncaf\u00e9 = x\r\n.dot\r\n"
                        + "y".repeat(90)
                        + " \r\ntab\t\r\n"
                        + "--b\r\nContent-Type: text/plain\r\n\r\nplain \u00e9\r\n--b\r\n"
                        + "Content-Transfer-Encoding: binary\r\n\r\nbin\u00e9\r\n--b--\r\n"
                        + "epilogue\u00e9\r\n";
        try (Hop hop = new Hop();
                ScriptedServer server =
                        new ScriptedServer(ScriptedServer.script("keywords", "PIPELINING"))) {
            Hop.Mail mail = Hop.Mail.to(1, body, Map.of("encoding", "8bit"));
            Hop.Mail multi =
                    new Hop.Mail(mail.id(), mail.envelope(), Hop.Mail.content(header, body));
            assertEquals(SENT, hop.deliver(server.nexthop(), multi));
            assertEquals(
                    "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\nSubject: t\n"
                            + "Content-Transfer-Encoding: 7bit\n\npreamble\n--b\n"
                            + "Content-Type: text/plain\nX-A: b\n"
                            + "Content-Transfer-Encoding: quoted-printable\n\n"
                            + "caf=E9 =3D x\n..dot\n"
                            + "y".repeat(73)
                            + "=\n"
                            + "y".repeat(17)
                            + "=20\ntab=09\n"
                            + "--b\nContent-Type: text/plain\n\nplain \u00e9\n--b\n"
                            + "Content-Transfer-Encoding: quoted-printable\n\nbin=E9\n--b--\n"
                            + "epilogue\u00e9\n",
                    server.bodies.getFirst());
        }
    }

    @Test
    void aServerThatTakesPartOfTheBodyAndGoesGetsItAgainLater() throws IOException {
        String line = "x".repeat(70) + "\r\n";
        for (String act : List.of("CLOSE", "RST")) {
            try (Hop hop = new Hop();
                    ScriptedServer server =
                            new ScriptedServer(ScriptedServer.script("body", act))) {
                List<String> said =
                        hop.deliver(
                                server.nexthop(), Hop.Mail.to(1, line.repeat(60_000), Map.of()));
                assertEquals(1, said.size());
                assertTrue(
                        said.getFirst()
                                .contains("deferred 4.4.2 " + H + " (lost connection with " + H),
                        said.toString());
            }
        }
    }

    // ---- what must not be lost on the way

    private static Hop.Mail with(org.postrider.message.Content content) {
        Hop.Mail mail = Hop.Mail.to(1);
        return new Hop.Mail(mail.id(), mail.envelope(), content);
    }

    @Test
    void anEmptyContentIsDeliveredAsNothingButTheDot() throws IOException {
        try (Hop hop = new Hop();
                ScriptedServer server = new ScriptedServer(ScriptedServer.script())) {
            Hop.Mail empty = with(org.postrider.message.MemoryContent.of(new byte[0], new byte[0]));
            assertEquals(SENT, hop.deliver(server.nexthop(), empty));
            assertEquals(List.of(""), server.bodies);
        }
    }

    /// A content that throws where nobody expects it.
    private record Broken(Throwable fault) implements org.postrider.message.Content {
        @SuppressWarnings("unchecked")
        private static <T extends Throwable> void raise(Throwable t) throws T {
            throw (T) t;
        }

        @Override
        public byte[] header() {
            Broken.<RuntimeException>raise(fault);
            return new byte[0];
        }

        @Override
        public byte[] inlineBody() {
            return new byte[0];
        }

        @Override
        public long bodyLength() {
            return 0;
        }

        @Override
        public java.io.InputStream body() {
            return java.io.InputStream.nullInputStream();
        }

        @Override
        public org.postrider.message.Facts facts() {
            return org.postrider.message.MemoryContent.of(new byte[0], new byte[0]).facts();
        }
    }

    @Test
    void aBugOrAnErrorClosesItsConnection() throws Exception {
        for (Throwable fault :
                new Throwable[] {new IllegalStateException("bug"), new OutOfMemoryError("test")}) {
            try (Hop hop = new Hop();
                    ScriptedServer server = new ScriptedServer(ScriptedServer.script())) {
                org.junit.jupiter.api.Assertions.assertThrows(
                        fault.getClass(),
                        () -> hop.deliver(server.nexthop(), with(new Broken(fault))));
                assertTrue(server.peerGone(), "the connection is left open after " + fault);
                assertEquals(SENT, hop.deliver(server.nexthop(), Hop.Mail.to(1)));
            }
        }
    }

    /// The Java library remembers for ten seconds that a look-up failed, and not why.
    @Test
    void aFailedNativeLookUpIsNeverPermanentAtTheSecondAsking() {
        try (Hop hop = new Hop("smtp_host_lookup", "native")) {
            hop.deliver("[nowhere.invalid]:25", Hop.Mail.to(1));
            assertEquals(
                    List.of(
                            "r1 deferred 4.4.4 none (unable to look up host nowhere.invalid:"
                                    + " Temporary failure in name resolution)"),
                    hop.deliver("[nowhere.invalid]:25", Hop.Mail.to(1)));
        }
    }

    /// smtp_host_lookup is about the addresses of hosts: which hosts a domain has is the DNS's to
    /// say with native alone, too.
    @Test
    void withNativeLookUpsMailGoesToTheExchangersOfItsDomain() throws IOException {
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.script());
                Hop hop = new Hop("smtp_host_lookup", "native")) {
            hop.mx.put("d.invalid", Hop.found(List.of(new Resolver.Mx(10, "localhost"))));
            String sent = hop.deliver("d.invalid:" + server.port(), Hop.Mail.to(1)).toString();
            assertTrue(sent.contains("sent 2.0.0 localhost[127.0.0.1]"), sent);
        }
        try (Hop hop =
                new Hop("smtp_host_lookup", "native", "smtp_dns_support_level", "disabled")) {
            hop.mx.put("d.invalid", Hop.found(List.of(new Resolver.Mx(10, "localhost"))));
            String text = hop.deliver("d.invalid:1", Hop.Mail.to(1)).toString();
            assertTrue(text.contains("unable to look up host d.invalid"), text);
        }
    }

    /// Where the DNS is not to be asked, no address is asked of it either.
    @Test
    void withoutTheDnsHostsAreTheMachinesToKnow() throws IOException {
        for (String lookup : List.of("dns", "dns, native")) {
            try (Hop hop =
                    new Hop("smtp_host_lookup", lookup, "smtp_dns_support_level", "disabled")) {
                hop.hosts.put("d.invalid", Hop.found(List.of(ip(1))));
                String text = hop.deliver("d.invalid:1", Hop.Mail.to(1)).toString();
                assertTrue(text.contains("unable to look up host d.invalid"), text);
            }
        }
    }

    /// Of a word that is none it is not known what it means: mail waits.
    @Test
    void aWordThatIsNoWayOfLookingUpIsNamed() {
        for (String[] set :
                List.of(
                        new String[] {"smtp_host_lookup", "files"},
                        new String[] {"smtp_host_lookup", ""},
                        new String[] {"smtp_dns_support_level", "some"})) {
            String why = lookups(set[0], set[1]);
            assertTrue(why != null && why.contains("bad parameter " + set[0]), set[0] + ": " + why);
        }
        assertNull(lookups("smtp_host_lookup", "native"));
        assertNull(lookups("smtp_dns_support_level", "disabled"));
    }

    private static @Nullable String lookups(String name, String value) {
        return SmtpChecks.lookups(
                new ClientSettings(
                        ServiceSettings.none().with(Map.of(name, value)), Protocol.SMTP));
    }

    /// Wide characters, too: of each the low octet goes out.
    @Test
    void noAddressOrAttributeSaysACommandOfItsOwn() throws IOException {
        for (String end : List.of("\r", "\n", "\r\n", "\0", "\u010a\u010d")) {
            try (Hop hop = new Hop("smtp_quote_rfc821_envelope", "no");
                    ScriptedServer server =
                            new ScriptedServer(
                                    ScriptedServer.script("keywords", "PIPELINING,DSN"))) {
                Hop.Mail one = Hop.Mail.to(1);
                Hop.Mail mail =
                        new Hop.Mail(
                                one.id(),
                                new org.postrider.queue.Envelope(
                                        new org.postrider.address.Address(
                                                "s@a" + end + "NOOP one.example"),
                                        List.of(
                                                org.postrider.queue.Recipient.of(
                                                        new org.postrider.address.Address(
                                                                "r1@t"
                                                                        + end
                                                                        + "NOOP two.example"))),
                                        0,
                                        Named.of("ret_flags", "HDRS" + end + "NOOP three")),
                                one.content());
                hop.deliver(server.nexthop(), mail);
                String heard = String.join("|", server.heard);
                assertTrue(heard.contains("MAIL FROM:<s@a?"), heard);
                assertTrue(server.heard.stream().noneMatch(l -> l.startsWith("NOOP")), heard);
            }
        }
    }
}

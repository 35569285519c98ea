package org.postrider.smtpd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postrider.dkim.BodyHash;
import org.postrider.dkim.Signer;
import org.postrider.dkim.SigningKey;
import org.postrider.dkim.SigningSettings;
import org.postrider.dmarcrpt.DmarcResults;
import org.postrider.dns.StubServer;
import org.postrider.io.Connector;
import org.postrider.io.Watchdog;
import org.postrider.milter.MilterSockets;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;
import org.xbill.DNS.Rcode;

/// A stranger's mail that is checked before a filter has it (smtpd_proxy_filter): what the client
/// hears, and what the filter.
class ProxiedMailTest {
    private static final String MAIN =
            """
            mynetworks = 127.0.0.0/8
            relay_domains = test.example
            relay_recipient_maps =
            smtpd_relay_restrictions = reject_unauth_destination
            smtpd_authorized_xclient_hosts = static:all
            authentication_checks = dmarc
            """;
    private static final String REJECTS = "smtpd_end_of_data_restrictions = reject_dmarc\n";
    private static final String FORGED =
            "Authentication-Results: mx.test.example; dmarc=pass header.from=bank.example\r\n";
    private static final String HEADER =
            "From: A <a@signed.example>\r\nTo: b@test.example\r\nSubject: x\r\n";
    private static final String BODY = "\r\n.one\r\n..two  line \r\nthree\r\n";

    @TempDir Path temp;
    private StubServer server;
    private Filter filter;
    private Watchdog watchdog;
    private KeyPair pair;
    private int sessions;
    private long receiving = 1L << 40;
    private DmarcResults reports = DmarcResults.NONE;

    /// What it says, and the contents that it had whole; a session without one is an empty text.
    private static final class Filter implements AutoCloseable {
        private final ServerSocket socket =
                new ServerSocket(0, 9, InetAddress.getLoopbackAddress());
        private final BlockingQueue<String> contents = new LinkedBlockingQueue<>();
        private volatile String atRecipient = "250 2.1.5 Ok";
        private volatile boolean goesAfterRecipient;
        private volatile String atEnd = "250 2.0.0 taken";

        Filter() throws IOException {
            Thread.ofVirtual().start(this::serve);
        }

        private void serve() {
            while (!socket.isClosed()) {
                try {
                    Socket client = socket.accept();
                    Thread.ofVirtual().start(() -> talk(client));
                } catch (IOException e) {
                    return;
                }
            }
        }

        private void talk(Socket client) {
            String whole = "";
            try (client) {
                BufferedReader in =
                        new BufferedReader(
                                new InputStreamReader(
                                        client.getInputStream(), StandardCharsets.ISO_8859_1));
                say(client, "220 filter");
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    boolean data = line.startsWith("DATA");
                    boolean rcpt = line.startsWith("RCPT");
                    say(client, data ? "354 go on" : rcpt ? atRecipient : "250 Ok");
                    if (rcpt && goesAfterRecipient) {
                        return;
                    }
                    if (data) {
                        StringBuilder text = new StringBuilder();
                        for (line = in.readLine(); !".".equals(line); line = in.readLine()) {
                            if (line == null) {
                                return;
                            }
                            text.append(line.startsWith(".") ? line.substring(1) : line);
                            text.append("\r\n");
                        }
                        whole = text.toString();
                        say(client, atEnd);
                    }
                }
            } catch (IOException e) {
                // the server has hung up
            } finally {
                contents.add(whole);
            }
        }

        private static void say(Socket client, String line) throws IOException {
            client.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        }

        /// What it had of the next session.
        String had() {
            try {
                return String.valueOf(contents.poll(120, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @BeforeEach
    void start() throws IOException, GeneralSecurityException {
        server = new StubServer();
        filter = new Filter();
        watchdog = new Watchdog(Clock.system(), Supervisor.alone());
        pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        byte[] spki = pair.getPublic().getEncoded();
        String p =
                Base64.getEncoder()
                        .encodeToString(Arrays.copyOfRange(spki, spki.length - 32, spki.length));
        server.zone("s._domainkey.signed.example TXT \"v=DKIM1; k=ed25519; p=" + p + "\"");
        server.zone(
                "_dmarc.signed.example TXT \"v=DMARC1; p=reject; rua=mailto:r@signed.example\"");
        server.zone("_dmarc.care.example TXT \"v=DMARC1; p=quarantine\"");
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        filter.close();
        watchdog.close();
    }

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private String signed() {
        Signer signer = new Signer(SigningSettings.DEFAULT);
        BodyHash hash = signer.bodyHash();
        byte[] body = octets(BODY);
        hash.update(body, 0, body.length);
        return signer.sign(
                        List.of(new SigningKey("signed.example", "s", pair.getPrivate())),
                        octets(HEADER),
                        hash.digest(),
                        System.currentTimeMillis() / 1000)
                + HEADER;
    }

    /// @param options of smtpd_proxy_options, and `BDAT` for content in a chunk
    private Reception session(String options, String main, String mail) throws IOException {
        return session(options, main, mail, "");
    }

    /// @param first what the client says before MAIL
    private Reception session(String options, String main, String mail, String first)
            throws IOException {
        Path directory = Files.createDirectory(temp.resolve("s" + sessions++));
        boolean chunks = options.contains("BDAT");
        MilterSockets nowhere = MilterSockets.nowhere();
        return Reception.of(
                directory,
                MAIN
                        + ("smtpd_proxy_filter = 127.0.0.1:" + filter.socket.getLocalPort() + "\n")
                        + ("smtpd_proxy_options = " + options.replace("BDAT", "") + "\n")
                        + main,
                Reception.receiving(receiving),
                Reception.lists(directory, server.port()),
                reports,
                new MilterSockets(
                        Connector.sockets(watchdog), nowhere.room(), _ -> -1, nowhere.memory()),
                first
                        + "EHLO c.example\r\nMAIL FROM:<x@other.example>\r\n"
                        + "RCPT TO:<b@test.example>\r\n"
                        + (chunks
                                ? "BDAT " + mail.length() + " LAST\r\n" + mail
                                : "DATA\r\n" + mail.replace("\r\n.", "\r\n..") + ".\r\n")
                        + "QUIT\r\n");
    }

    private static String reply(Reception it) {
        List<String> heard = it.heard();
        return heard.get(heard.size() - 2);
    }

    /// What the filter has is the client's mail, octet for octet, with ours on top.
    @ParameterizedTest
    @ValueSource(strings = {"", "speed_adjust", "BDAT", "BDAT speed_adjust"})
    void theFilterHasWhatIsKnown(String options) throws IOException {
        String mail = signed() + BODY;
        Reception it = session(options, REJECTS, mail);
        assertEquals("250 2.0.0 taken", reply(it));
        String had = filter.had();
        assertTrue(had.endsWith(mail), had);
        String ours = had.substring(0, had.length() - mail.length()).replace("\r\n\t", " ");
        assertTrue(ours.startsWith("Authentication-Results: mx.test.example; "), ours);
        assertTrue(ours.contains("dkim=pass (256-bit key) header.d=signed.example"), ours);
        assertTrue(ours.contains("dmarc=pass (p=reject dis=none) header.from=signed"), ours);
        assertTrue(ours.contains("\r\nReceived: from c.example "), ours);
        assertTrue(it.log().contains("proxy-accept: END-OF-MESSAGE: 250 2.0.0 taken; "), it.log());
        assertTrue(it.log().contains("NOQUEUE: authentication: spf=none "), it.log());
        assertEquals(0, it.queued());
    }

    /// The end of a content that is refused is never said to the filter.
    @ParameterizedTest
    @ValueSource(strings = {"", "speed_adjust", "BDAT", "BDAT speed_adjust"})
    void whatIsRefusedNeverReachesTheFilter(String options) throws IOException {
        Reception it = session(options, REJECTS, HEADER + BODY);
        assertTrue(reply(it).startsWith("550 5.7.1 <END-OF-MESSAGE>: Message rejected"), reply(it));
        server.rcodes.put("s._domainkey.signed.example", Rcode.SERVFAIL);
        Reception later = session(options, REJECTS, signed() + BODY);
        assertTrue(reply(later).startsWith("451 4.7.1 <END-OF-MESSAGE>"), reply(later));
        if (!options.contains("speed_adjust")) {
            assertEquals("", filter.had());
            assertEquals("", filter.had());
        }
        assertTrue(filter.contents.isEmpty());
    }

    /// It lies on the disk before the filter has it, which has to have room (queue_minfree).
    @Test
    void aDiskWithoutRoomTakesNothing() throws IOException {
        Reception it = session("", "queue_minfree = 2000000000000\n", HEADER + BODY);
        assertTrue(
                it.heard().contains("452 4.3.1 Insufficient system storage"), it.heard()::toString);
        assertEquals(0, filter.contents.size());
    }

    /// The file of a large content is nobody's once the filter has answered, or is not asked.
    @ParameterizedTest
    @ValueSource(strings = {"", "speed_adjust", "BDAT"})
    void nothingStaysOnTheDisk(String options) throws IOException {
        String body = "\r\n" + "many octets of a large content\r\n".repeat(60_000);
        assertTrue(reply(session(options, "", HEADER + body)).startsWith("250 "));
        assertTrue(filter.had().endsWith(HEADER + body));
        filter.atEnd = "554 5.7.0 virus";
        assertEquals("554 5.7.0 virus", reply(session(options, "", HEADER + body)));
        for (int i = 0; i < sessions; i++) {
            try (Stream<Path> files = Files.list(temp.resolve("s" + i + "/queue/body"))) {
                assertEquals(List.of(), files.toList());
            }
        }
    }

    /// What others say in our name goes, of strangers and of who has logged in; a client that is
    /// exempt by its address may have words of ours to pass on.
    @ParameterizedTest
    @ValueSource(strings = {"", "speed_adjust"})
    void forgedResultsAreTakenAway(String options) throws IOException {
        String mail = FORGED + HEADER + BODY;
        String login = "XCLIENT LOGIN=ann\r\n";
        String own = "authentication_exempt_clients = permit_sasl_authenticated\n";
        session(options, "", mail);
        assertFalse(filter.had().contains("bank.example"));
        session(options, own, mail, "EHLO c.example\r\n" + login);
        String ofLogin = filter.had();
        assertFalse(ofLogin.contains("Authentication-Results"), ofLogin);
        assertTrue(ofLogin.endsWith(HEADER + BODY), ofLogin);
        session(options, "mynetworks = 198.51.100.0/24\n", mail);
        String exempt = filter.had();
        assertTrue(exempt.endsWith(mail), exempt);
        assertTrue(exempt.startsWith("Received: "), exempt);
    }

    /// What the filter says counts, where it is asked.
    @Test
    void theFilterHasTheLastWord() throws IOException {
        filter.atEnd = "554 5.7.0 virus";
        String mail = signed() + BODY;
        assertEquals("554 5.7.0 virus", reply(session("", REJECTS, mail)));
        assertEquals("554 5.7.0 virus", reply(session("speed_adjust", REJECTS, mail)));
        filter.atRecipient = "550 5.1.1 nobody";
        Reception it = session("", REJECTS, mail);
        assertTrue(it.heard().contains("550 5.1.1 nobody"), () -> String.join("\n", it.heard()));
    }

    /// What is no whole reply to the end of a content is not handed on, and no mail is taken by it.
    @Test
    void whatIsNoReplyIsNotTheLastWord() throws IOException {
        String mail = signed() + BODY;
        for (String said :
                List.of(
                        "354 go on",
                        "550-5.7.1 one\r\n250 2.0.0 two",
                        "250-2.0.0 one\r\n550 5.7.1 two")) {
            filter.atEnd = said;
            for (String options : List.of("", "speed_adjust", "BDAT")) {
                assertEquals(
                        "451 4.3.0 Error: queue file write error",
                        reply(session(options, REJECTS, mail)),
                        said + " " + options);
            }
        }
    }

    @Test
    void whatItsDomainWantsInQuarantine() throws IOException {
        String mail = HEADER.replace("signed.example", "care.example") + BODY;
        assertEquals("250 2.0.0 taken", reply(session("", REJECTS, mail)));
        String had = filter.had();
        assertTrue(had.contains("\r\nX-Quarantine: dmarc=fail"), had);
        String refuses = REJECTS + "dmarc_quarantine_action = reject\n";
        assertTrue(reply(session("", refuses, mail)).startsWith("550 5.7.1 "));
        assertEquals("", filter.had());
        Reception held = session("", REJECTS + "dmarc_quarantine_action = hold\n", mail);
        assertEquals("451 4.3.5 Server configuration error", reply(held));
        assertEquals("", filter.had());
        assertTrue(held.log().contains("smtpd_proxy_filter cannot be held: set"), held.log());
    }

    /// Memory that there is not, and a header that nobody can look at whole.
    @Test
    void whatCannotBeLookedAtIsNotPassedOn() throws IOException {
        String longer = "X-A: " + "a".repeat(900) + "\r\n";
        String mail = longer.repeat(700) + HEADER + BODY;
        assertEquals(
                "552 5.3.4 Error: message header too big to be checked",
                reply(session("", "", mail)));
        assertEquals("", filter.had());
        receiving = 64 << 10;
        Reception full = session("", "", longer.repeat(60) + HEADER + BODY);
        assertTrue(reply(full).startsWith("452 4.3.1 "), reply(full));
        assertEquals("", filter.had());
    }

    /// Of what the filter takes reports of DMARC hear, not of what it puts off.
    @Test
    void reportsHearOfIt() throws IOException {
        List<String> told = new ArrayList<>();
        reports = outcome -> told.add(outcome.row().evaluated().disposition());
        String main = "dmarc_reporting = yes\n";
        session("", main, signed() + BODY);
        assertEquals(List.of("pass"), told);
        filter.atEnd = "451 4.3.0 later";
        session("", main, signed() + BODY);
        assertEquals(List.of("pass"), told);
        session("", main + REJECTS, HEADER + BODY);
        assertEquals(List.of("pass", "reject"), told);
    }

    /// Each mail of a session has its own content, its own verdict and its own connection: what was
    /// refused, taken back whole or between two chunks leaves nothing to the next.
    @ParameterizedTest
    @ValueSource(strings = {"", "speed_adjust", "BDAT", "BDAT speed_adjust"})
    void eachMailOfASessionIsJudgedForItself(String options) throws IOException {
        String begins = "MAIL FROM:<y@other.example>\r\nRCPT TO:<b@test.example>\r\n";
        String forged = HEADER + "X-Left: over\r\n" + BODY;
        String first =
                "EHLO c.example\r\n"
                        + (begins + "DATA\r\n" + forged.replace("\r\n.", "\r\n..") + ".\r\n")
                        + (begins + "RSET\r\n")
                        + (begins + "BDAT " + forged.length() + "\r\n" + forged + "RSET\r\n")
                        + (begins + "BDAT " + forged.length() + " LAST\r\n" + forged);
        String mail = signed() + BODY;
        Reception it = session(options, REJECTS, mail, first);
        assertEquals("250 2.0.0 taken", reply(it));
        assertEquals(
                2,
                it.heard().stream().filter(r -> r.startsWith("550 5.7.1 <END-OF-M")).count(),
                () -> String.join("\n", it.heard()));
        int before = options.contains("speed_adjust") ? 0 : 4;
        List<String> had = new ArrayList<>();
        for (int i = 0; i <= before; i++) {
            had.add(filter.had());
        }
        had.removeIf(String::isEmpty);
        assertEquals(1, had.size(), had::toString);
        assertTrue(had.getFirst().endsWith(mail), had::toString);
        assertFalse(had.getFirst().contains("X-Left"), had::toString);
    }

    /// A filter that goes away while the content comes: the client hears 451.
    @ParameterizedTest
    @ValueSource(strings = {"", "BDAT"})
    void aFilterThatHasGoneMeanwhile(String options) throws IOException {
        filter.goesAfterRecipient = true;
        Reception it = session(options, REJECTS, signed() + BODY);
        assertEquals("451 4.3.0 Error: queue file write error", reply(it));
        assertTrue(it.log().contains("lost connection with proxy "), it.log());
        assertEquals("", filter.had());
    }
}

package org.postrider.smtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postrider.Until;

/// A reply for each recipient after the content, over TCP and UNIX sockets, and servers that break
/// off or never end. What the outcomes are called is real Postfix's: src/test/twin/lmtp.case.
class LmtpTest {
    private static final String LOST =
            " deferred 4.4.2 H (lost connection with H while sending end of data -- message may be"
                    + " sent more than once)";

    private static final String LATE =
            " deferred 4.4.2 H (conversation with H timed out while sending end of data -- message"
                    + " may be sent more than once)";

    @TempDir Path temp;

    private static Hop hop(String... more) {
        List<String> settings = new ArrayList<>(List.of("lmtp_skip_quit_response", "yes"));
        settings.addAll(List.of(more));
        return new Hop(Protocol.LMTP, settings.toArray(String[]::new));
    }

    private List<String> outcomes(LmtpServer server, int recipients, String... more)
            throws IOException {
        try (Hop hop = hop(more)) {
            return masked(hop.deliver(server.nexthop(), Hop.Mail.to(recipients)));
        }
    }

    private static List<String> masked(List<String> lines) {
        return lines.stream()
                .map(l ->
                        l.replaceAll(
                                "(127\\.0\\.0\\.1\\[127\\.0\\.0\\.1\\]|mx\\.twin\\.example\\[[^\\]]*\\])",
                                "H"))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void eachRecipientHasItsOwnOutcome(boolean unix) throws IOException {
        for (String keywords : List.of("PIPELINING", "8BITMIME")) {
            String[] script = {
                "keywords", keywords,
                "rcpt2", "550 5.1.1 no such user",
                "dot2", "452 4.2.2 full",
                "dot3", "550 5.2.1 off"
            };
            try (LmtpServer server =
                    unix ? LmtpServer.at(temp.resolve("s"), script) : LmtpServer.onTcp(script)) {
                assertEquals(
                        List.of(
                                "r2 bounced 5.1.1 H (host H said: 550 5.1.1 no such user (in reply"
                                        + " to RCPT TO command))",
                                "r1 sent 2.0.0 H (250 2.0.0 stored 1)",
                                "r3 deferred 4.2.2 H (host H said: 452 4.2.2 full (in reply to end"
                                        + " of DATA command))",
                                "r4 bounced 5.2.1 H (host H said: 550 5.2.1 off (in reply to end"
                                        + " of DATA command))",
                                "r5 sent 2.0.0 H (250 2.0.0 stored 4)"),
                        outcomes(server, 5));
                assertEquals("LHLO mx.twin.example", server.heard.getFirst());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, CLOSE", "2, CLOSE", "3, CLOSE", "2, HANG", "1, ENDLESS", "3, ENDLESS"})
    void thoseThatWereAnsweredBeforeItEndedStay(int at, String act) throws IOException {
        try (LmtpServer server = LmtpServer.at(temp.resolve("s"), "dot" + at, act)) {
            List<String> expected = new ArrayList<>();
            for (int n = 1; n <= 3; n++) {
                expected.add(
                        "r"
                                + n
                                + (n < at
                                        ? " sent 2.0.0 H (250 2.0.0 stored " + n + ")"
                                        : act.equals("HANG") ? LATE : LOST));
            }
            // Those before the one that is not answered are answered in this time.
            String[] more =
                    act.equals("HANG")
                            ? new String[] {"lmtp_data_done_timeout", "3s"}
                            : new String[0];
            assertEquals(expected, outcomes(server, 3, more));
        }
    }

    /// A recipient is delivered once its whole reply is there, however the octets stop.
    @Test
    void cutAtEachOctetEachRecipientHasOneOutcome() throws IOException {
        String before = "220 store.example LMTP\r\n250-store.example\r\n250 PIPELINING\r\n";
        before += "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n250 2.1.5 Ok\r\n354 go\r\n";
        String reply = "250 2.0.0 stored 1\r\n";
        int all = before.length() + 2 * reply.length();
        for (int most = 1; most < all; most++) {
            try (LmtpServer server = LmtpServer.cutAt(temp.resolve("s"), most)) {
                List<String> got = outcomes(server, 2);
                int whole = Math.max(0, most - before.length()) / reply.length();
                long sent = got.stream().filter(l -> l.contains(" sent 2")).count();
                assertEquals(whole, sent, most + " octets: " + got);
                assertEquals(2, got.size(), most + " octets: " + got);
                assertTrue(
                        got.stream().allMatch(l -> l.contains(" sent 2") || l.contains(" 4.4.2 ")),
                        most + " octets: " + got);
            }
        }
    }

    /// A reply that nobody asked for would be the next mail's.
    @Test
    void aReplyTooManyIsNotTheNextMails() throws IOException {
        try (LmtpServer server =
                        LmtpServer.at(temp.resolve("s"), "dot1", "+550 5.0.0 and another");
                Hop hop = hop()) {
            for (int i = 0; i < 2; i++) {
                assertEquals(
                        List.of("r1 sent 2.0.0 H (250 2.0.0 stored 1)"),
                        masked(hop.deliver(server.nexthop(), Hop.Mail.to(1))));
            }
            assertEquals(2, server.connections.get());
        }
    }

    @Test
    void aSessionIsUsedAgainAfterARefusal() throws IOException {
        try (LmtpServer server = LmtpServer.at(temp.resolve("s"), "dot1", "550 5.2.1 off");
                Hop hop = hop()) {
            for (int i = 0; i < 3; i++) {
                List<String> got = masked(hop.deliver(server.nexthop(), Hop.Mail.to(2)));
                assertTrue(got.getLast().startsWith("r2 sent "), got::toString);
            }
            assertEquals(1, server.connections.get());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theReplyToQuitIsWaitedForUnlessToldOtherwise(boolean skipped) throws Exception {
        try (LmtpServer server = LmtpServer.slowToSayGoodbye(temp.resolve("s"));
                Hop hop =
                        hop(
                                "lmtp_skip_quit_response",
                                skipped ? "yes" : "no",
                                "lmtp_connection_cache_on_demand",
                                "no")) {
            String nexthop = server.nexthop();
            CompletableFuture<List<String>> delivery =
                    CompletableFuture.supplyAsync(() -> hop.deliver(nexthop, Hop.Mail.to(1)));
            assertTrue(server.goodbye.await(Until.PATIENCE.toSeconds(), TimeUnit.SECONDS));
            if (!skipped) {
                assertFalse(delivery.isDone());
                server.mayAnswerGoodbye.countDown();
            }
            assertEquals(1, delivery.get(Until.PATIENCE.toSeconds(), TimeUnit.SECONDS).size());
        }
    }

    /// The kernel lets a client wait while the queue of a listener is full.
    @Test
    void aSocketThatNobodyServesIsGivenUpInTime() throws IOException {
        Path path = temp.resolve("full");
        List<SocketChannel> waiting = new ArrayList<>();
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                Hop hop = hop("lmtp_connect_timeout", "1s")) {
            listener.bind(UnixDomainSocketAddress.of(path), 1);
            boolean room = true;
            while (room) {
                SocketChannel each = SocketChannel.open(StandardProtocolFamily.UNIX);
                waiting.add(each);
                each.configureBlocking(false);
                try {
                    room = each.connect(UnixDomainSocketAddress.of(path));
                } catch (IOException e) {
                    room = false;
                }
            }
            assertEquals(
                    List.of("r1 deferred 4.4.1 none (connect to H: Connection timed out)"),
                    masked(hop.deliver("unix:" + path, Hop.Mail.to(1))));
            assertNotNull(hop.unavailable);
        } finally {
            for (SocketChannel each : waiting) {
                each.close();
            }
        }
    }

    @Test
    void aPathThatIsNotAbsoluteLiesInTheQueueDirectory() throws IOException {
        Path there = Files.createDirectories(temp.resolve("private"));
        try (LmtpServer server = LmtpServer.at(there.resolve("lmtp"));
                Hop hop = hop("queue_directory", temp.toString())) {
            assertEquals(
                    List.of("r1 sent 2.0.0 mx.twin.example[private/lmtp] (250 2.0.0 stored 1)"),
                    hop.deliver("unix:private/lmtp", Hop.Mail.to(1)));
            assertEquals(1, server.connections.get());
        }
    }

    @Test
    void aListIsTriedInItsOrder() throws IOException {
        try (LmtpServer server = LmtpServer.onTcp();
                Hop hop = hop()) {
            String list = "unix:" + temp.resolve("no") + ", inet:127.0.0.1:1, " + server.nexthop();
            assertEquals(
                    List.of("r1 sent 2.0.0 H (250 2.0.0 stored 1)"),
                    masked(hop.deliver(list, Hop.Mail.to(1))));
            assertEquals(
                    List.of(
                            "connect to H: No such file or directory",
                            "connect to H:PORT: Connection refused"),
                    masked(hop.log));
        }
    }
}

package org.postrider.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Descriptors;
import org.postrider.master.Server;

/// TORTURE's cases about where a content ends: smuggling, chunks, segments, lost connections.
class FramingTortureTest {
    private static final String SMUGGLED =
            "MAIL FROM:<smuggled@x.example>\r\nRCPT TO:<x@n.example>\r\nDATA\r\nSubject: evil\r\n";

    /// What some servers or clients have taken for the end of data.
    private static final List<String> SEQUENCES =
            List.of(
                    "\n.\n",
                    "\n.\r\n",
                    "\r\n.\n",
                    "\r.\r",
                    "\r\n.\r",
                    "\r.\r\n",
                    "\r.\n",
                    "\n.\r",
                    "\r\n\0.\r\n",
                    "\r\n.\0\r\n",
                    "\r\r\n.\r\r\n",
                    "\r\n.\r\r\n",
                    "\r\n. \r\n",
                    "\r\n\u0085.\r\n");

    private static final String STRANGER = "mynetworks = 192.0.2.0/24";
    private static final String RELAY = "relay_domains = n.example";

    @TempDir Path temp;

    private static Sink.Mail mail(Sink sink) throws InterruptedException {
        Sink.Mail m = sink.next(300);
        assertNotNull(m, "no mail at the next hop");
        return Objects.requireNonNull(m);
    }

    private static String shown(String octets) {
        return octets.replace("\r", "<CR>").replace("\n", "<LF>").replace("\0", "<NUL>");
    }

    private static void all(List<Callable<Void>> tasks) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Void> f : threads.invokeAll(tasks)) {
                f.get();
            }
        }
    }

    /// Cases 1 to 4: a second of silence, then one mail that has all of it.
    @Test
    void nothingButCrlfDotCrlfEndsTheData() throws Exception {
        try (Sink sink = new Sink()) {
            Place p = Place.at(temp, sink.port(), STRANGER, RELAY);
            try (Server server = Server.start(p.conf())) {
                List<Callable<Void>> tasks = new ArrayList<>();
                for (String s : SEQUENCES) {
                    tasks.add(() -> {
                        try (Client c = new Client(p.port()).opened("r@n.example")) {
                            c.send("Subject: x\r\n\r\nbefore" + s + SMUGGLED);
                            c.socket.setSoTimeout(1000);
                            assertThrows(SocketTimeoutException.class, c::hear, shown(s));
                            c.socket.setSoTimeout(120_000);
                            Client.expect("250 2.0.0", c.say("\r\n."));
                            Client.expect("221", c.say("QUIT"));
                            assertEquals("", c.hear());
                        }
                        return null;
                    });
                }
                all(tasks);
                for (int i = 0; i < SEQUENCES.size(); i++) {
                    Sink.Mail m = mail(sink);
                    assertFalse(m.bare(), m.content());
                    assertEquals(2, m.envelope().size());
                    assertTrue(m.envelope().getFirst().startsWith("MAIL FROM:<sender@client."));
                    assertTrue(m.content().contains("before"), m.content());
                    assertTrue(m.content().contains("MAIL FROM:<smuggled@x.example>"), m.content());
                }
                assertNull(sink.next(0));
                p.noPanic();
            }
        }
        System.out.println("smuggling: " + SEQUENCES.size() + " sequences, 0 end the data");
    }

    /// Case 6: each bare LF, in data and in chunks, and only that.
    @Test
    void aBareNewlineIsRefusedWhereverItStands() throws Exception {
        int refused = 0;
        try (Sink sink = new Sink()) {
            Place p =
                    Place.at(
                            temp,
                            sink.port(),
                            STRANGER,
                            RELAY,
                            "smtpd_forbid_bare_newline = reject");
            try (Server server = Server.start(p.conf())) {
                for (String s : SEQUENCES) {
                    boolean bare = s.replace("\r\n", "").contains("\n");
                    String content = "Subject: x\r\n\r\nbefore" + s + "after\r\n";
                    try (Client c = new Client(p.port()).opened("r@n.example")) {
                        c.send(content + ".\r\n");
                        Client.expect(bare ? "550 5.5.2" : "250 2.0.0", c.hear());
                    }
                    try (Client c = new Client(p.port())) {
                        c.hear();
                        c.say("EHLO c.example");
                        c.say("MAIL FROM:<a@c.example>");
                        c.say("RCPT TO:<r@n.example>");
                        c.send("BDAT " + content.length() + " LAST\r\n" + content);
                        Client.expect(bare ? "550 5.5.2" : "250 2.0.0", c.hear());
                    }
                    refused += bare ? 2 : 0;
                }
                for (int i = refused; i < 2 * SEQUENCES.size(); i++) {
                    mail(sink);
                }
                assertNull(sink.next(0));
                p.noPanic();
            }
        }
        System.out.println("bare newlines: " + refused + " contents refused");
    }

    private static final String CONTENT =
            "Subject: x\r\nMessage-Id: <1@c.example>\r\nDate: Sat, 21 Nov 2026 08:00:00 +0000\r\n"
                    + "From: a@c.example\r\n\r\n.dot\r\n..\r\na\r\n.\r\nb\r\n\r\n";

    /// Case 7: every place where a content can be cut into two chunks, CR and LF included.
    @Test
    void anyTwoChunksMakeTheSameBody() throws Exception {
        Set<String> bodies = new HashSet<>();
        try (Sink sink = new Sink()) {
            Place p = Place.at(temp, sink.port());
            try (Server server = Server.start(p.conf());
                    Client c = new Client(p.port())) {
                c.hear();
                c.say("EHLO c.example");
                for (int cut = 1; cut <= CONTENT.length(); cut++) {
                    c.say("MAIL FROM:<a@c.example>");
                    c.say("RCPT TO:<r@n.example>");
                    c.send("BDAT " + cut + "\r\n" + CONTENT.substring(0, cut));
                    Client.expect("250 2.0.0", c.hear());
                    int rest = CONTENT.length() - cut;
                    c.send("BDAT " + rest + " LAST\r\n" + CONTENT.substring(cut));
                    Client.expect("250 2.0.0", c.hear());
                    Sink.Mail m = mail(sink);
                    assertFalse(m.bare());
                    bodies.add(m.content().substring(m.content().indexOf("Subject: x")));
                }
                p.noPanic();
            }
        }
        assertEquals(Set.of(CONTENT), bodies);
        System.out.println("chunks: " + CONTENT.length() + " cuts, 1 body");
    }

    private static final String CHUNKED =
            "EHLO c.example\r\nMAIL FROM:<a@c.example>\r\nRCPT TO:<b@n.example>\r\n"
                    + "BDAT 14\r\nSubject: x\r\n\r\nBDAT 9 LAST\r\n.\r\nQUIT\r\n"
                    + "NOOP\r\nQUIT\r\n";

    private static String replies(Client c) throws IOException {
        StringBuilder out = new StringBuilder();
        for (String line = c.hear(); !line.isEmpty(); line = c.hear()) {
            out.append(line.replaceAll("queued as .*", "queued")).append('\n');
        }
        return out.toString();
    }

    /// Case 8: a session with chunks, in two segments cut at every octet.
    @Test
    void everySplitOfASessionWithChunksGivesTheSameReplies() throws Exception {
        byte[] octets = CHUNKED.getBytes(StandardCharsets.US_ASCII);
        Set<String> heard = new HashSet<>();
        try (Sink sink = new Sink()) {
            Place p = Place.at(temp, sink.port(), "smtpd_forbid_unauth_pipelining = no");
            try (Server server = Server.start(p.conf())) {
                for (int cut = 0; cut <= octets.length; cut++) {
                    try (Client c = new Client(p.port())) {
                        c.send(Arrays.copyOf(octets, cut));
                        c.send(Arrays.copyOfRange(octets, cut, octets.length));
                        heard.add(replies(c));
                    }
                    assertTrue(mail(sink).content().endsWith("\r\n\r\n.\r\nQUIT\r\n"));
                }
                assertEquals(1, heard.size(), heard.toString());
                assertTrue(heard.iterator().next().endsWith("221 2.0.0 Bye\n"));
                p.noPanic();
            }
        }
        System.out.println("segments: " + (octets.length + 1) + " splits, 1 dialogue");
    }

    /// Case 22: reset, not closed, at every octet of a session with chunks; the last octet of the
    /// content is not sent.
    @Test
    void aConnectionResetAtAnyOctetLeavesNothing() throws Exception {
        byte[] octets = CHUNKED.getBytes(StandardCharsets.US_ASCII);
        int whole = CHUNKED.indexOf("NOOP") - 1;
        try (Sink sink = new Sink()) {
            Place p = Place.at(temp, sink.port(), "smtpd_forbid_unauth_pipelining = no");
            try (Server server = Server.start(p.conf())) {
                p.greets();
                int before = Descriptors.all();
                for (int cut = 0; cut < whole; cut++) {
                    try (Client c = new Client(p.port())) {
                        c.send(Arrays.copyOf(octets, cut));
                        c.socket.setSoLinger(true, 0);
                    }
                }
                p.greets();
                Place.await("sessions ended", () -> Descriptors.all() <= before + 3);
                assertNull(sink.next(0));
                assertEquals(0, sink.taken.get());
                p.noPanic();
            }
        }
        System.out.println("resets: " + whole + " places, 0 mails, 0 descriptors left");
    }

    /// Case 20: what a client says of a size reserves no memory, and what cannot be counted ends
    /// the session.
    @Test
    void aChunkOfAnyClaimedSizeTakesNoMemory() throws Exception {
        try (Sink sink = new Sink()) {
            Place p = Place.at(temp, sink.port(), "message_size_limit = 0");
            try (Server server = Server.start(p.conf())) {
                for (String size : List.of("2147483647", "2147483648", "9223372036854775807")) {
                    System.gc();
                    long before = used();
                    try (Client c = chunking(p)) {
                        c.send("BDAT " + size + " LAST\r\n" + "x".repeat(1 << 20));
                        p.greets();
                        System.gc();
                        assertTrue(used() - before < 50L << 20, "memory grew for " + size);
                    }
                }
                for (String size :
                        List.of(
                                "9223372036854775808",
                                "18446744073709551615",
                                "1" + "0".repeat(500))) {
                    try (Client c = chunking(p)) {
                        Client.expect("521 5.5.4", c.say("BDAT " + size + " LAST"));
                        assertEquals("", c.hear());
                    }
                }
                p.greets();
                assertEquals(0, sink.taken.get());
                p.noPanic();
            }
        }
    }

    private static Client chunking(Place p) throws IOException {
        Client c = new Client(p.port());
        c.hear();
        c.say("EHLO c.example");
        Client.expect("250", c.say("MAIL FROM:<a@c.example>"));
        Client.expect("250", c.say("RCPT TO:<r@n.example>"));
        return c;
    }

    private static long used() {
        Runtime r = Runtime.getRuntime();
        return r.totalMemory() - r.freeMemory();
    }

    /// Case 21: after 552 nothing of the mail is left but its refusal, and the next one is whole.
    @Test
    void behindAChunkThatIsTooLargeTheNextMailIsWhole() throws Exception {
        try (Sink sink = new Sink()) {
            Place p = Place.at(temp, sink.port(), "message_size_limit = 1000");
            try (Server server = Server.start(p.conf())) {
                for (String last : List.of("", " LAST")) {
                    try (Client c = chunking(p)) {
                        c.send("BDAT 1200" + last + "\r\n" + "QUIT\r\n".repeat(200));
                        Client.expect("552 5.3.4", c.hear());
                        Client.expect("503 5.5.1", c.say("DATA"));
                        Client.expect("503 5.5.1", c.say("RCPT TO:<s@n.example>"));
                        Client.expect("250", c.say("RSET"));
                        Client.expect("250", c.say("MAIL FROM:<b@c.example>"));
                        Client.expect("250", c.say("RCPT TO:<s@n.example>"));
                        Client.expect("354", c.say("DATA"));
                        Client.expect("250", c.say("Subject: second\r\n\r\nx\r\n."));
                        Sink.Mail m = mail(sink);
                        assertTrue(m.content().contains("Subject: second\r\n"));
                        assertTrue(m.content().endsWith("\r\n\r\nx\r\n"));
                        assertTrue(m.envelope().get(1).startsWith("RCPT TO:<s@n.example>"));
                    }
                }
                assertNull(sink.next(0));
                p.noPanic();
            }
        }
    }

    /// Case 23: 200 mails in one segment, two ways of sending them.
    @Test
    void mailsPipelinedBehindOneAnotherAreAllTakenInOrder() throws Exception {
        int mails = 200;
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < mails; i++) {
            all.append("MAIL FROM:<a@c.example>\r\nRCPT TO:<r@n.example>\r\n");
            String content = "Subject: " + i + "\r\n\r\nx\r\n";
            if (i % 2 == 0) {
                all.append("DATA\r\n").append(content).append(".\r\n");
            } else {
                all.append("BDAT ").append(content.length()).append(" LAST\r\n").append(content);
            }
        }
        try (Sink sink = new Sink()) {
            Place p = Place.at(temp, sink.port(), "smtpd_forbid_unauth_pipelining = no");
            try (Server server = Server.start(p.conf());
                    Client c = new Client(p.port())) {
                c.hear();
                c.say("EHLO c.example");
                c.send(all + "QUIT\r\n");
                for (int i = 0; i < mails; i++) {
                    Client.expect("250 2.1.0", c.hear());
                    Client.expect("250 2.1.5", c.hear());
                    if (i % 2 == 0) {
                        Client.expect("354", c.hear());
                    }
                    Client.expect("250 2.0.0", c.hear());
                }
                Client.expect("221", c.hear());
                Set<String> subjects = new HashSet<>();
                for (int i = 0; i < mails; i++) {
                    subjects.add(mail(sink).content().replaceAll("(?s).*Subject: (\\d+).*", "$1"));
                }
                assertEquals(mails, subjects.size());
                p.noPanic();
            }
        }
    }
}

package org.postrider.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Descriptors;
import org.postrider.master.Server;

/// TORTURE's cases about sessions, commands and their octets.
class SessionTortureTest {
    @TempDir Path temp;

    private static final String SESSION =
            "EHLO c.example\r\nMAIL FROM:<a@c.example>\r\nRCPT TO:<b@n.example>\r\n"
                    + "DATA\r\nSubject: x\r\n\r\n..dot\r\ntext\r\n.\r\nNOOP\r\nQUIT\r\n";

    /// Case 8.
    @Test
    void everySplitOfASessionGivesTheSameReplies() throws Exception {
        try (Sink sink = new Sink()) {
            Place p = Place.at(temp, sink.port(), "smtpd_forbid_unauth_pipelining = no");
            try (Server server = Server.start(p.conf())) {
                Set<String> heard = new HashSet<>();
                byte[] all = SESSION.getBytes(StandardCharsets.US_ASCII);
                for (int split = 0; split <= all.length; split++) {
                    try (Client c = new Client(p.port())) {
                        c.send(Arrays.copyOf(all, split));
                        c.send(Arrays.copyOfRange(all, split, all.length));
                        heard.add(replies(c));
                    }
                }
                try (Client c = new Client(p.port())) {
                    for (byte b : all) {
                        c.send(new byte[] {b});
                    }
                    heard.add(replies(c));
                }
                assertEquals(1, heard.size(), heard.toString());
                Set<String> contents = new HashSet<>();
                for (int i = 0; i < all.length + 2; i++) {
                    Sink.Mail m = mail(sink.next(300));
                    contents.add(m.content().substring(m.content().indexOf("\r\n\r\n")));
                }
                assertEquals(Set.of("\r\n\r\n.dot\r\ntext\r\n"), contents);
                p.noPanic();
            }
        }
    }

    private static Sink.Mail mail(Sink.@org.jspecify.annotations.Nullable Mail m) {
        assertNotNull(m, "no mail at the next hop");
        return java.util.Objects.requireNonNull(m);
    }

    private static String replies(Client c) throws IOException {
        StringBuilder out = new StringBuilder();
        for (String line = c.hear(); !line.isEmpty(); line = c.hear()) {
            out.append(line.replaceAll("queued as .*", "queued")).append('\n');
        }
        return out.toString();
    }

    /// Case 22.
    @Test
    void aConnectionDroppedAtAnyOctetLeavesNothing() throws Exception {
        try (Sink sink = new Sink()) {
            Place p = Place.at(temp, sink.port(), "smtpd_forbid_unauth_pipelining = no");
            try (Server server = Server.start(p.conf())) {
                byte[] all = SESSION.getBytes(StandardCharsets.US_ASCII);
                int whole = SESSION.indexOf("\r\n.\r\n") + 5;
                p.greets();
                int before = Descriptors.all();
                for (int cut = 0; cut < whole; cut++) {
                    try (Client c = new Client(p.port())) {
                        c.send(Arrays.copyOf(all, cut));
                    }
                }
                p.greets();
                Place.await("sessions ended", () -> Descriptors.all() <= before + 3);
                assertNull(sink.next(0));
                assertEquals(0, sink.taken.get());
                p.noPanic();
            }
        }
    }

    /// Case 25.
    @Test
    void aHundredThousandNoopsUnreadBlockOnlyTheirSession() throws Exception {
        try (Sink sink = new Sink()) {
            Place p =
                    Place.at(
                            temp,
                            sink.port(),
                            "smtpd_forbid_unauth_pipelining = no",
                            "smtpd_junk_command_limit = 1000000");
            try (Server server = Server.start(p.conf());
                    Client c = new Client(p.port())) {
                byte[] noops = "NOOP\r\n".repeat(1000).getBytes(StandardCharsets.US_ASCII);
                System.gc();
                long before = used();
                Thread talking =
                        Thread.ofVirtual()
                                .start(() -> {
                                    try {
                                        for (int i = 0; i < 100; i++) {
                                            c.send(noops);
                                        }
                                    } catch (IOException e) {
                                        // the count below shows it
                                    }
                                });
                p.greets();
                p.greets();
                System.gc();
                assertTrue(used() - before < 50L << 20, "memory grew");
                Client.expect("220", c.hear());
                for (int i = 0; i < 100_000; i++) {
                    Client.expect("250 2.0.0", c.hear());
                }
                talking.join();
                Client.expect("221", c.say("QUIT"));
                p.greets();
                p.noPanic();
            }
        }
    }

    /// Case 26.
    @Test
    void aClientThatReadsNothingIsLetGoAfterTheTimeout() throws Exception {
        try (Sink sink = new Sink()) {
            Place p =
                    Place.at(
                            temp,
                            sink.port(),
                            "smtpd_timeout = 2s",
                            "smtpd_forbid_unauth_pipelining = no",
                            "smtpd_junk_command_limit = 100000000");
            try (Server server = Server.start(p.conf());
                    Client c = new Client(p.port())) {
                byte[] noops = "NOOP\r\n".repeat(10_000).getBytes(StandardCharsets.US_ASCII);
                boolean hungUp = false;
                // Enough to fill the buffers of both sides; then the server cannot write.
                for (int i = 0; i < 2000 && !hungUp; i++) {
                    try {
                        c.send(noops);
                    } catch (SocketException e) {
                        hungUp = true;
                    }
                }
                assertTrue(hungUp);
                Place.await("the log line", () -> logHas(p, "disconnect from unknown[127.0.0.1]"));
                p.greets();
                p.noPanic();
            }
        }
    }

    /// As in Postfix, whose log has a lost connection after everything else.
    @Test
    void aClientThatLeavesOnceItsMailIsTakenIsNotCalledLost() throws Exception {
        try (Sink sink = new Sink()) {
            Place p = Place.at(temp, sink.port(), "smtpd_forbid_unauth_pipelining = no");
            try (Server server = Server.start(p.conf())) {
                for (String more : List.of("", "NOOP\r\n")) {
                    try (Client c = new Client(p.port())) {
                        c.send(SESSION.substring(0, SESSION.indexOf("NOOP")) + more);
                        for (int replies = 0; replies < 6 + more.length() / 6; ) {
                            replies += c.hear().matches("\\d\\d\\d .*") ? 1 : 0;
                        }
                    }
                    int gone = more.isEmpty() ? 1 : 2;
                    Place.await("the end", () -> logHas(p, "(?s)(.*disconnect from ){%d}.*", gone));
                }
                assertTrue(p.log().contains("lost connection after NOOP from"), p.log());
                assertEquals(2, p.log().split("lost connection", -1).length, p.log());
                p.noPanic();
            }
        }
    }

    private static boolean logHas(Place p, String pattern, int count) {
        try {
            return p.log().matches(pattern.formatted(count));
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean logHas(Place p, String text) {
        try {
            return p.log().contains(text);
        } catch (IOException e) {
            return false;
        }
    }

    /// Case 41: constant memory; the line is refused or read on to its end.
    @Test
    void aCommandLineOfAnyLengthIsRefusedInConstantMemory() throws Exception {
        try (Sink sink = new Sink()) {
            Place p = Place.at(temp, sink.port(), "smtpd_error_sleep_time = 0");
            try (Server server = Server.start(p.conf())) {
                byte[] chunk = new byte[1 << 16];
                Arrays.fill(chunk, (byte) 'a');
                long most = Long.getLong("postrider.torture.line", 64 << 20);
                for (String verb : List.of("EHLO ", "MAIL FROM:<", "RCPT TO:<", "HELP ")) {
                    for (long length : List.of(10_000L, 1_000_000L, most)) {
                        System.gc();
                        long before = used();
                        try (Client c = new Client(p.port())) {
                            c.hear();
                            c.send(verb);
                            for (long sent = 0; sent < length; sent += chunk.length) {
                                c.send(chunk);
                            }
                            c.send("\r\n");
                            String reply = c.hear();
                            assertTrue(reply.matches("50[0-3] .*|250 .*"), verb + reply);
                        }
                        System.gc();
                        assertTrue(used() - before < 50L << 20, "memory grew");
                    }
                }
                p.greets();
                p.noPanic();
            }
        }
    }

    private static long used() {
        Runtime r = Runtime.getRuntime();
        return r.totalMemory() - r.freeMemory();
    }

    /// Case 47.
    @Test
    void theRecipientAfterTheLimitIsRefusedAndTheOthersGetIt() throws Exception {
        try (Sink sink = new Sink()) {
            Place p = Place.at(temp, sink.port(), "default_destination_recipient_limit = 2000");
            try (Server server = Server.start(p.conf());
                    Client c = new Client(p.port())) {
                c.hear();
                c.say("EHLO c.example");
                c.say("MAIL FROM:<a@c.example>");
                for (int i = 0; i < 1000; i++) {
                    Client.expect("250", c.say("RCPT TO:<r" + i + "@n.example>"));
                }
                Client.expect("452 4.5.3", c.say("RCPT TO:<r1000@n.example>"));
                Client.expect("354", c.say("DATA"));
                Client.expect("250", c.say("Subject: x\r\n\r\nx\r\n."));
                assertEquals(1000, mail(sink.next(300)).recipients());
                p.noPanic();
            }
        }
    }

    /// Case 49.
    @Test
    void hostileAddressesAreRefusedAndNothingElseHappens() throws Exception {
        try (Sink sink = new Sink()) {
            Place p =
                    Place.at(
                            temp,
                            sink.port(),
                            "smtpd_error_sleep_time = 0",
                            "smtpd_hard_error_limit = 100",
                            "mynetworks = 192.0.2.0/24");
            try (Server server = Server.start(p.conf())) {
                List<String> hostile =
                        List.of(
                                "<" + "a".repeat(65536) + "@n.example>",
                                "<@@@@>",
                                "<.!.@.>",
                                "<\">",
                                "<" + "@a.example,".repeat(500) + "@b.example:x@n.example>",
                                "<" + "(".repeat(2000) + "x@n.example>",
                                "<" + "\\\"".repeat(1000) + "@n.example>",
                                "<x@" + "a.".repeat(1000) + "example>");
                try (Client c = new Client(p.port())) {
                    c.hear();
                    c.say("EHLO c.example");
                    for (String path : hostile) {
                        String reply = c.say("MAIL FROM:" + path);
                        assertTrue(reply.matches("[245]\\d\\d .*"), reply);
                        c.say("RSET");
                    }
                    c.say("MAIL FROM:<a@c.example>");
                    for (String path : hostile) {
                        String reply = c.say("RCPT TO:" + path);
                        assertTrue(reply.matches("[45]\\d\\d .*"), reply);
                    }
                }
                p.greets();
                assertEquals(0, sink.taken.get());
                p.noPanic();
            }
        }
    }

    /// Case 52.
    @Test
    void controlOctetsInArgumentsReachNoLogAndNoHeader() throws Exception {
        try (Sink sink = new Sink()) {
            Place p =
                    Place.at(
                            temp,
                            sink.port(),
                            "smtpd_error_sleep_time = 0",
                            "smtpd_hard_error_limit = 1000",
                            "smtpd_junk_command_limit = 1000");
            try (Server server = Server.start(p.conf())) {
                try (Client c = new Client(p.port())) {
                    c.hear();
                    for (String bad :
                            List.of(
                                    "\r",
                                    "\0",
                                    "\u001f",
                                    "\u007f",
                                    "\u00e2\u0080\u00a8",
                                    "\u001b[31m")) {
                        String helo = c.say("EHLO a" + bad + "b.example");
                        assertTrue(helo.matches("[25]\\d\\d .*"), helo);
                        String mail = c.say("MAIL FROM:<a" + bad + "b@c.example>");
                        c.say("RCPT TO:<\"a\\" + bad + "b\"@n.example>");
                        c.say("RCPT TO:<r@n.example>");
                        String data = c.say("DATA");
                        if (data.startsWith("354")) {
                            Client.expect("250", c.say("Subject: x\r\n\r\nx\r\n."));
                            Sink.Mail m = mail(sink.next(300));
                            String head = m.content().substring(0, m.content().indexOf("\r\n\r\n"));
                            for (char ch : head.toCharArray()) {
                                assertTrue(
                                        ch >= ' ' && ch != 127 || "\r\n\t".indexOf(ch) >= 0,
                                        "control in a header: " + (int) ch + mail);
                            }
                            assertTrue(!m.bare());
                        }
                        c.say("RSET");
                    }
                }
                for (char ch : p.log().toCharArray()) {
                    // UTF-8 stays, as in Postfix's log.
                    assertTrue(ch == '\n' || ch >= ' ' && ch != 127, "in the log: " + (int) ch);
                }
                p.noPanic();
            }
        }
    }

    /// Case 53.
    @Test
    void wideCharactersAreNeverCutToControls() throws Exception {
        try (Sink sink = new Sink("SMTPUTF8", "8BITMIME")) {
            Place p = Place.at(temp, sink.port(), "smtpd_error_sleep_time = 0");
            try (Server server = Server.start(p.conf());
                    Client c = new Client(p.port())) {
                c.hear();
                c.say("EHLO c.example");
                for (int cp = 0x100; cp < 0x10000; cp += 0x100) {
                    if (Character.isSurrogate((char) cp)) {
                        continue;
                    }
                    String local = "x" + (char) (cp + 0x0d) + (char) (cp + 0x0a) + "DATA";
                    String octets =
                            new String(
                                    local.getBytes(StandardCharsets.UTF_8),
                                    StandardCharsets.ISO_8859_1);
                    Client.expect("250", c.say("MAIL FROM:<a@c.example> SMTPUTF8"));
                    String reply = c.say("RCPT TO:<" + octets + "@n.example>");
                    Client.expect("250", reply);
                    Client.expect("354", c.say("DATA"));
                    Client.expect("250", c.say("Subject: x\r\n\r\nx\r\n."));
                    Sink.Mail m = mail(sink.next(300));
                    assertEquals(2, m.envelope().size());
                    assertTrue(
                            m.envelope().get(1).startsWith("RCPT TO:<" + octets + "@n.example>"),
                            m.envelope().get(1));
                }
                p.noPanic();
            }
        }
    }

    /// Case 119.
    @Test
    void aStopLetsMailOnItsWayComeWholeAndTellsTheOthers() throws Exception {
        try (Sink sink = new Sink()) {
            Place p = Place.at(temp, sink.port());
            List<Client> sending = new ArrayList<>();
            List<Client> idle = new ArrayList<>();
            Server server = Server.start(p.conf());
            for (int i = 0; i < 100; i++) {
                sending.add(new Client(p.port()).opened("r" + i + "@n.example"));
                sending.get(i).send("Subject: x\r\n\r\nhalf");
                Client other = new Client(p.port());
                other.hear();
                idle.add(other);
            }
            StringBuilder said = new StringBuilder();
            assertTrue(server.reload(said::append), said.toString());
            Thread stopping = Thread.ofVirtual().start(server::close);
            Client.expect("421", idle.getFirst().hear());
            // It has begun. They have three seconds, on a busy machine too: nobody waits for
            // others.
            for (Client c : sending) {
                c.send(" and whole\r\n.\r\n");
            }
            for (Client c : sending) {
                Client.expect("250", c.hear());
                Client.expect("421", c.hear());
            }
            assertEquals("", idle.removeFirst().hear());
            for (Client c : idle) {
                Client.expect("421", c.hear());
                assertEquals("", c.hear());
            }
            stopping.join();
            try (Server again = Server.start(p.conf())) {
                for (int i = 0; i < 100; i++) {
                    Sink.Mail m = mail(sink.next(300));
                    assertTrue(m.content().endsWith("half and whole\r\n"));
                }
            }
            assertEquals(100, sink.taken.get());
            p.noPanic();
        }
    }
}

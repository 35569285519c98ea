package org.postrider.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.master.Server;

/// TORTURE's cases about contents: lines, headers, nesting, size.
class ContentTortureTest {
    private static final int KIB = 1024;

    @TempDir Path temp;

    private static Sink.Mail mail(Sink sink, long seconds) throws InterruptedException {
        Sink.Mail m = sink.next(seconds);
        assertNotNull(m, "no mail at the next hop");
        return Objects.requireNonNull(m);
    }

    private static byte[] filled(int octets, char with) {
        byte[] out = new byte[octets];
        Arrays.fill(out, (byte) with);
        return out;
    }

    /// Case 5: what arrived by BDAT as it lay leaves with CRLF as its only line end.
    @Test
    void noSequenceOfTheSmugglersPassesOn() throws Exception {
        String[] sequences = {
            "\n.\n",
            "\n.\r\n",
            "\r.\r",
            "\r\n.\r",
            "\r\n\0.\r\n",
            "\r.\r\n",
            "\r\n.\n",
            "\r\r\n.\r\r\n",
            "\r\n.\r\r\n"
        };
        try (Sink sink = new Sink()) {
            Place p = Place.at(temp, sink.port());
            try (Server server = Server.start(p.conf())) {
                for (String s : sequences) {
                    try (Client c = new Client(p.port())) {
                        c.hear();
                        c.say("EHLO c.example");
                        c.say("MAIL FROM:<a@c.example>");
                        c.say("RCPT TO:<b@n.example>");
                        String content =
                                "Subject: x\r\n\r\nbefore"
                                        + s
                                        + "MAIL FROM:<smuggled@x.example>\r\n";
                        c.send("BDAT " + content.length() + " LAST\r\n" + content);
                        Client.expect("250", c.hear());
                    }
                    Sink.Mail m = mail(sink, 300);
                    assertFalse(m.bare(), s.replace("\r", "<CR>").replace("\n", "<LF>"));
                    assertTrue(m.content().contains("before"));
                    assertTrue(m.content().contains("smuggled"));
                    assertEquals("MAIL FROM:<a@c.example>", first(m));
                }
                assertNull(sink.next(0));
                p.noPanic();
            }
        }
    }

    private static String first(Sink.Mail m) {
        return m.envelope().getFirst().split(" SIZE")[0].split(" BODY")[0];
    }

    /// Case 42: 100 MB in one line.
    @Test
    void aLineOfAHundredMegabytesIsFoldedOnItsWay() throws Exception {
        int octets = 100 << 20;
        try (Sink sink = new Sink()) {
            Place p = Place.at(temp, sink.port(), "message_size_limit = 0");
            try (Server server = Server.start(p.conf());
                    Client c = new Client(p.port()).opened("r@n.example")) {
                c.send("Subject: x\r\n\r\n");
                byte[] part = filled(1 << 16, 'a');
                for (int sent = 0; sent < octets; sent += part.length) {
                    c.send(part);
                }
                c.send("\r\n.\r\n");
                Client.expect("250", c.hear());
                Sink.Mail m = mail(sink, 300);
                assertEquals(998, m.longest());
                assertTrue(m.octets() > octets);
                p.greets();
                p.noPanic();
            }
        }
    }

    /// Case 42 with the default limit.
    @Test
    void aLineLargerThanAMessageMayBeIsRefused() throws Exception {
        try (Sink sink = new Sink()) {
            Place p = Place.at(temp, sink.port());
            try (Server server = Server.start(p.conf());
                    Client c = new Client(p.port()).opened("r@n.example")) {
                byte[] part = filled(1 << 16, 'a');
                for (int sent = 0; sent < 12 << 20; sent += part.length) {
                    c.send(part);
                }
                c.send("\r\n.\r\n");
                Client.expect("552 5.3.4", c.hear());
                p.greets();
                p.noPanic();
            }
        }
    }

    /// Case 43: in a process of 128 MB.
    @Test
    void headersOfAnySizeAreTakenInConstantMemory() throws Exception {
        try (Sink sink = new Sink()) {
            Place p = Place.at(temp, sink.port(), "message_size_limit = 0");
            Process server = p.start("128m", "exec \"$@\"");
            try {
                try (Client c = new Client(p.port()).opened("r@n.example")) {
                    byte[] lines = "X-Many: y\r\n".repeat(1000).getBytes(StandardCharsets.US_ASCII);
                    for (int i = 0; i < 1000; i++) {
                        c.send(lines);
                    }
                    Client.expect("250", c.say("\r\nx\r\n."));
                    assertTrue(mail(sink, 300).octets() > 11_000_000, "a header line was lost");
                }
                try (Client c = new Client(p.port()).opened("r@n.example")) {
                    c.send("X-Large: ");
                    for (int i = 0; i < 160; i++) {
                        c.send(filled(1 << 16, 'h'));
                    }
                    Client.expect("250", c.say("\r\nSubject: after\r\n\r\nx\r\n."));
                    Sink.Mail m = mail(sink, 300);
                    // header_size_limit is 102400
                    assertTrue(m.octets() < 110 * KIB, "octets " + m.octets());
                    assertTrue(m.content().contains("\r\nSubject: after\r\n"));
                }
                try (Client c = new Client(p.port()).opened("r@n.example")) {
                    c.send("X-Folded: x\r\n");
                    c.send(" y\r\n".repeat(100_000));
                    Client.expect("250", c.say("Subject: after\r\n\r\nx\r\n."));
                    assertTrue(mail(sink, 300).content().contains("\r\nSubject: after\r\n"));
                }
                p.greets();
                assertTrue(server.isAlive());
                p.noPanic();
            } finally {
                server.destroy();
                server.waitFor();
            }
        }
    }

    /// Cases 44 and 45: a local client, so that addresses in headers are read and rewritten.
    @Test
    void bombsInAddressHeadersCostLessThanASecond() throws Exception {
        String[] bombs = {
            "To: " + "<><><>".repeat(50_000),
            "To: " + "\u00ff".repeat(100_000),
            "To: " + "(".repeat(100_000) + ")".repeat(100_000),
            "To: " + "a, ".repeat(50_000),
            "To: " + "a:b;".repeat(50_000),
            "To: " + "\\".repeat(100_000),
            "From: \"" + "a".repeat(1 << 20),
            "From: " + "\"".repeat(99_999),
            "Cc: " + "[".repeat(100_000),
            "Cc: " + "@a,".repeat(50_000) + ":x@b"
        };
        try (Sink sink = new Sink()) {
            Place p = Place.at(temp, sink.port());
            Process server = p.start("256m", "exec \"$@\"");
            try {
                long worst = 0;
                for (String bomb : bombs) {
                    try (Client c = new Client(p.port()).opened("r@n.example")) {
                        long cpu = cpuMillis(server);
                        Client.expect("250", c.say(bomb + "\r\nSubject: x\r\n\r\nx\r\n."));
                        assertTrue(mail(sink, 300).content().contains("Subject: x"));
                        long cost = cpuMillis(server) - cpu;
                        worst = Math.max(worst, cost);
                        assertTrue(cost < 1000, bomb.substring(0, 12) + ": " + cost + " ms");
                    }
                }
                System.out.println("bombs: " + bombs.length + ", worst " + worst + " ms of CPU");
                p.greets();
                assertTrue(server.isAlive());
                p.noPanic();
            } finally {
                server.destroy();
                server.waitFor();
            }
        }
    }

    private static long cpuMillis(Process of) {
        return of.info().totalCpuDuration().orElseThrow().toMillis();
    }

    /// Case 46: towards a hop that takes seven bits only, so that the parts are walked through.
    @Test
    void deepNestingEndsNoThread() throws Exception {
        StringBuilder multiparts = new StringBuilder("Subject: x\r\nMIME-Version: 1.0\r\n");
        for (int i = 0; i < 10_000; i++) {
            multiparts
                    .append("Content-Type: multipart/mixed; boundary=b")
                    .append(i)
                    .append("\r\n\r\n--b")
                    .append(i)
                    .append("\r\n");
        }
        StringBuilder messages = new StringBuilder("Subject: x\r\nMIME-Version: 1.0\r\n");
        messages.append("Content-Type: message/rfc822\r\n\r\n".repeat(5000));
        StringBuilder parts = new StringBuilder("Subject: x\r\nMIME-Version: 1.0\r\n");
        parts.append("Content-Type: multipart/mixed; boundary=b\r\n\r\n");
        parts.append("--b\r\n\r\nx\r\n".repeat(100_000));
        String[] contents = {
            multiparts + "\u00e9\r\n",
            messages + "\u00e9\r\n",
            parts + "\u00e9\r\n",
            boundary(70),
            boundary(2049),
            boundary(1 << 20)
        };
        try (Sink sink = new Sink()) {
            Place p = Place.at(temp, sink.port());
            try (Server server = Server.start(p.conf())) {
                for (String content : contents) {
                    try (Client c = new Client(p.port()).opened("r@n.example")) {
                        Client.expect("250", c.say(content + "."));
                        assertNotNull(sink.next(300));
                    }
                }
                p.greets();
                p.noPanic();
            }
        }
    }

    private static String boundary(int length) {
        String b = "b".repeat(length);
        return "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\""
                + b
                + "\"\r\n\r\n--"
                + b
                + "\r\n\r\n\u00e9\r\n--"
                + b
                + "--\r\n";
    }

    /// Case 50: in a process of 256 MB.
    @Test
    void twoHundredMegabytesToFiftyPassThroughASmallHeap() throws Exception {
        int octets = 200 << 20;
        try (Sink sink = new Sink()) {
            Place p = Place.at(temp, sink.port(), "message_size_limit = 0");
            Process server = p.start("256m", "exec \"$@\"");
            try {
                String[] to = new String[50];
                for (int i = 0; i < to.length; i++) {
                    to[i] = "r" + i + "@n.example";
                }
                try (Client c = new Client(p.port()).opened(to)) {
                    byte[] lines =
                            ("0123456789".repeat(7) + "\r\n")
                                    .repeat(1000)
                                    .getBytes(StandardCharsets.US_ASCII);
                    for (long sent = 0; sent < octets; sent += lines.length) {
                        c.send(lines);
                    }
                    Client.expect("250", c.say("."));
                }
                Sink.Mail m = mail(sink, 300);
                assertEquals(50, m.recipients());
                assertTrue(m.octets() > octets);
                p.greets();
                assertTrue(server.isAlive());
                p.noPanic();
            } finally {
                server.destroy();
                server.waitFor();
            }
        }
    }

    /// Every octet of a body over all 256 values comes out as it went in, or as the protocol says.
    @Test
    void allOctetsPass() throws IOException, InterruptedException {
        try (Sink sink = new Sink("8BITMIME")) {
            Place p = Place.at(temp, sink.port());
            try (Server server = Server.start(p.conf());
                    Client c = new Client(p.port()).opened("r@n.example")) {
                StringBuilder body = new StringBuilder();
                for (char ch = 0; ch < 256; ch++) {
                    if (ch != '\r' && ch != '\n') {
                        body.append(ch);
                    }
                }
                Client.expect("250", c.say("Subject: x\r\n\r\n" + body + "\r\n."));
                assertTrue(mail(sink, 300).content().endsWith("\r\n\r\n" + body + "\r\n"));
                p.noPanic();
            }
        }
    }
}

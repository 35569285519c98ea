package org.postrider.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.master.Server;

/// TORTURE's cases about what hides in arguments: for tables, logs, headers, notices, rights.
class InjectionTortureTest {
    private static final Pattern LOG_LINE =
            Pattern.compile(
                    "[A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d mx postfix/[a-z-]+\\[\\d+]:"
                            + " [^\\n]*");
    private static final String MANY_ERRORS =
            "smtpd_error_sleep_time = 0\nsmtpd_hard_error_limit = 1000\n"
                    + "smtpd_junk_command_limit = 1000";

    @TempDir Path temp;

    private static Sink.Mail mail(Sink sink) throws InterruptedException {
        Sink.Mail m = sink.next(300);
        assertNotNull(m, "no mail at the next hop");
        return Objects.requireNonNull(m);
    }

    /// Case 38, and 60's keys: a table asked in SQL sees a quote as a quote.
    @Test
    void noKeyEndsTheStringOfAQuery() throws Exception {
        Path file = temp.resolve("t.db");
        try (Connection db = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement s = db.createStatement()) {
            s.execute("create table t (k text, a text)");
            s.execute("insert into t values ('nobody@nowhere.example', 'REJECT injected')");
            s.execute("insert into t values ('known@n.example', 'REJECT known')");
        }
        Files.writeString(
                temp.resolve("t.cf"),
                "dbpath = " + file + "\nquery = SELECT a FROM t WHERE k='%s'\n");
        String table = "sqlite:" + temp.resolve("t.cf");
        List<String> keys =
                List.of(
                        "x' OR 1=1 --",
                        "x' OR '1'='1",
                        "' UNION SELECT a FROM t --",
                        "x'; DROP TABLE t; --",
                        "x\\' OR 1=1 --",
                        "x'/**/OR/**/1=1--",
                        "%s",
                        "%27 OR 1=1");
        try (Sink sink = new Sink()) {
            Place p =
                    Place.at(
                            temp,
                            sink.port(),
                            MANY_ERRORS,
                            "smtpd_recipient_restrictions = check_recipient_access " + table,
                            "smtpd_sender_restrictions = check_sender_access " + table,
                            "smtpd_helo_restrictions = check_helo_access " + table,
                            "smtpd_etrn_restrictions = check_etrn_access " + table);
            try (Server server = Server.start(p.conf());
                    Client c = new Client(p.port())) {
                c.hear();
                for (String key : keys) {
                    String quoted = "\"" + key.replace("\\", "\\\\") + "\"@n.example";
                    c.say("EHLO " + key);
                    Client.expect("250", c.say("MAIL FROM:<" + quoted + ">"));
                    Client.expect("250", c.say("RCPT TO:<" + quoted + ">"));
                    Client.expect("554 5.7.1", c.say("RCPT TO:<known@n.example>"));
                    c.say("RSET");
                    String etrn = c.say("ETRN " + key);
                    assertTrue(etrn.matches("(459|50[01]) .*"), etrn);
                    assertTrue(!etrn.contains("injected"), etrn);
                }
                for (String etrn : List.of("#queue", "#" + "q".repeat(1000), "q".repeat(1000))) {
                    String reply = c.say("ETRN " + etrn);
                    assertTrue(reply.matches("(459|501) .*"), reply);
                }
                assertTrue(!p.log().contains("injected"));
                p.noPanic();
            }
        }
        System.out.println("keys: " + keys.size() + " of 4 commands, 0 got out of their query");
    }

    /// Case 40, by the default limits: twenty answers, ten of them a second late, then the end.
    @Test
    void whoAsksForAThousandUsersHearsOfTwenty() throws Exception {
        try (Sink sink = new Sink()) {
            Place p =
                    Place.at(
                            temp,
                            sink.port(),
                            "mydestination = here.example",
                            "local_recipient_maps = inline:{known=1}",
                            "mynetworks = 192.0.2.0/24");
            try (Server server = Server.start(p.conf());
                    Client c = new Client(p.port())) {
                c.hear();
                c.say("EHLO c.example");
                Client.expect("250", c.say("MAIL FROM:<a@c.example>"));
                StringBuilder all = new StringBuilder();
                for (int i = 0; i < 1000; i++) {
                    all.append("RCPT TO:<u").append(i).append("@here.example>\r\n");
                }
                long begun = System.nanoTime();
                c.send(all.toString());
                int unknown = 0;
                String reply = c.hear();
                while (reply.startsWith("550 5.1.1")) {
                    unknown++;
                    reply = c.hear();
                }
                long seconds = (System.nanoTime() - begun) / 1_000_000_000;
                Client.expect("421 4.7.0", reply);
                assertEquals(20, unknown);
                assertTrue(seconds >= 9 && seconds < 200, seconds + " s");
                System.out.println(
                        "harvest: " + unknown + " of 1000 users told in " + seconds + " s");
                p.noPanic();
            }
        }
    }

    /// Cases 52 and 55: what was said is one line of the log, controls shown, and a notice that
    /// quotes it has none either.
    @Test
    void nothingAClientSaysMakesALineOfItsOwn() throws Exception {
        String[] said = {
            "x\\\rNov 20 00:00:00 mx postfix/smtpd[1]: fake",
            "\"x\rNov 20 00:00:00 mx postfix/smtpd[1]: fake\"",
            "\u001b[31mred\u001b[0m",
            "\u001b]0;title\u0007",
            "a\bb\u000bc\fd",
            "\u00c2\u0085next line",
            "\u00e2\u0080\u00a8line separator",
            "\u00ff\u00fe raw",
            "%s%n${jndi:ldap://127.0.0.1:1/a}",
            "x\0y",
            "x\u007fy\u001fz"
        };
        try (Sink sink = new Sink("SMTPUTF8", "8BITMIME")) {
            sink.refuse("RCPT TO:<[^>]*refused.*");
            Place p = Place.at(temp, sink.port(), MANY_ERRORS, "notify_classes = bounce");
            int notices = 0;
            try (Server server = Server.start(p.conf())) {
                for (String s : said) {
                    try (Client c = new Client(p.port())) {
                        c.hear();
                        // as a command it may end the session
                        c.say(s);
                    }
                    try (Client c = new Client(p.port())) {
                        c.hear();
                        c.say("EHLO " + s);
                        c.say("HELO " + s);
                        c.say("VRFY " + s);
                        c.say("ETRN " + s);
                        c.say("NOOP " + s);
                        c.say("EHLO c.example");
                        c.say("MAIL FROM:<\"" + s + "\"@c.example>");
                        c.say("RSET");
                        c.say("EHLO a" + s);
                        c.say("MAIL FROM:<sender@c.example>");
                        boolean taken =
                                c.say("RCPT TO:<\"" + s + "refused\"@n.example>").startsWith("250");
                        if (taken) {
                            c.say("DATA");
                            Client.expect("250", c.say("Subject: x\r\n\r\nx\r\n."));
                            // The sender's, and the postmaster's copy.
                            long toSender = printable(mail(sink)) + printable(mail(sink));
                            assertEquals(1, toSender);
                            notices++;
                        }
                    }
                }
                p.greets();
            }
            int lines = 0;
            for (String line : p.log().split("\n")) {
                lines++;
                assertTrue(LOG_LINE.matcher(line).matches(), line);
                assertTrue(!line.startsWith("Nov 20 00:00:00"), line);
                for (char ch : line.toCharArray()) {
                    assertTrue(ch >= ' ' && ch != 127, "in the log: " + (int) ch + " " + line);
                }
            }
            p.noPanic();
            assertTrue(notices > 0);
            System.out.println("log: " + lines + " lines, each ours; " + notices + " notices");
        }
    }

    /// @return 1 for a notice to the sender, 0 for the postmaster's copy
    private static int printable(Sink.Mail m) {
        assertTrue(!m.bare());
        String from = m.envelope().getFirst();
        boolean toSender = from.startsWith("MAIL FROM:<>");
        assertTrue(
                toSender || from.startsWith("MAIL FROM:<double-bounce@mx.torture.example>"), from);
        for (char ch : m.content().toCharArray()) {
            assertTrue(
                    ch >= ' ' && ch != 127 || "\r\n\t".indexOf(ch) >= 0,
                    "in a notice: " + (int) ch + " " + m.content());
        }
        return toSender ? 1 : 0;
    }

    /// Case 54: a name in pieces (RFC 2231) goes on as it came, so that who looks behind us sees
    /// it.
    @Test
    void aNameInPiecesIsNotMended() throws Exception {
        String type =
                "Content-Type: application/octet-stream;\r\n name*0=evil.;\r\n name*1=exe;"
                        + " filename*=utf-8''%65vil.exe\r\n";
        try (Sink sink = new Sink()) {
            Place p = Place.at(temp, sink.port());
            try (Server server = Server.start(p.conf());
                    Client c = new Client(p.port()).opened("r@n.example")) {
                c.send("Subject: x\r\nMIME-Version: 1.0\r\n" + type + "\r\nx\r\n.\r\n");
                Client.expect("250", c.hear());
                assertTrue(mail(sink).content().contains("\r\n" + type));
                p.noPanic();
            }
        }
    }

    /// Case 56: line ends in xtext reach no header.
    @Test
    void lineEndsInXtextReachNoHeader() throws Exception {
        String evil = "evil+0D+0AX-Injected:+20yes+0D+0A+0D+0Abody";
        try (Sink sink = new Sink()) {
            Place p =
                    Place.at(
                            temp,
                            sink.port(),
                            MANY_ERRORS,
                            "smtpd_authorized_xclient_hosts = 127.0.0.0/8",
                            "smtpd_authorized_xforward_hosts = 127.0.0.0/8");
            try (Server server = Server.start(p.conf())) {
                for (String verb : List.of("XCLIENT", "XFORWARD")) {
                    for (String name : List.of("NAME", "HELO", "IDENT", "PROTO", "LOGIN", "ADDR")) {
                        try (Client c = new Client(p.port())) {
                            c.hear();
                            c.say("EHLO c.example");
                            c.say(verb + " " + name + "=" + evil);
                            Client.expect("250", c.say("EHLO c2.example"));
                            Client.expect("250", c.say("MAIL FROM:<a@c.example>"));
                            Client.expect("250", c.say("RCPT TO:<r@n.example>"));
                            Client.expect("354", c.say("DATA"));
                            Client.expect("250", c.say("Subject: x\r\n\r\nx\r\n."));
                        }
                        String content = mail(sink).content();
                        assertTrue(!content.contains("\nX-Injected"), content);
                        assertTrue(content.endsWith("\r\n\r\nx\r\n"), content);
                    }
                }
                p.noPanic();
            }
        }
        assertTrue(!Files.readString(temp.resolve("log")).contains("\nX-Injected"));
    }

    /// Case 130: an IPv4 client of an IPv6 socket is matched, and logged, as IPv4.
    @Test
    void aMappedClientIsMatchedAsIpv4() throws Exception {
        try (ServerSocket six = new ServerSocket(0, 1, InetAddress.getByName("::"))) {
            new Socket("127.0.0.1", six.getLocalPort()).close();
        } catch (IOException e) {
            System.out.println("mapped clients: not run: no IPv6 here: " + e.getMessage());
            assumeTrue(false, "no IPv6");
        }
        String[][] cases = {
            {"127.0.0.0/8", "250"},
            {"127.0.0.1", "250"},
            {"[::ffff:127.0.0.0]/104", "454|554"},
            {"[::ffff:127.0.0.1]", "454|554"},
            {"[::]/0", "454|554"},
            {"10.0.0.0/8", "454|554"},
            {"!127.0.0.1, 127.0.0.0/8", "454|554"}
        };
        int n = 0;
        for (String[] wanted : cases) {
            Path base = Files.createDirectories(temp.resolve("m" + n++));
            try (Sink sink = new Sink()) {
                Place p =
                        Place.at(
                                base,
                                sink.port(),
                                "inet_protocols = all",
                                "mynetworks = " + wanted[0],
                                "smtpd_relay_restrictions = permit_mynetworks, reject");
                Path master = p.conf().resolve("master.cf");
                Files.writeString(
                        master, Files.readString(master).replaceFirst("127.0.0.1:", "[::]:"));
                try (Server server = Server.start(p.conf());
                        Client c = new Client(p.port())) {
                    c.hear();
                    c.say("EHLO c.example");
                    c.say("MAIL FROM:<a@c.example>");
                    String reply = c.say("RCPT TO:<r@n.example>");
                    assertTrue(reply.matches("(" + wanted[1] + ").*"), wanted[0] + ": " + reply);
                    Place.await("the client in the log", () -> connected(p));
                }
            }
        }
        System.out.println("mapped clients: " + n + " settings of mynetworks");
    }

    private static boolean connected(Place p) {
        try {
            return p.log().contains("connect from unknown[127.0.0.1]");
        } catch (IOException e) {
            return false;
        }
    }

    /// Case 131 with the protocol off: a bad command, and the rights of the one who connected.
    @Test
    void aProxyHeaderOfAStrangerIsABadCommand() throws Exception {
        List<String> headers = new ArrayList<>();
        headers.add("PROXY TCP4 10.1.2.3 10.1.2.4 1000 25\r\n");
        headers.add("PROXY UNKNOWN\r\n");
        headers.add("PROXY TCP6 ::1 ::1 1 25\r\n");
        headers.add(
                "\r\n\r\n"
                        + "\0\r\n"
                        + "QUIT\n"
                        + "!\u0011\0\f\n"
                        + "\u0001\u0002\u0003\n"
                        + "\u0001\u0002\u0004\u0003\u00e8\0\u0019\r\n");
        try (Sink sink = new Sink()) {
            Place p =
                    Place.at(
                            temp,
                            sink.port(),
                            MANY_ERRORS,
                            "smtpd_forbid_unauth_pipelining = no",
                            "mynetworks = 10.0.0.0/8");
            try (Server server = Server.start(p.conf())) {
                for (String header : headers) {
                    try (Client c = new Client(p.port())) {
                        c.hear();
                        c.send(header);
                        Client.expect("500 5.5.2", c.hear());
                    }
                    try (Client c = new Client(p.port())) {
                        c.hear();
                        c.send(headers.getFirst());
                        Client.expect("500 5.5.2", c.hear());
                        c.say("EHLO c.example");
                        c.say("MAIL FROM:<a@c.example>");
                        Client.expect("454 4.7.1", c.say("RCPT TO:<r@n.example>"));
                    }
                }
                assertTrue(!p.log().contains("10.1.2.3]"), p.log());
                assertNull(sink.next(0));
                p.noPanic();
            }
        }
    }
}

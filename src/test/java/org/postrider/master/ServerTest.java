package org.postrider.master;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Until;
import org.postrider.config.ConfigException;

/// The whole server in this JVM over real sockets: a mail goes in, comes out, and the log tells it.
class ServerTest {
    @TempDir Path temp;

    private Path configuration(String name, int nextHop, String more) throws IOException {
        Path base = temp.resolve(name);
        Path conf = base.resolve("etc");
        Files.createDirectories(conf);
        Files.writeString(
                conf.resolve("main.cf"),
                """
                compatibility_level = 3.6
                queue_directory = %1$s/queue
                data_directory = %1$s/data
                maillog_file = %1$s/log
                maillog_file_prefixes = /
                myhostname = mx.test.example
                mydestination =
                local_recipient_maps =
                alias_maps =
                inet_interfaces = 127.0.0.1
                inet_protocols = ipv4
                mynetworks = 127.0.0.0/8
                relayhost = [127.0.0.1]:%2$d
                postrider_segment_size = 1048576
                %3$s
                """
                        .formatted(base, nextHop, more));
        Files.writeString(
                conf.resolve("master.cf"),
                """
                127.0.0.1:0 inet n - n - - smtpd
                pickup unix n - n 60 1 pickup
                cleanup unix n - n - 0 cleanup
                qmgr unix n - n 300 1 qmgr
                rewrite unix - - n - - trivial-rewrite
                flush unix n - n 1000? 0 flush
                bounce unix - - n - 0 bounce
                defer unix - - n - 0 bounce
                trace unix - - n - 0 bounce
                smtp unix - - n - - smtp
                relay unix - - n - - smtp
                showq unix n - n - - showq
                error unix - - n - - error
                retry unix - - n - - error
                discard unix - - n - - discard
                """);
        return conf;
    }

    /// A client that says a line and hears the reply.
    private static final class Client implements AutoCloseable {
        private final Socket socket;
        private final BufferedReader in;

        Client(Server server) throws IOException {
            InetSocketAddress at = server.addresses().getFirst();
            socket = new Socket(at.getAddress(), at.getPort());
            socket.setSoTimeout(120_000);
            in =
                    new BufferedReader(
                            new InputStreamReader(
                                    socket.getInputStream(), StandardCharsets.ISO_8859_1));
            assertTrue(hear().startsWith("220 mx.test.example ESMTP"));
        }

        String hear() throws IOException {
            String line = in.readLine();
            while (line != null && line.length() > 3 && line.charAt(3) == '-') {
                line = in.readLine();
            }
            return String.valueOf(line);
        }

        String say(String line) throws IOException {
            socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            return hear();
        }

        String mail(String to) throws IOException {
            say("EHLO client.example");
            assertEquals("250 2.1.0 Ok", say("MAIL FROM:<sender@client.example>"));
            assertEquals("250 2.1.5 Ok", say("RCPT TO:<" + to + ">"));
            assertTrue(say("DATA").startsWith("354"));
            return say("Subject: x\r\nMessage-Id: <1@client.example>\r\n\r\n..stuffed\r\nend\r\n.");
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static void awaitLog(Path conf, String text) throws Exception {
        Path log = conf.resolveSibling("log");
        Until.seen(
                text + " in the log",
                () -> Files.exists(log) && Files.readString(log).contains(text));
    }

    @Test
    void aMailIsRelayedAndLogged() throws Exception {
        try (NextHop hop = new NextHop()) {
            Path conf = configuration("a", hop.port(), "");
            try (Server server = Server.start(conf);
                    Client client = new Client(server)) {
                String reply = client.mail("you@there.example");
                assertTrue(reply.matches("250 2\\.0\\.0 Ok: queued as [0-9A-F]{6,}"), reply);
                NextHop.Mail mail = hop.next();
                assertNotNull(mail);
                assertTrue(mail.from().startsWith("MAIL FROM:<sender@client.example>"));
                assertEquals(List.of("RCPT TO:<you@there.example>"), mail.to());
                assertTrue(mail.content().startsWith("Received: from client.example"));
                assertTrue(mail.content().contains("\n..stuffed\nend\n"), mail.content());
                awaitLog(conf, ": removed");
                String log = Files.readString(conf.resolveSibling("log"));
                for (String part :
                        List.of(
                                "connect from ",
                                ": client=",
                                ": message-id=<1@client.example>",
                                ": from=<sender@client.example>, size=",
                                "nrcpt=1 (queue active)",
                                ": to=<you@there.example>, relay=127.0.0.1[127.0.0.1]:",
                                "dsn=2.0.0, status=sent (250 2.0.0 Ok: taken)")) {
                    assertTrue(log.contains(part), part + " in\n" + log);
                }
            }
        }
    }

    @Test
    void whatTheNextHopRefusesForGoodComesBackToTheSender() throws Exception {
        try (NextHop hop = new NextHop()) {
            Path conf = configuration("b", hop.port(), "");
            try (Server server = Server.start(conf);
                    Client client = new Client(server)) {
                assertTrue(client.mail("refused@there.example").startsWith("250"));
                NextHop.Mail notice = hop.next();
                assertNotNull(notice);
                assertTrue(notice.from().startsWith("MAIL FROM:<>"), notice.from());
                assertTrue(notice.content().contains("Content-Type: multipart/report"));
                assertTrue(notice.content().contains("Status: 5.1.1"));
                awaitLog(conf, "status=bounced");
            }
        }
    }

    @Test
    void twoServersRunInOneJvm() throws Exception {
        try (NextHop hop = new NextHop()) {
            Path one = configuration("one", hop.port(), "");
            Path two = configuration("two", hop.port(), "");
            try (Server a = Server.start(one);
                    Server b = Server.start(two);
                    Client x = new Client(a);
                    Client y = new Client(b)) {
                assertTrue(x.mail("x@there.example").startsWith("250"));
                assertTrue(y.mail("y@there.example").startsWith("250"));
                assertNotNull(hop.next());
                assertNotNull(hop.next());
            }
        }
    }

    @Test
    void aSecondServerOnTheSameQueueIsRefused() throws Exception {
        try (NextHop hop = new NextHop()) {
            Path conf = configuration("c", hop.port(), "");
            try (Server server = Server.start(conf)) {
                assertFalse(server.addresses().isEmpty());
                RuntimeException e = assertThrows(RuntimeException.class, () -> Server.start(conf));
                assertTrue(
                        String.valueOf(e.getMessage()).contains("another mail system runs here"),
                        e.toString());
            }
        }
    }

    @Test
    void acceptedMailOutlivesARestart() throws Exception {
        // Bound, so that nobody else listens there, and not listening.
        try (Socket dead = new Socket()) {
            dead.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            Path conf = configuration("d", dead.getLocalPort(), "");
            try (Server server = Server.start(conf);
                    Client client = new Client(server)) {
                assertTrue(client.mail("later@there.example").startsWith("250"));
                awaitLog(
                        conf,
                        "status=deferred (connect to 127.0.0.1[127.0.0.1]:"
                                + dead.getLocalPort()
                                + ": Connection refused)");
            }
        }
        try (NextHop hop = new NextHop()) {
            Path conf =
                    configuration(
                            "d", hop.port(), "minimal_backoff_time = 1s\nqueue_run_delay = 1s");
            try (Server server = Server.start(conf)) {
                assertFalse(server.addresses().isEmpty());
                server.flush();
                NextHop.Mail mail = hop.next();
                assertNotNull(mail);
                assertEquals(List.of("RCPT TO:<later@there.example>"), mail.to());
            }
        }
    }

    @Test
    void aBrokenConfigurationStopsTheStartWithFileAndLine() throws Exception {
        Path conf = configuration("e", 1, "");
        Files.writeString(conf.resolve("main.cf"), "myhostname = a.example\nnonsense\n");
        ConfigException e = assertThrows(ConfigException.class, () -> Server.start(conf));
        assertTrue(
                String.valueOf(e.getMessage()).contains("main.cf, line 2: missing '='"),
                e.getMessage());
    }

    @Test
    void aBrokenReloadIsRefusedAndSessionsGoOn() throws Exception {
        try (NextHop hop = new NextHop()) {
            Path conf = configuration("f", hop.port(), "");
            try (Server server = Server.start(conf);
                    Client client = new Client(server)) {
                client.say("EHLO client.example");
                String good = Files.readString(conf.resolve("main.cf"));
                Files.writeString(conf.resolve("main.cf"), good + "inet_protocols = nonsense\n");
                assertFalse(server.reload(line -> {}));
                Files.writeString(conf.resolve("main.cf"), good + "smtpd_banner = later\n");
                assertTrue(server.reload(line -> {}));
                assertEquals("250 2.0.0 Ok", client.say("NOOP"));
                assertTrue(client.mail("on@there.example").startsWith("250"));
                assertNotNull(hop.next());
            }
        }
    }

    @Test
    void reloadsUnderTwoHundredSessionsDropNone() throws Exception {
        try (NextHop hop = new NextHop()) {
            Path conf =
                    configuration(
                            "r",
                            hop.port(),
                            "smtpd_client_connection_count_limit = 0\n"
                                    + "default_process_limit = 300\n");
            List<Client> clients = new ArrayList<>();
            try (Server server = Server.start(conf)) {
                for (int i = 0; i < 200; i++) {
                    clients.add(new Client(server));
                    clients.getLast().say("EHLO client.example");
                }
                Path file = conf.resolve("main.cf");
                String good = Files.readString(file);
                for (int i = 1; i <= 20; i++) {
                    boolean broken = i % 4 == 0;
                    String more =
                            broken ? "relayhost = ${unclosed\n" : "smtpd_banner = b" + i + "\n";
                    Files.writeString(file, good + more);
                    assertEquals(!broken, server.reload(line -> {}), more);
                    for (int k = 10 * (i - 1); k < 10 * i; k++) {
                        assertTrue(
                                clients.get(k).mail("r" + k + "@there.example").startsWith("250"));
                    }
                }
                int answered = 0;
                for (Client each : clients) {
                    answered += each.say("NOOP").equals("250 2.0.0 Ok") ? 1 : 0;
                }
                assertEquals(200, answered);
                for (int i = 0; i < 200; i++) {
                    assertNotNull(hop.next());
                }
            } finally {
                for (Client each : clients) {
                    each.close();
                }
            }
        }
    }

    @Test
    void whatAnOlderDefaultLetsPassIsInTheLog() throws Exception {
        try (NextHop hop = new NextHop()) {
            Path conf =
                    configuration(
                            "compat",
                            hop.port(),
                            "compatibility_level = 1\nmydestination = there.example\n"
                                    + "smtpd_relay_restrictions = reject_unauth_destination\n");
            try (Server server = Server.start(conf);
                    Client client = new Client(server)) {
                assertTrue(client.mail("x@sub.there.example").startsWith("250"));
                awaitLog(
                        conf,
                        "using backwards-compatible default setting relay_domains=$mydestination to"
                                + " permit request from client \"");
            }
        }
    }

    @Test
    void aReloadGivesAnAddressToAnotherLineAndOpensWhatIsNew() throws Exception {
        Path conf = configuration("g", 1, "");
        try (Server server = Server.start(conf)) {
            InetSocketAddress before = server.addresses().getFirst();
            Path master = conf.resolve("master.cf");
            String lines = Files.readString(master);
            // The same address under another name, and one more.
            Files.writeString(
                    master,
                    lines.replace("127.0.0.1:0 inet", "localhost:0 inet")
                            + "127.0.0.2:0 inet n - n - - smtpd\n");
            StringBuilder said = new StringBuilder();
            assertTrue(server.reload(said::append), said.toString());
            assertTrue(server.addresses().contains(before), server.addresses().toString());
            assertEquals(2, server.addresses().size());
            try (Client client = new Client(server)) {
                assertEquals("250 2.0.0 Ok", client.say("NOOP"));
            }
        }
    }

    @Test
    void aReloadThatCannotBindLeavesTheOldListening() throws Exception {
        Path conf = configuration("h", 1, "");
        try (java.net.ServerSocket taken =
                        new java.net.ServerSocket(
                                0, 1, java.net.InetAddress.getByName("127.0.0.1"));
                Server server = Server.start(conf)) {
            List<InetSocketAddress> before = server.addresses();
            Path master = conf.resolve("master.cf");
            Files.writeString(
                    master,
                    Files.readString(master)
                            + "127.0.0.1:"
                            + taken.getLocalPort()
                            + " inet n - n - - smtpd\n");
            StringBuilder said = new StringBuilder();
            assertFalse(server.reload(said::append));
            assertTrue(said.toString().contains("port " + taken.getLocalPort()), said.toString());
            assertEquals(before, server.addresses());
            try (Client client = new Client(server)) {
                assertEquals("250 2.0.0 Ok", client.say("NOOP"));
            }
        }
    }

    @Test
    void aSiteIsFlushedByItself() throws Exception {
        try (NextHop hop = new NextHop()) {
            Path conf =
                    configuration(
                            "site",
                            hop.port(),
                            "relay_domains = there.example\ndefer_transports = smtp, relay");
            try (Server server = Server.start(conf);
                    Client client = new Client(server)) {
                assertTrue(client.mail("a@there.example").startsWith("250"));
                assertTrue(client.mail("b@elsewhere.example").startsWith("250"));
                awaitLog(conf, "to=<b@elsewhere.example>, relay=none");
                awaitLog(conf, "to=<a@there.example>, relay=none");
                // Only what lies there is asked for; the log has it a moment before.
                Path queues = conf.resolveSibling("queue");
                Until.seen("both wait", () -> Trial.queued(queues, "deferred").size() == 2);
                Path main = conf.resolve("main.cf");
                Files.writeString(
                        main, Files.readString(main).replace("defer_transports = smtp, relay", ""));
                assertTrue(server.reload(line -> {}));
                assertEquals(
                        "459 <elsewhere.example>: service unavailable",
                        client.say("ETRN elsewhere.example"));
                assertEquals("250 Queuing started", client.say("ETRN there.example"));
                String to = java.util.Objects.requireNonNull(hop.next()).to().getFirst();
                assertTrue(to.contains("<a@there.example>"), to);
                awaitLog(conf, "to=<a@there.example>, relay=127");
                assertFalse(
                        Files.readString(conf.resolveSibling("log"))
                                .contains("to=<b@elsewhere.example>, relay=127"));
            }
        }
    }

    /// A session's number is that of one of the next: they stay low for ever.
    @Test
    void theNumberOfASessionIsFreeAfterIt() throws Exception {
        try (NextHop hop = new NextHop();
                Trial trial = new Trial(temp.resolve("numbers"), hop.port())) {
            trial.write(List.of(), List.of());
            trial.start();
            for (int i = 0; i < 8; i++) {
                // By turns a mail, and a session that ends amid one that is refused.
                String reply = trial.mail("a@client.example", i % 2 == 0 ? "b@c.example" : "");
                assertTrue(reply.startsWith(i % 2 == 0 ? "250 2.0.0 " : "501 "), reply);
            }
            Set<String> numbers = new TreeSet<>();
            for (String line : trial.said()) {
                int at = line.indexOf("postfix/smtpd[");
                if (at >= 0) {
                    numbers.add(line.substring(at, line.indexOf(']', at)));
                }
            }
            // Each begins when the one before has told of its end, perhaps just before it is over.
            assertTrue(numbers.size() <= 2, numbers::toString);
        }
    }
}

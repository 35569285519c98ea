package org.postrider.master;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.postrider.Until;
import org.postrider.config.ConfigException;

/// The smtpd_..._rate_limit parameters over the socket of a whole server: each limit with each
/// action, their grammar, tables and exceptions, two services, reload, restart. Ours only: Postfix
/// has nothing to compare with.
class RateDialoguesTest {
    private static final String MASTER =
            """
            127.0.0.1:0 inet n - n - - smtpd
            %s
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
            """;

    @TempDir Path temp;

    private Path configuration(String more) throws IOException {
        return configuration(more, "");
    }

    private Path configuration(String more, String services) throws IOException {
        Path conf = temp.resolve("etc");
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
                alias_maps =
                inet_interfaces = 127.0.0.1
                inet_protocols = ipv4
                mynetworks = 127.0.0.0/8
                default_transport = discard:all
                postrider_segment_size = 1048576
                smtpd_authorized_xclient_hosts = 127.0.0.1
                smtpd_error_sleep_time = 0
                %2$s
                """
                        .formatted(temp, more));
        Files.writeString(conf.resolve("master.cf"), MASTER.formatted(services));
        return conf;
    }

    /// A client that says a line and hears the reply.
    private static final class Client implements AutoCloseable {
        private final Socket socket;
        private final BufferedReader in;

        Client(InetSocketAddress at) throws IOException {
            socket = new Socket(at.getAddress(), at.getPort());
            socket.setSoTimeout(120_000);
            in =
                    new BufferedReader(
                            new InputStreamReader(
                                    socket.getInputStream(), StandardCharsets.ISO_8859_1));
            hear();
            say("EHLO client.example");
        }

        static Client of(Server server) throws IOException {
            return new Client(server.addresses().getFirst());
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

        Client login(String name) throws IOException {
            say("XCLIENT LOGIN=" + name);
            say("EHLO client.example");
            return this;
        }

        /// The reply to the first recipient that is refused, else to the content.
        String mail(String from, String... to) throws IOException {
            assertEquals("250 2.1.0 Ok", say("MAIL FROM:<" + from + ">"));
            for (String each : to) {
                String reply = say("RCPT TO:<" + each + ">");
                if (!reply.startsWith("250")) {
                    assertEquals("250 2.0.0 Ok", say("RSET"));
                    return reply;
                }
            }
            assertTrue(say("DATA").startsWith("354"));
            return say("Subject: x\r\n\r\nx\r\n.");
        }

        void accepted(String from, String... to) throws IOException {
            String reply = mail(from, to);
            assertTrue(reply.startsWith("250 2.0.0 Ok: queued as"), reply);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static String said(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private String awaitLog(String text) throws Exception {
        Path log = temp.resolve("log");
        Until.seen(
                () -> text + " in " + said(log),
                () -> Files.exists(log) && Files.readString(log).contains(text));
        return Files.readString(log);
    }

    /// @param who the mail that is over the limit, as LOGIN FROM TO
    /// @param subject what the reply and the log say of it
    private record Limit(String parameter, String who, String other, String subject, String title) {
        @Override
        public String toString() {
            return parameter;
        }
    }

    private static final List<Limit> LIMITS =
            List.of(
                    new Limit(
                            "smtpd_login_rate_limit",
                            "joe a@x.example u@y.example",
                            "ann a@x.example u@y.example",
                            "<joe>: SASL login name rejected: rate limit",
                            "SASL login rate limit exceeded: 3 messages in 1h by joe"),
                    new Limit(
                            "smtpd_sender_rate_limit",
                            "joe A@X.example u@y.example",
                            "joe b@x.example u@y.example",
                            "<A@X.example>: Sender address rejected: rate limit",
                            "Sender rate limit exceeded: 3 messages in 1h by a@x.example"),
                    new Limit(
                            "smtpd_sender_domain_rate_limit",
                            "joe a@x.example u@y.example",
                            "joe a@z.example u@y.example",
                            "<a@x.example>: Sender address rejected: domain rate limit",
                            "Sender domain rate limit exceeded: 3 messages in 1h by x.example"),
                    new Limit(
                            "smtpd_recipient_domain_rate_limit",
                            "joe a@x.example u@y.example",
                            "joe a@x.example u@z.example",
                            "<u@y.example>: Recipient address rejected: domain rate limit",
                            "Recipient domain rate limit exceeded: 3 messages in 1h by y.example"));

    /// One sender is counted as one, however it is written (review A9).
    @Test
    void spellingsOfOneAddressShareItsLimit() throws Exception {
        String more =
                """
                myorigin = x.example
                virtual_alias_domains =
                mydestination = localhost
                local_recipient_maps =
                smtpd_sender_rate_limit = 1/1h
                smtpd_recipient_domain_rate_limit = 3/1h
                """;
        try (Server server = Server.start(configuration(more));
                Client client = Client.of(server)) {
            client.accepted("a@x.example", "u@y.example");
            for (String spelling :
                    List.of(
                            "a",
                            "A@X.EXAMPLE",
                            "a@x.example.",
                            "a%x.example",
                            "a%x.example@localhost",
                            "a@x.example@localhost",
                            "\"a@x.example\"@localhost",
                            "x.example!a",
                            "@localhost:a@x.example")) {
                String reply = client.mail(spelling, "u@y.example");
                assertTrue(
                        reply.contains("rate limit exceeded: 2 messages in 1h"),
                        spelling + ": " + reply);
            }
            client.accepted("b@x.example", "u%y.example@localhost");
            client.accepted("c@x.example", "u@y.example.");
            String reply = client.mail("d@x.example", "y.example!u");
            assertTrue(reply.contains("domain rate limit exceeded: 4 messages"), reply);
        }
    }

    private static Stream<Arguments> eachLimitWithEachAction() {
        return LIMITS.stream()
                .flatMap(l ->
                        Stream.of("reject", "defer", "hold")
                                .map(action -> Arguments.of(l, action)));
    }

    @ParameterizedTest
    @MethodSource("eachLimitWithEachAction")
    void eachLimitWithEachAction(Limit limit, String action) throws Exception {
        String[] who = limit.who().split(" ");
        String[] other = limit.other().split(" ");
        String setting = limit.parameter() + " = 2/1h\nsmtpd_rate_limit_action = " + action;
        String exceeded = "exceeded: 3 messages in 1h";
        try (Server server = Server.start(configuration(setting));
                Client client = Client.of(server)) {
            client.login(who[0]).accepted(who[1], who[2]);
            client.login(who[0]).accepted(who[1], who[2]);
            String reply = client.login(who[0]).mail(who[1], who[2]);
            switch (action) {
                case "reject" -> {
                    assertEquals("550 5.7.1 " + limit.subject() + " " + exceeded, reply);
                    awaitLog("NOQUEUE: reject: RCPT from localhost[127.0.0.1]: " + reply);
                }
                case "defer" -> {
                    assertEquals("450 4.7.1 " + limit.subject() + " " + exceeded, reply);
                    awaitLog("NOQUEUE: reject: RCPT from localhost[127.0.0.1]: " + reply);
                }
                default -> {
                    assertTrue(reply.startsWith("250 2.0.0 Ok: queued as "), reply);
                    String id = reply.substring(reply.lastIndexOf(' ') + 1);
                    client.login(other[0]).accepted("last@q.example", "v@q.example");
                    awaitLog("to=<v@q.example>");
                    String subject = limit.subject().replace(" rejected:", "");
                    String log =
                            awaitLog(
                                    "NOQUEUE: hold: RCPT from localhost[127.0.0.1]: "
                                            + subject
                                            + " "
                                            + exceeded
                                            + "; from=<");
                    assertFalse(log.contains(id + ": from=<"), "it is not delivered: " + log);
                }
            }
            String told =
                    "warning: "
                            + limit.title()
                            + " from localhost[127.0.0.1] for service 127.0.0.1:0 ("
                            + limit.parameter()
                            + ": 2/1h "
                            + action
                            + ")";
            awaitLog(told);
            client.login(other[0]).accepted(other[1], other[2]);
        }
    }

    @Test
    void severalLimitsWithTheirOwnUnitsAndActions() throws Exception {
        Path conf =
                configuration(
                        "smtpd_login_rate_limit = 2/1m hold, 3/1m reject, 6/1d recipients defer");
        try (Server server = Server.start(conf);
                Client client = Client.of(server)) {
            client.login("joe").accepted("a@x.example", "u@y.example");
            client.login("joe").accepted("a@x.example", "u@y.example");
            client.login("joe").accepted("a@x.example", "u@y.example");
            awaitLog("hold: RCPT from");
            assertEquals(
                    "550 5.7.1 <joe>: SASL login name rejected: rate limit exceeded: 4 messages in"
                            + " 1m",
                    client.login("joe").mail("a@x.example", "u@y.example"));
            client.login("ann");
            assertEquals("250 2.1.0 Ok", client.say("MAIL FROM:<a@x.example>"));
            for (int i = 0; i < 6; i++) {
                assertEquals("250 2.1.5 Ok", client.say("RCPT TO:<u" + i + "@y.example>"));
            }
            assertEquals(
                    "450 4.7.1 <ann>: SASL login name rejected: rate limit exceeded: 7 recipients"
                            + " in 1d",
                    client.say("RCPT TO:<u7@y.example>"));
            assertTrue(client.say("DATA").startsWith("354"), "the others may have it");
            assertTrue(client.say("x: y\r\n\r\n.").startsWith("250"));
        }
    }

    @Test
    void whatIsNotAcceptedDoesNotCount() throws Exception {
        try (Server server = Server.start(configuration("smtpd_sender_rate_limit = 1/1h"))) {
            try (Client gone = Client.of(server)) {
                gone.say("MAIL FROM:<a@x.example>");
                assertEquals("250 2.1.5 Ok", gone.say("RCPT TO:<u@y.example>"));
                try (Client client = Client.of(server)) {
                    assertTrue(
                            client.mail("a@x.example", "u@y.example").startsWith("450 4.7.1"),
                            "a mail on its way has taken the room");
                    assertEquals("250 2.0.0 Ok", gone.say("RSET"));
                    client.say("MAIL FROM:<a@x.example>");
                    assertEquals("250 2.1.5 Ok", client.say("RCPT TO:<u@y.example>"));
                    assertEquals("250 2.1.5 Ok", client.say("RCPT TO:<v@y.example>"));
                }
                gone.say("MAIL FROM:<b@x.example>");
                gone.say("RCPT TO:<u@y.example>");
            }
            awaitLog("lost connection after RCPT");
            for (int i = 0; i < 1_000; i++) {
                try (Client client = Client.of(server)) {
                    String reply = client.mail("a@x.example", "u@y.example");
                    if (reply.startsWith("250")) {
                        assertTrue(client.mail("A@x.example", "u@y.example").startsWith("450"));
                        return;
                    }
                }
            }
            throw new AssertionError("the room of a session that is gone is not free again");
        }
    }

    @Test
    void tablesGiveKeysTheirOwnLimits() throws Exception {
        Path table = temp.resolve("limits");
        Files.writeString(
                table,
                """
                boss@x.example none
                news@x.example 2/1h hold
                @z.example 1/1d reject
                <> 1/1h
                bad@x.example 5 per hour
                """);
        Path conf =
                configuration(
                        "smtpd_sender_rate_limit = 1/1h\nrecipient_delimiter = +\n"
                                + "smtpd_sender_rate_limit_maps = texthash:"
                                + table
                                + "\nsmtpd_recipient_domain_rate_limit_maps ="
                                + " inline:{{.y.example = 1/1h}}");
        try (Server server = Server.start(conf);
                Client client = Client.of(server)) {
            for (int i = 0; i < 5; i++) {
                client.accepted("boss@x.example", "u@w.example");
            }
            client.accepted("any+1@x.example", "u@w.example");
            assertTrue(client.mail("any+2@x.example", "u@w.example").startsWith("450 4.7.1"));
            client.accepted("q@z.example", "u@w.example");
            assertTrue(client.mail("q@z.example", "u@w.example").startsWith("550 5.7.1"));
            client.accepted("", "u@w.example");
            assertTrue(client.mail("", "u@w.example").startsWith("450 4.7.1 <>: Sender address"));
            assertEquals(
                    "451 4.3.5 Server configuration error",
                    client.mail("bad@x.example", "u@w.example"));
            awaitLog("smtpd_sender_rate_limit_maps: texthash:" + table + ": \"bad@x.example\"");
            client.accepted("boss@x.example", "u@sub.y.example");
            assertTrue(client.mail("boss@x.example", "v@sub.y.example").startsWith("450 4.7.1"));
            client.accepted("boss@x.example", "u@other.y.example");
            client.accepted("boss@x.example", "u@y.example");
            client.accepted("boss@x.example", "u@y.example");
        }
    }

    @Test
    void spellingsOfOneNameAreOneName() throws Exception {
        Path conf =
                configuration(
                        "smtpd_login_rate_limit = 1/1h\nsmtpd_recipient_domain_rate_limit = 2/1h");
        try (Server server = Server.start(conf);
                Client client = Client.of(server)) {
            client.login("joe").accepted("a@x.example", "u@y.example");
            assertTrue(client.login("JOE").mail("a@x.example", "u@y.example").startsWith("450"));
            client.login("ann").accepted("a@x.example", "u@Y.EXAMPLE");
            String reply = client.login("bob").mail("a@x.example", "u@y.example.");
            assertTrue(reply.startsWith("450"), reply);
        }
    }

    @Test
    void exceptionsByClientAndByLogin() throws Exception {
        Path conf =
                configuration(
                        "smtpd_login_rate_limit = 1/1h\n"
                                + "smtpd_rate_limit_login_exceptions = boss\n"
                                + "smtpd_rate_limit_exceptions = 192.0.2.0/24");
        try (Server server = Server.start(conf)) {
            try (Client client = Client.of(server)) {
                client.login("boss").accepted("a@x.example", "u@y.example");
                client.login("boss").accepted("a@x.example", "u@y.example");
                client.login("joe").accepted("a@x.example", "u@y.example");
                assertTrue(client.mail("a@x.example", "u@y.example").startsWith("450 4.7.1"));
            }
            try (Client client = Client.of(server)) {
                client.accepted("a@x.example", "u@y.example");
                client.accepted("a@x.example", "u@y.example");
            }
        }
    }

    @Test
    void twoServicesShareTheCountsAndEachHasItsOwnLimits() throws Exception {
        Path conf =
                configuration(
                        "smtpd_sender_rate_limit = 3/1h",
                        "127.0.0.2:0 inet n - n - - smtpd\n"
                                + " -o smtpd_sender_rate_limit=1/1h\n"
                                + " -o smtpd_rate_limit_action=reject");
        try (Server server = Server.start(conf)) {
            int refused = 0;
            int deferred = 0;
            int accepted = 0;
            List<InetSocketAddress> both = server.addresses();
            assertEquals(2, both.size());
            for (int i = 0; i < 8; i++) {
                try (Client client = new Client(both.get(i % 2))) {
                    String reply = client.mail("a@x.example", "u@y.example");
                    refused += reply.startsWith("550") ? 1 : 0;
                    deferred += reply.startsWith("450") ? 1 : 0;
                    accepted += reply.startsWith("250") ? 1 : 0;
                }
            }
            assertEquals(3, accepted, "together no more than the higher limit");
            assertTrue(refused >= 3, refused + " refused");
            assertTrue(deferred >= 1, deferred + " deferred");
        }
    }

    @Test
    void manyClientsAtATimeGetNoMoreThanTheLimit() throws Exception {
        Path conf =
                configuration(
                        "smtpd_sender_domain_rate_limit = 40/1h\nsmtpd_hard_error_limit = 1000");
        AtomicInteger accepted = new AtomicInteger();
        try (Server server = Server.start(conf);
                ExecutorService many = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> all = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                int sender = i;
                all.add(
                        many.submit(() -> {
                            try (Client client = Client.of(server)) {
                                for (int k = 0; k < 10; k++) {
                                    String from = "s" + sender + "@x.example";
                                    if (client.mail(from, "u@y.example").startsWith("250")) {
                                        accepted.incrementAndGet();
                                    }
                                }
                                return true;
                            }
                        }));
            }
            for (Future<Boolean> each : all) {
                assertTrue(each.get());
            }
            assertEquals(40, accepted.get());
        }
    }

    @Test
    void countsSurviveAReloadAndARestart() throws Exception {
        Path conf = configuration("smtpd_sender_rate_limit = 2/1h");
        try (Server server = Server.start(conf);
                Client client = Client.of(server)) {
            client.accepted("a@x.example", "u@y.example");
            assertTrue(server.reload(line -> {}));
            try (Client next = Client.of(server)) {
                next.accepted("a@x.example", "u@y.example");
                assertTrue(next.mail("a@x.example", "u@y.example").startsWith("450"));
            }
        }
        try (Server server = Server.start(conf);
                Client client = Client.of(server)) {
            assertEquals(
                    "450 4.7.1 <a@x.example>: Sender address rejected: rate limit exceeded: 3"
                            + " messages in 1h",
                    client.mail("a@x.example", "u@y.example"));
            client.accepted("b@x.example", "u@y.example");
        }
    }

    @Test
    void aMalformedLimitStopsTheStartAndSaysWhere() throws Exception {
        for (String bad : List.of("100", "0/1h", "1/0h", "1/1y", "a/1h", "1/1h rejects", "1/2/3")) {
            Path conf = configuration("smtpd_login_rate_limit = " + bad);
            ConfigException e = assertThrows(ConfigException.class, () -> Server.start(conf));
            String why = String.valueOf(e.getMessage());
            assertTrue(why.contains("main.cf"), why);
            assertTrue(why.contains("smtpd_login_rate_limit"), why);
            String said = String.join("\n", Server.check(conf));
            assertTrue(said.contains("bad parameter smtpd_login_rate_limit: bad rate limit"), said);
        }
        Path conf =
                configuration("smtpd_sender_rate_limit = 1/1h\nsmtpd_rate_limit_action = bounce");
        assertThrows(ConfigException.class, () -> Server.start(conf));
    }

    @Test
    void checkKnowsTheNames() throws Exception {
        Path conf =
                configuration(
                        "smtpd_login_rate_limit = 1/1h\n"
                                + "smtpd_rate_limit_keys = 1000\n"
                                + "smtpd_rate_limit_save_time = 2s\n"
                                + "smtpd_sender_rate_limits = 1/1h");
        String said = String.join("\n", Server.check(conf));
        assertTrue(said.contains("smtpd_sender_rate_limits=1/1h"), said);
        assertTrue(said.contains("did you mean smtpd_sender_rate_limit?"), said);
        assertFalse(said.contains("smtpd_login_rate_limit"), said);
        assertFalse(said.contains("smtpd_rate_limit_keys"), said);
    }

    // ---- limits by client (anvil), where 3.7, which plays the twin dialogues, has nothing yet

    private String mailAs(Server server, String address) throws IOException {
        try (Client client = Client.of(server)) {
            client.say("XCLIENT NAME=c.example ADDR=" + address);
            client.say("EHLO c.example");
            String reply = client.say("MAIL FROM:<a@x.example>");
            return reply.substring(0, 3);
        }
    }

    @Test
    void clientsOfOneNetworkCountAsOne() throws Exception {
        Path conf =
                configuration(
                        "smtpd_client_message_rate_limit = 1\n"
                                + "smtpd_client_ipv4_prefix_length = 23\n"
                                + "inet_protocols = all");
        try (Server server = Server.start(conf)) {
            assertEquals("250", mailAs(server, "IPV6:2001:db8:0:1:0:f00:0:1"));
            assertEquals("450", mailAs(server, "IPV6:2001:db8:0:1:0:fff:ffff:2"), "one /84");
            assertEquals("250", mailAs(server, "IPV6:2001:db8:0:1:0:1f00:0:1"), "the next /84");
            assertEquals("250", mailAs(server, "192.0.2.1"));
            assertEquals("450", mailAs(server, "192.0.3.255"), "one /23");
            assertEquals("250", mailAs(server, "192.0.4.0"), "the next /23");
            assertTrue(server.reload(line -> {}));
            awaitLog(
                    "/anvil["
                            + ProcessHandle.current().pid()
                            + "]: statistics: max message rate 2/60s for"
                            + " (127.0.0.1:0:2001:db8:0:1::/84) at ");
            assertEquals("450", mailAs(server, "192.0.3.1"), "counts stay over a reload");
        }
    }

    @Test
    void wholeAddressesAreTheLongestPrefix() throws Exception {
        Path conf =
                configuration(
                        "smtpd_client_message_rate_limit = 1\n"
                                + "smtpd_client_ipv6_prefix_length = 128\n"
                                + "inet_protocols = all");
        try (Server server = Server.start(conf)) {
            assertEquals("250", mailAs(server, "IPV6:2001:db8::1"));
            assertEquals("250", mailAs(server, "IPV6:2001:db8::2"));
            assertEquals("450", mailAs(server, "IPV6:2001:db8::1"));
            assertEquals("250", mailAs(server, "192.0.2.1"));
            assertEquals("250", mailAs(server, "192.0.2.2"));
        }
    }
}

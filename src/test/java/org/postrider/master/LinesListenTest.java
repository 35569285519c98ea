package org.postrider.master;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.config.ConfigException;

/// What listens, and where, is what the lines of master.cf say; nothing listens by itself.
class LinesListenTest {
    private static final String DOOR = "private/door";

    @TempDir Path temp;

    private Path at(String name) {
        return temp.resolve("queue").resolve(name);
    }

    /// What is heard first, after these words; nothing when the other end says nothing.
    private String heard(String name, String said) throws IOException {
        try (SocketChannel to = SocketChannel.open(UnixDomainSocketAddress.of(at(name)))) {
            to.write(ByteBuffer.wrap(said.getBytes(StandardCharsets.US_ASCII)));
            ByteBuffer answer = ByteBuffer.allocate(4096);
            to.read(answer);
            return new String(answer.array(), 0, answer.position(), StandardCharsets.ISO_8859_1);
        }
    }

    private static List<String> lines(String... more) {
        List<String> out = new ArrayList<>(Trial.LINES);
        out.addAll(List.of(more));
        return out;
    }

    @Test
    void eachLineListensWhereItSays() throws Exception {
        try (NextHop hop = new NextHop();
                Trial trial = new Trial(temp, hop.port())) {
            String[] lines = {
                "list unix n - n - - showq",
                "hidden unix - - n - - showq",
                "door unix - - n - - smtpd -o smtpd_banner=door",
                "old fifo n - n 60 1 pickup"
            };
            trial.write(List.of(), lines(lines), List.of());
            assertFalse(
                    Server.check(trial.conf).stream().anyMatch(l -> l.contains("door")),
                    "a unix smtpd is honoured");
            trial.start();
            assertTrue(heard("public/list", "").contains("queue_list_protocol"));
            assertTrue(heard("private/hidden", "").contains("queue_list_protocol"));
            assertEquals("220 door\r\n", heard("private/door", ""));
            assertTrue(Files.exists(at("public/old")), "a fifo line is poked at its place");
            assertTrue(heard("public/qmgr", "flush\n").endsWith("=\t0\n"));
            assertFalse(heard("public/flush", "flush\n").endsWith("=\t0\n"), "that is qmgr's");
            trial.write(
                    List.of(), lines("door unix - - n - - smtpd -o smtpd_banner=other"), List.of());
            trial.reload();
            assertEquals("220 other\r\n", heard("private/door", ""), "by the new generation");
            for (String gone : List.of("public/list", "private/hidden", "public/old")) {
                assertFalse(Files.exists(at(gone)), gone + " is no line any more");
            }
        }
    }

    @Test
    void withoutItsLineNothingListens() throws Exception {
        try (NextHop hop = new NextHop();
                Trial trial = new Trial(temp, hop.port())) {
            List<String> lines = new ArrayList<>(Trial.LINES);
            lines.removeIf(l -> l.startsWith("showq ") || l.startsWith("flush "));
            trial.write(List.of(), lines, List.of());
            trial.start();
            assertFalse(Files.exists(at("public/showq")));
            assertFalse(Files.exists(at("public/flush")));
            assertTrue(Files.exists(at("public/pickup")));
            assertTrue(trial.mail("a@client.example", "b@there.example").startsWith("250"));
            assertTrue(hop.next() != null, "mail goes through all the same");
        }
    }

    /// Nobody listens at a pass line: it gets its clients from postscreen.
    @Test
    void aPassLineHasItsClientsFromPostscreen() throws Exception {
        try (Trial trial = new Trial(temp, 1)) {
            trial.write(
                    List.of("postscreen_greet_banner ="),
                    lines(
                            "door unix - - n - 1 postscreen",
                            "smtpd pass - - n - - smtpd -o smtpd_banner=passed"),
                    List.of());
            assertEquals(
                    List.of(),
                    Server.check(trial.conf).stream().filter(l -> l.contains("pass")).toList());
            trial.start();
            assertFalse(Files.exists(at("private/smtpd")));
            assertEquals("220 passed\r\n", heard("private/door", ""));
        }
    }

    /// Without such a line a client that has passed hears so.
    @Test
    void postscreenWithoutAPassLinePutsClientsOff() throws Exception {
        try (Trial trial = new Trial(temp, 1)) {
            trial.write(
                    List.of("postscreen_greet_banner ="),
                    lines("door unix - - n - 1 postscreen"),
                    List.of());
            trial.start();
            assertEquals("421 4.3.2 All server ports are busy\r\n", heard("private/door", ""));
        }
    }

    /// Whether that is a name, a type or a setting: what does nothing is said.
    @Test
    void aLineThatDoesLessThanItSaysIsNamed() throws Exception {
        try (Trial trial = new Trial(temp, 1)) {
            trial.write(
                    List.of(),
                    lines(
                            "door unix-dgram - - n - - smtpd",
                            "showq pass n - n - - showq -o syslog_name=x",
                            "anvil unix - - n - 1 anvil -o anvil_status_update_time=1s -o a=b",
                            "verify unix - - n - 1 verify -o address_verify_map=",
                            "tlsmgr unix - - n 1000? 1 tlsmgr -o tls_random_bytes=1",
                            "postlog unix-dgram n - n - 1 postlogd",
                            "cleanup2 unix-dgram n - n - 1 cleanup -o hash_queue_depth=1"),
                    List.of());
            List<String> said =
                    Server.check(trial.conf).stream()
                            .filter(l -> l.contains(": service "))
                            .map(l -> l.replaceFirst(".*: service ", ""))
                            .map(l -> l.replaceFirst("(listens there|no effect).*", "$1"))
                            .sorted()
                            .toList();
            assertEquals(
                    List.of(
                            "anvil/unix (anvil): -o a, anvil_status_update_time have no effect",
                            "door/unix-dgram (smtpd): nothing listens there",
                            "showq/pass (showq): nothing listens there",
                            "tlsmgr/unix (tlsmgr): -o tls_random_bytes has no effect"),
                    said);
            trial.start();
            for (String each : said) {
                trial.awaited(each, l -> l.contains("warning: ") && l.contains(each));
            }
        }
    }

    /// The kernel says of nobody on the network who he is.
    @Test
    void aLineThatLetsTheNetworkSeeTheQueueIsNamed() throws Exception {
        try (Trial trial = new Trial(temp, 1)) {
            for (String user : List.of("static:anyone", "static:all", "root")) {
                trial.write(
                        List.of("authorized_mailq_users = " + user),
                        lines("127.0.0.1:0 inet n - n - - showq"),
                        List.of());
                String said = String.join("\n", Server.check(trial.conf));
                assertEquals(
                        user.equals("static:anyone"),
                        said.contains("inet (showq): whoever reaches this address may list"),
                        said);
                assertEquals(
                        !user.equals("static:anyone"),
                        said.contains("inet (showq): nobody from the network may list"),
                        said);
            }
        }
    }

    @Test
    void theControlSocketIsNobodyElses() throws Exception {
        try (NextHop hop = new NextHop();
                Trial trial = new Trial(temp, hop.port())) {
            String control = "control unix - - n - - showq";
            trial.write(List.of(), lines(control), List.of());
            String why = ": private/control is the control socket of the mail system itself";
            assertTrue(
                    Server.check(trial.conf).stream()
                            .anyMatch(l -> l.contains("control/unix (showq)" + why)));
            ConfigException refused = assertThrows(ConfigException.class, trial::start);
            String text = String.valueOf(refused.getMessage());
            assertTrue(text.contains("master.cf, line 14: service control" + why), text);
            trial.write(List.of(), lines("control unix - - n - - smtp"), List.of());
            trial.start();
            trial.write(List.of(), lines(control), List.of());
            assertTrue(trial.control("reload").endsWith("=\t1\n"));
            trial.write(List.of(), lines("control unix n - n - - showq"), List.of());
            assertTrue(trial.control("reload").endsWith("=\t0\n"), "in public, and still ours");
            assertTrue(heard("public/control", "").contains("queue_list_protocol"));
        }
    }

    /// The client that waits for a place is let in by the reload.
    @Test
    void aReloadChangesTheLimitOfAPlaceThatStays() throws Exception {
        try (Trial trial = new Trial(temp, 1)) {
            trial.write(List.of(), lines("door unix - - n - 1 smtpd"), List.of());
            trial.start();
            try (SocketChannel first = SocketChannel.open(UnixDomainSocketAddress.of(at(DOOR)));
                    SocketChannel second =
                            SocketChannel.open(UnixDomainSocketAddress.of(at(DOOR)))) {
                assertTrue(first.read(ByteBuffer.allocate(200)) > 0, "a greeting");
                second.configureBlocking(false);
                assertEquals(0, second.read(ByteBuffer.allocate(200)));
                trial.write(List.of(), lines("door unix - - n - 2 smtpd"), List.of());
                trial.reload();
                second.configureBlocking(true);
                assertTrue(second.read(ByteBuffer.allocate(200)) > 0, "a greeting");
            }
        }
    }

    /// What stands on the line of the queue manager counts for it.
    @Test
    void theQueueManagersLineHasSettingsOfItsOwn() throws Exception {
        try (Trial trial = new Trial(temp, 1)) {
            List<String> lines = new ArrayList<>(Trial.LINES);
            lines.replaceAll(
                    l -> l.startsWith("qmgr ") ? l + " -o defer_transports=smtp,relay" : l);
            trial.write(List.of(), lines, List.of());
            trial.start();
            assertTrue(trial.mail("a@client.example", "b@there.example").startsWith("250"));
            trial.awaited("deferred", l -> l.contains("status=deferred (deferred transport)"));
        }
    }

    @Test
    void aSocketWhosePathIsTooLongIsNamed() throws Exception {
        String longest = "x".repeat(120);
        try (Trial trial = new Trial(temp, 1)) {
            trial.write(
                    List.of("default_transport = lmtp:unix:/tmp/" + longest, "relayhost ="),
                    List.of("lmtp unix - - n - - lmtp"));
            trial.start();
            assertTrue(trial.mail("a@client.example", "b@there.example").startsWith("250"));
            String line =
                    trial.awaited("the delivery", l -> l.contains("/lmtp[") && l.contains("to=<"));
            String why = "unix-domain name too long: /tmp/" + longest;
            assertTrue(line.contains("status=deferred (") && line.contains(why), line);
        }
        Path deep = Files.createDirectories(temp.resolve(longest));
        try (Trial trial = new Trial(deep, 1)) {
            trial.write(List.of(), List.of());
            Exception e = assertThrows(Exception.class, trial::start);
            String said = String.valueOf(e.getMessage());
            assertTrue(said.contains(": unix-domain name too long: " + deep), said);
        }
    }
}

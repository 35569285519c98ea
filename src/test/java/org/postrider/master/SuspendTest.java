package org.postrider.master;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.command.Terminal;
import org.postrider.command.queue.Postqueue;
import org.postrider.command.queue.Qshape;
import org.postrider.config.ConfigException;
import org.postrider.time.Clock;

/// `postqueue --suspend`, `--resume` and `--suspended` on a running server.
class SuspendTest {
    private static final String WAITS =
            "dsn=4.3.2, status=deferred (delivery suspended by the administrator: ";

    @TempDir Path temp;

    private int status;

    private String postqueue(Trial trial, String... arguments) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(said, true, StandardCharsets.ISO_8859_1);
        String[] all = new String[arguments.length + 2];
        all[0] = "-c";
        all[1] = trial.conf.toString();
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        status =
                new Postqueue(
                                "postqueue",
                                new Terminal(new ByteArrayInputStream(new byte[0]), out, out, null))
                        .run(all);
        return said.toString(StandardCharsets.ISO_8859_1);
    }

    private String qshape(Trial trial, String queue) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(said, true, StandardCharsets.ISO_8859_1);
        new Qshape(
                        new Terminal(new ByteArrayInputStream(new byte[0]), out, out, null),
                        Clock.system())
                .run(new String[] {"-c", trial.conf.toString(), queue});
        return said.toString(StandardCharsets.ISO_8859_1);
    }

    @Test
    void mailOfASuspendedDomainWaitsOverARestartAndGoesWhenItIsResumed() throws Exception {
        try (NextHop hop = new NextHop()) {
            Path base = temp.resolve("domain");
            try (Trial trial = new Trial(base, hop.port())) {
                // Older than any mail may become: what is suspended does not go back for that.
                trial.write(List.of("maximal_queue_lifetime = 0"), List.of());
                trial.start();
                assertEquals("", postqueue(trial, "--suspended"));
                assertEquals("", postqueue(trial, "--suspend", "Slow.Example"));
                assertEquals("slow.example\n", postqueue(trial, "--suspended"));
                assertEquals(
                        "slow.example is suspended already\n",
                        postqueue(trial, "--suspend", "slow.example"));
                assertEquals(0, status);
                trial.mail("a@client.example", "b@slow.example");
                trial.mail("a@client.example", "b@fast.example");
                trial.awaited(
                        "the other domain",
                        l -> l.contains("<b@fast.example>") && l.contains("status=sent"));
                trial.awaited(
                        "it waits",
                        l -> l.contains("<b@slow.example>") && l.contains(WAITS + "slow.example)"));
                trial.deferred(1);
                String listed = postqueue(trial, "-p");
                assertTrue(
                        listed.contains("(delivery suspended by the administrator: slow.example)"),
                        listed);
                String shape = qshape(trial, "deferred");
                assertTrue(shape.matches("(?s).* TOTAL +1 +1 .* slow\\.example +1 +1 .*"), shape);
            }
            try (Trial trial = new Trial(base, hop.port())) {
                trial.start();
                trial.awaited(
                        "a warning",
                        l -> l.contains("warning: suspended destinations: slow.example"));
                trial.control("flush");
                trial.awaitedCount(WAITS + "slow.example)", 2);
                // What is resumed is what lies there.
                trial.deferred(1);
                assertEquals("", postqueue(trial, "--resume", "slow.example"));
                trial.awaited(
                        "it goes",
                        l -> l.contains("<b@slow.example>") && l.contains("status=sent"));
                assertEquals("", postqueue(trial, "--suspended"));
                assertFalse(Files.readString(base.resolve("log")).contains("status=bounced"));
            }
        }
    }

    @Test
    void aNextHopAndATransportsNextHopAreDestinationsToo() throws Exception {
        try (NextHop hop = new NextHop();
                Trial trial = new Trial(temp.resolve("hop"), hop.port())) {
            trial.write(List.of(), List.of());
            trial.start();
            String relay = "[127.0.0.1]:" + hop.port();
            for (String name : List.of(relay, "smtp:" + relay)) {
                assertEquals("", postqueue(trial, "--suspend", name));
                trial.mail("a@client.example", "b@any.example");
                trial.awaited(name, l -> l.contains(WAITS + name + ")"));
                trial.deferred(1);
                assertEquals("", postqueue(trial, "--resume", name));
                trial.awaited(
                        "it goes", l -> l.contains("<b@any.example>") && l.contains("status=sent"));
            }
            trial.awaitedCount("status=sent", 2);
        }
    }

    /// Mail that has its turn still to come when its destination is suspended.
    @Test
    void whatWasRoutedBeforeWaitsAsWell() throws Exception {
        try (NextHop hop = new NextHop();
                ServerSocket front = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Trial trial = new Trial(temp.resolve("routed"), front.getLocalPort())) {
            trial.write(List.of("smtp_destination_concurrency_limit = 1"), List.of());
            trial.start();
            trial.mail("a@client.example", "first@slow.example");
            try (Socket client = front.accept();
                    Socket server = new Socket(InetAddress.getLoopbackAddress(), hop.port())) {
                trial.mail("a@client.example", "second@slow.example");
                trial.awaitedCount("queue active", 2);
                assertEquals("", postqueue(trial, "--suspend", "slow.example"));
                Thread.ofVirtual().start(() -> pass(client, server));
                Thread.ofVirtual().start(() -> pass(server, client));
                trial.awaited(
                        "what was under way goes on",
                        l -> l.contains("<first@slow.example>") && l.contains("status=sent"));
                trial.awaited(
                        "the other waits",
                        l ->
                                l.contains("<second@slow.example>")
                                        && l.contains(WAITS + "slow.example)"));
            }
        }
    }

    @Test
    void aDestinationThatAsksForLessMailIsListedAndResumed() throws Exception {
        try (ServerSocket busy = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Trial trial = new Trial(temp.resolve("slowed"), busy.getLocalPort())) {
            trial.write(List.of("smtp_destination_slowdown = yes"), List.of());
            trial.start();
            Thread.ofVirtual()
                    .start(() -> {
                        try (Socket client = busy.accept()) {
                            client.getOutputStream()
                                    .write("421 4.7.0 too many connections\r\n".getBytes());
                        } catch (IOException e) {
                            // The log tells.
                        }
                    });
            String relay = "[127.0.0.1]:" + busy.getLocalPort();
            String slowed = relay + ": slowed to 1/2: 421 4.7.0 too many connections";
            trial.mail("a@client.example", "b@any.example");
            trial.awaited("a line", l -> l.contains("warning: smtp to " + slowed));
            assertEquals(
                    "smtp:" + slowed.replace(": slowed", " slowed") + "\n",
                    postqueue(trial, "--suspended"));
            assertEquals("", postqueue(trial, "--resume", relay));
            trial.awaited("full speed", l -> l.contains("at full speed again"));
            assertEquals("", postqueue(trial, "--suspended"));
            assertEquals(
                    relay + " is not suspended, nor slowed\n", postqueue(trial, "--resume", relay));
        }
    }

    @Test
    void aRateIsKeptOverARestartAndTheListSaysWhatMailWaitsFor() throws Exception {
        try (NextHop hop = new NextHop()) {
            Path base = temp.resolve("rate");
            String waits = "rate limit of [127.0.0.1]:" + hop.port() + ": next look at ";
            for (int round = 1; round <= 2; round++) {
                try (Trial trial = new Trial(base, hop.port())) {
                    trial.write(List.of("smtp_destination_rate_limit = 2/h"), List.of());
                    trial.start();
                    trial.mail("a@client.example", "b@any.example");
                    trial.mail("a@client.example", "b@any.example");
                    trial.awaitedCount("status=sent", Math.min(2, 2 * round));
                    trial.mail("a@client.example", "b@any.example");
                    trial.awaitedCount("status=deferred (" + waits, round == 1 ? 1 : 4);
                    trial.deferred(round == 1 ? 1 : 4);
                    assertTrue(postqueue(trial, "-p").contains(waits));
                }
            }
            String log = Files.readString(base.resolve("log"));
            assertEquals(2, log.split("status=sent", -1).length - 1, log);
        }
    }

    private static void pass(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            // One of them is closed.
        }
    }

    @Test
    void whatIsNoNameIsRefused() throws IOException {
        try (NextHop hop = new NextHop();
                Trial trial = new Trial(temp.resolve("bad"), hop.port())) {
            trial.write(List.of(), List.of());
            trial.start();
            assertTrue(
                    postqueue(trial, "--suspend", "two words").startsWith("invalid destination"));
            assertEquals(69, status);
            assertEquals(
                    "nowhere is not suspended, nor slowed\n",
                    postqueue(trial, "--resume", "nowhere"));
            assertEquals("", postqueue(trial, "--suspended"));
        }
    }

    /// Whom it names is not known: nothing is delivered that perhaps is to wait.
    @Test
    void aFileThatCannotBeReadRefusesTheStart() throws IOException {
        try (NextHop hop = new NextHop();
                Trial trial = new Trial(temp.resolve("file"), hop.port())) {
            trial.write(List.of(), List.of());
            Files.createDirectories(temp.resolve("file/data/suspended_destinations"));
            ConfigException e = assertThrows(ConfigException.class, trial::start);
            assertTrue(
                    String.valueOf(e.getMessage())
                            .endsWith("suspended_destinations: Is a directory"),
                    e.toString());
        }
    }
}

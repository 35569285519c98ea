package org.postrider.smtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postrider.Until;

/// A session kept open that the server has given up meanwhile says nothing about the next mail.
class ReuseTest {
    /// More than the sessions that may be kept at a time.
    private static final int MANY = 600;

    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger mails = new AtomicInteger();
    private final AtomicInteger goodbyes = new AtomicInteger();

    @Test
    void a421ToAKeptSessionsMailIsNoVerdictOnIt() throws IOException {
        try (Hop hop = new Hop();
                ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> serve(server));
            String nexthop = "[127.0.0.1]:" + server.getLocalPort();
            for (int i = 0; i < 2; i++) {
                List<String> outcome = hop.deliver(nexthop, Hop.Mail.to(1));
                assertEquals(1, outcome.size());
                assertTrue(outcome.getFirst().startsWith("r1 sent "), outcome::toString);
            }
            assertEquals(2, connections.get());
            assertEquals(2, mails.get());
        }
    }

    /// Each time a session is kept costs nobody else a step: it did, and that was a tenth of the
    /// processor time of a small mail.
    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "no, 127.0.0.1, 1",
                "no, 'a.example, inline:{127.0.0.1=x}', 1",
                "no, -, 2",
                "no, a.example, 2",
                "no, [127.0.0.1], 2",
                "no, fail:x, 2",
                "yes, -, 1"
            })
    void aListedDestinationsSessionsAreKept(String onDemand, String listed, int connections)
            throws IOException {
        try (Hop hop =
                        new Hop(
                                "smtp_connection_cache_on_demand",
                                onDemand,
                                "smtp_connection_cache_destinations",
                                listed == null ? "" : listed);
                ScriptedServer server = new ScriptedServer(ScriptedServer.script())) {
            for (int n = 0; n < 2; n++) {
                assertEquals(
                        List.of("r1 sent 2.0.0 127.0.0.1[127.0.0.1] (250 2.0.0 Ok: queued as X1)"),
                        hop.deliver(server.nexthop(), Hop.Mail.to(1)));
            }
            assertEquals(connections, server.connections());
        }
    }

    /// What a server said unasked would be taken for its answer to the next mail, and each answer
    /// of it for the one before.
    @Test
    void aSessionInWhichMoreWasSaidThanAskedForIsNotKept() throws IOException {
        String taken = "250 2.0.0 Ok: queued as X1";
        try (Hop hop = new Hop("smtp_connection_cache_on_demand", "yes");
                ScriptedServer server =
                        new ScriptedServer(
                                ScriptedServer.script("dot", taken + "\r\n250 2.0.0 again"))) {
            for (int n = 1; n <= 2; n++) {
                assertEquals(
                        List.of("r1 sent 2.0.0 127.0.0.1[127.0.0.1] (" + taken + ")"),
                        hop.deliver(server.nexthop(), Hop.Mail.to(1)));
                assertEquals(n, server.connections());
            }
        }
    }

    @Test
    void keepingASessionDoesNotWakeTheOneWhoEndsThem() throws IOException {
        try (Hop hop = new Hop();
                ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> serve(server));
            String nexthop = "[127.0.0.1]:" + server.getLocalPort();
            connections.set(1);
            for (int i = 0; i < MANY; i++) {
                assertTrue(hop.deliver(nexthop, Hop.Mail.to(1)).getFirst().startsWith("r1 sent "));
            }
            assertEquals(2, connections.get());
            assertEquals(MANY, mails.get());
            int steps = hop.steps.getOrDefault("session-cache ", 0);
            assertTrue(steps > 0 && steps < MANY / 4, hop.steps + " for " + MANY);
        }
    }

    /// The first when the one who ends them has slept since the start, the second since it ended
    /// the first.
    @Test
    void aKeptSessionThatNobodyTakesIsEnded() throws IOException {
        try (Hop hop = new Hop("smtp_connection_cache_time_limit", "1s");
                ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> serve(server));
            String nexthop = "[127.0.0.1]:" + server.getLocalPort();
            for (int i = 1; i <= 2; i++) {
                assertTrue(hop.deliver(nexthop, Hop.Mail.to(1)).getFirst().startsWith("r1 sent "));
                int all = i;
                Until.seen(i + " goodbyes", () -> goodbyes.get() >= all);
            }
        }
    }

    private void serve(ServerSocket server) {
        while (!server.isClosed()) {
            try (Socket s = server.accept()) {
                talk(s, connections.incrementAndGet() == 1);
            } catch (IOException e) {
                // the client has gone, or the test has ended
            }
        }
    }

    /// @param goodbye the second MAIL is answered 421
    private void talk(Socket s, boolean goodbye) throws IOException {
        BufferedReader in =
                new BufferedReader(
                        new InputStreamReader(s.getInputStream(), StandardCharsets.ISO_8859_1));
        say(s, "220 mx");
        int mail = 0;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.startsWith("MAIL") && ++mail == 2 && goodbye) {
                say(s, "421 4.4.2 timeout");
                return;
            }
            if (line.equals("QUIT")) {
                goodbyes.incrementAndGet();
            }
            if (line.equals("DATA")) {
                say(s, "354 go");
                while (!".".equals(in.readLine())) {
                    // the content
                }
                mails.incrementAndGet();
            }
            say(s, "250 2.0.0 ok");
        }
    }

    private static void say(Socket s, String line) throws IOException {
        s.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }
}

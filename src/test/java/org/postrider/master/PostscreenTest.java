package org.postrider.master;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Until;

/// postscreen in a server: what outlives a reload and a start, what waits for a place, what a stop
/// says; dialogues with it are src/test/twin/postscreen.case.
class PostscreenTest {
    @TempDir Path temp;

    private static final List<String> MAIN =
            List.of(
                    "postscreen_greet_wait = 1s",
                    "postscreen_access_list =",
                    "postscreen_greet_action = enforce",
                    "postscreen_client_connection_count_limit = 0");

    private static List<String> lines(String pass) {
        List<String> out = new ArrayList<>(Trial.LINES);
        out.removeIf(l -> l.endsWith(" smtpd"));
        out.add("127.0.0.1:0 inet n - n - 1 postscreen");
        out.add(pass);
        return out;
    }

    private static final String PASS = "smtpd pass - - n - - smtpd";

    /// A client; each has an address of its own.
    private static final class Client implements AutoCloseable {
        private final Socket socket = new Socket();
        private final BufferedReader in;

        Client(Trial trial, int n) throws IOException {
            InetSocketAddress at = trial.running().addresses().getFirst();
            socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.8." + n), 0));
            socket.connect(at);
            socket.setSoTimeout(120_000);
            in =
                    new BufferedReader(
                            new InputStreamReader(
                                    socket.getInputStream(), StandardCharsets.ISO_8859_1));
        }

        String line() throws IOException {
            return in.readLine();
        }

        void say(String text) throws IOException {
            socket.getOutputStream().write((text + "\r\n").getBytes(StandardCharsets.US_ASCII));
        }

        /// True where it hears nothing for so long.
        boolean quiet(int millis) throws IOException {
            socket.setSoTimeout(millis);
            try {
                return in.read() == -2;
            } catch (SocketTimeoutException e) {
                return true;
            } finally {
                socket.setSoTimeout(120_000);
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static String log(Trial trial) {
        try {
            return String.join("\n", trial.said());
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static void passes(Trial trial, int n, boolean known) throws IOException {
        try (Client client = new Client(trial, n)) {
            String first = client.line();
            assertEquals(known ? "220 " : "220-", first.substring(0, 4));
            assertTrue(known || client.line().startsWith("220 "));
            client.say("QUIT");
            assertEquals("221 2.0.0 Bye", client.line());
        }
    }

    @Test
    void whoHasPassedIsKnownAfterAReloadAndAfterAStart() throws Exception {
        try (Trial trial = new Trial(temp, 1)) {
            trial.write(MAIN, lines(PASS), List.of());
            trial.start();
            passes(trial, 1, false);
            passes(trial, 1, true);
            trial.reload();
            passes(trial, 1, true);
        }
        try (Trial trial = new Trial(temp, 1)) {
            trial.write(MAIN, lines(PASS), List.of());
            trial.start();
            passes(trial, 1, true);
            passes(trial, 2, false);
        }
    }

    /// The pass line's process limit; who waits is served when another is gone.
    @Test
    void clientsWaitForAPlaceOfThePassLine() throws Exception {
        List<String> main = new ArrayList<>(MAIN);
        main.set(1, "postscreen_access_list = static:permit");
        main.add("postscreen_post_queue_limit = 5");
        try (Trial trial = new Trial(temp, 1)) {
            trial.write(main, lines("smtpd pass - - n - 1 smtpd"), List.of());
            trial.start();
            List<Client> waiting = new ArrayList<>();
            Client first = new Client(trial, 1);
            assertTrue(first.line().startsWith("220 "));
            try (first;
                    Client second = new Client(trial, 2)) {
                trial.awaitedCount("ALLOWLISTED", 2);
                assertTrue(second.quiet(300), () -> "there is one place: " + log(trial));
                first.say("QUIT");
                assertEquals("221 2.0.0 Bye", first.line());
                assertTrue(second.line().startsWith("220 "));
                for (int i = 0; i < 5; i++) {
                    waiting.add(new Client(trial, 3 + i));
                }
                trial.awaitedCount("ALLOWLISTED", 7);
                try (Client more = new Client(trial, 9)) {
                    assertEquals("421 4.3.2 All server ports are busy", more.line());
                    assertNull(more.line());
                }
            }
            for (Client each : waiting) {
                each.close();
            }
            trial.awaitedCount(": disconnect from", 7);
        }
    }

    @Test
    void aStopTellsThoseWhoWait() throws Exception {
        try (Trial trial = new Trial(temp, 1)) {
            trial.write(
                    List.of(
                            "postscreen_greet_wait = 60s",
                            "postscreen_access_list =",
                            "postscreen_greet_action = enforce"),
                    lines(PASS),
                    List.of());
            trial.start();
            try (Client greeted = new Client(trial, 1);
                    Client talking = new Client(trial, 2)) {
                assertTrue(greeted.line().startsWith("220-"));
                assertTrue(talking.line().startsWith("220-"));
                talking.say("HELO early");
                assertEquals("250 mx.test.example", talking.line());
                trial.close();
                for (Client each : List.of(greeted, talking)) {
                    assertEquals(
                            "421 4.3.2 mx.test.example Service is shutting down, try again later",
                            each.line());
                    assertNull(each.line());
                }
            }
        }
    }

    /// What has expired is tested again; what has not is not.
    @Test
    void passedTestsExpire() throws Exception {
        List<String> main = new ArrayList<>(MAIN);
        main.add("postscreen_greet_ttl = 2s");
        try (Trial trial = new Trial(temp, 1)) {
            trial.write(main, lines(PASS), List.of());
            trial.start();
            passesTwice(trial);
            // Each visit is one of a client whose tests have expired, or it is one who is known.
            Until.seen("its tests expire", () -> greeting(trial, 1).startsWith("220-"));
        }
    }

    /// The second time as one who is known, if it came soon enough.
    private static void passesTwice(Trial trial) throws IOException {
        for (int n = 1; n < 20; n++) {
            long begun = System.nanoTime();
            passes(trial, n, false);
            boolean known = greeting(trial, n).startsWith("220 ");
            boolean soon = System.nanoTime() - begun < 1_000_000_000L;
            assertTrue(known || !soon, "tested again within a second");
            if (known) {
                return;
            }
        }
        throw new AssertionError("the machine was too busy 20 times");
    }

    private static String greeting(Trial trial, int n) throws IOException {
        try (Client client = new Client(trial, n)) {
            return client.line();
        }
    }

    /// Behind a proxy the client is who the proxy says: its tests are its own, and smtpd knows it.
    @Test
    void clientsComeThroughAProxy() throws Exception {
        List<String> main = new ArrayList<>(MAIN);
        main.add("postscreen_upstream_proxy_protocol = haproxy");
        main.add("inet_protocols = all");
        main.add("postscreen_upstream_proxy_timeout = 100s");
        try (Trial trial = new Trial(temp, 1)) {
            trial.write(main, lines(PASS), List.of());
            trial.start();
            String six = "20010db8000000000000000000000007";
            String here = "20010db8000000000000000000000019";
            passesBehind(trial, 1, proxied(0x21, 0x21, six + here + "30390019"), false);
            passesBehind(trial, 2, proxied(0x21, 0x21, six + here + "30390019"), true);
            trial.awaitedCount("PASS NEW [2001:db8::7]:12345", 1);
            trial.awaitedCount("PASS OLD [2001:db8::7]:12345", 1);
            trial.awaitedCount("disconnect from unknown[2001:db8::7]", 2);
            // Another client behind the same proxy is none of those who have passed.
            passesBehind(trial, 1, proxied(0x21, 0x11, "c0000207c000021930390019"), false);
            trial.awaitedCount("CONNECT from [192.0.2.7]:12345 to [192.0.2.25]:25", 1);
            // The proxy itself (LOCAL).
            passesBehind(trial, 1, proxied(0x20, 0, ""), false);
            trial.awaitedCount("PASS NEW [127.0.8.1]:", 1);
            main.removeLast();
            main.add("postscreen_upstream_proxy_timeout = 1s");
            trial.write(main, lines(PASS), List.of());
            trial.reload();
            for (byte[] wrong :
                    List.of(
                            proxied(0x21, 0x11, "c0000207"),
                            "EHLO x\r\n".getBytes(StandardCharsets.US_ASCII),
                            "PROXY TCP4 192.0.2.7 x 1 2\r\n".getBytes(StandardCharsets.US_ASCII),
                            new byte[0])) {
                try (Client client = new Client(trial, 3)) {
                    client.socket.getOutputStream().write(wrong);
                    assertEquals("421 4.3.2 No system resources", client.line());
                    assertNull(client.line());
                }
            }
            assertTrue(trial.said().stream().noneMatch(l -> l.contains("[127.0.8.3]")));
        }
    }

    private static void passesBehind(Trial trial, int n, byte[] header, boolean known)
            throws IOException {
        try (Client client = new Client(trial, n)) {
            client.socket.getOutputStream().write(header);
            String first = client.line();
            assertEquals(known ? "220 " : "220-", first.substring(0, 4));
            assertTrue(known || client.line().startsWith("220 "));
            client.say("QUIT");
            assertEquals("221 2.0.0 Bye", client.line());
        }
    }

    /// A header of version 2.
    private static byte[] proxied(int command, int family, String addresses) {
        byte[] more = HexFormat.of().parseHex(addresses);
        byte[] signature = HexFormat.of().parseHex("0d0a0d0a000d0a515549540a");
        return ByteBuffer.allocate(signature.length + 4 + more.length)
                .put(signature)
                .put((byte) command)
                .put((byte) family)
                .putShort((short) more.length)
                .put(more)
                .array();
    }

    /// Sessions end, and the places with them, however clients go.
    @Test
    void nothingIsLeftOfClientsThatGo() throws Exception {
        List<String> main = new ArrayList<>(MAIN);
        main.add("postscreen_pre_queue_limit = 10");
        try (Trial trial = new Trial(temp, 1)) {
            trial.write(main, lines(PASS), List.of());
            trial.start();
            for (int round = 0; round < 20; round++) {
                List<Client> all = new ArrayList<>();
                for (int i = 0; i < 5; i++) {
                    Client one = new Client(trial, 1 + i);
                    all.add(one);
                    assertTrue(one.line().startsWith("220-"));
                    if (i % 2 == 0) {
                        one.say("x".repeat(i * 700));
                    }
                }
                for (Client each : all) {
                    each.socket.setSoLinger(true, 0);
                    each.close();
                }
                trial.awaitedCount(": DISCONNECT ", 5 * (round + 1));
            }
            passes(trial, 99, false);
            assertTrue(trial.said().stream().noneMatch(l -> l.contains("panic")));
        }
    }

    /// Malformed settings keep a server from starting, and name what is wrong.
    @Test
    void whatCannotBeIsRefusedAtTheStart() throws Exception {
        for (String wrong :
                List.of(
                        "postscreen_greet_action = perhaps",
                        "postscreen_dnsbl_sites = a.example*x",
                        "postscreen_dnsbl_sites = a.example=127.0.0.[",
                        "postscreen_upstream_proxy_protocol = other")) {
            try (Trial trial = new Trial(temp, 1)) {
                trial.write(List.of(wrong), lines(PASS), List.of());
                Exception e = assertThrows(RuntimeException.class, trial::start);
                assertTrue(
                        String.valueOf(e.getMessage()).contains(wrong.split(" ", -1)[0]),
                        e.getMessage());
            }
        }
    }
}

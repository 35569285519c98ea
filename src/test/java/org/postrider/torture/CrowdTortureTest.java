package org.postrider.torture;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Until;

/// Many clients that do next to nothing, and how the next one fares. Larger:
/// `-Dpostrider.torture.idle=10000 -Dpostrider.torture.slow=8000`; src/test/torture/idle-sessions
/// is the promise itself.
@Tag("alone")
class CrowdTortureTest {
    @TempDir Path temp;

    /// Open clients without threads or buffers, from many addresses.
    private static final class Crowd implements AutoCloseable {
        private final List<SocketChannel> all = new ArrayList<>();
        private final Set<SocketChannel> ended = new HashSet<>();
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(4096);

        Crowd(int count, int port) throws IOException {
            for (int i = 0; i < count; i++) {
                SocketChannel c = SocketChannel.open();
                all.add(c);
                byte[] from = {127, 0, 0, (byte) (10 + i % 40)};
                c.bind(new InetSocketAddress(InetAddress.getByAddress(from), 0));
                c.connect(new InetSocketAddress("127.0.0.1", port));
            }
        }

        void say(String text) throws IOException {
            byte[] octets = text.getBytes(StandardCharsets.US_ASCII);
            for (SocketChannel c : all) {
                c.write(ByteBuffer.wrap(octets));
            }
        }

        /// Says an octet to each that was not told of the end yet. True when all have been told.
        boolean drip(String end) throws IOException {
            int told = 0;
            for (SocketChannel c : all) {
                c.configureBlocking(false);
                buffer.clear();
                int read = ended.contains(c) ? 0 : c.read(buffer);
                if (read != 0) {
                    String line = StandardCharsets.US_ASCII.decode(buffer.flip()).toString();
                    assertTrue(line.startsWith(end), "heard " + line);
                    ended.add(c);
                }
                told += ended.contains(c) ? 1 : 0;
                if (!ended.contains(c)) {
                    try {
                        c.write(ByteBuffer.wrap(new byte[] {'x'}));
                    } catch (IOException e) {
                        // It was told meanwhile: it is heard the next time.
                    }
                }
            }
            return told == all.size();
        }

        /// One reply from each.
        void hear(String code) throws IOException {
            for (SocketChannel c : all) {
                String line;
                do {
                    line = line(c);
                } while (line.length() > 3 && line.charAt(3) == '-');
                assertTrue(line.startsWith(code), "heard " + line);
            }
        }

        private String line(SocketChannel c) throws IOException {
            StringBuilder out = new StringBuilder();
            buffer.clear().limit(1);
            while (c.read(buffer) == 1 && buffer.get(0) != '\n') {
                out.append((char) buffer.get(0));
                buffer.clear().limit(1);
            }
            return out.toString();
        }

        @Override
        public void close() throws IOException {
            for (SocketChannel c : all) {
                c.close();
            }
        }
    }

    /// Milliseconds until one of 20 clients is greeted, in the median: a busy machine may hold up
    /// some of them.
    private static long greeted(Place p) throws IOException {
        long[] all = new long[20];
        for (int i = 0; i < all.length; i++) {
            long begun = System.nanoTime();
            try (Client c = new Client(p.port())) {
                Client.expect("220", c.hear());
            }
            all[i] = (System.nanoTime() - begun) / 1_000_000;
        }
        Arrays.sort(all);
        return all[all.length / 2];
    }

    /// As many clients as the descriptors of this process, and the server's, leave room for.
    private static int most(String property, int otherwise) throws IOException {
        int wanted = Integer.getInteger(property, otherwise);
        for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
            if (line.startsWith("Max open files")) {
                String soft = line.substring(14).strip().split(" +")[0];
                int all = soft.equals("unlimited") ? 1 << 20 : Integer.parseInt(soft);
                int room = Math.max(all / 2 - 100, all - 4300);
                if (room < wanted) {
                    System.out.println(property + ": descriptors for " + room + " only");
                }
                return Math.min(wanted, room);
            }
        }
        return wanted;
    }

    private interface Doing {
        void with(Place p, Process server) throws Exception;
    }

    private void inASmallHeap(String heap, Doing doing, String... settings) throws Exception {
        try (Sink sink = new Sink()) {
            Place p = Place.at(temp, sink.port(), settings);
            Process server = p.start(heap, "exec \"$@\"");
            try {
                doing.with(p, server);
                assertTrue(server.isAlive());
                p.noPanic();
            } finally {
                server.destroy();
                server.waitFor();
            }
        }
    }

    @Test
    void idleSessionsHoldLittleAndTheNextClientIsGreetedAtOnce() throws Exception {
        int count = most("postrider.torture.idle", 1000);
        String heap = 32 + count / 50 + "m";
        inASmallHeap(
                heap,
                (p, _) -> {
                    try (Crowd crowd = new Crowd(count, p.port())) {
                        crowd.hear("220");
                        crowd.say("EHLO idle.example\r\n");
                        crowd.hear("250");
                        long worst = greeted(p);
                        System.out.println(
                                "idle: "
                                        + count
                                        + " in "
                                        + heap
                                        + ", next greeted in "
                                        + worst
                                        + " ms");
                        assertTrue(worst < 1000, "greeted after " + worst + " ms");
                        crowd.say("NOOP\r\n");
                        crowd.hear("250 2.0.0");
                    }
                });
    }

    /// Case 51: each sends one octet of a command at a time; they are all kept waiting for, and
    /// nobody else is.
    @Test
    void clientsOfOneOctetAtATimeHoldNobodyUp() throws Exception {
        int count = most("postrider.torture.slow", 5000);
        inASmallHeap(
                "256m",
                (p, _) -> {
                    try (Crowd crowd = new Crowd(count, p.port())) {
                        crowd.hear("220");
                        long worst = 0;
                        for (String octet : "EHLO x".split("")) {
                            crowd.say(octet);
                            worst = Math.max(worst, greeted(p));
                        }
                        try (Client c = new Client(p.port()).opened("r@n.example")) {
                            Client.expect("250", c.say("Subject: x\r\n\r\nx\r\n."));
                        }
                        System.out.println(
                                "slow: "
                                        + count
                                        + " octet by octet, others greeted in "
                                        + worst
                                        + " ms");
                        assertTrue(worst < 1000, "greeted after " + worst + " ms");
                        crowd.say("\r\n");
                        crowd.hear("250");
                    }
                });
    }

    /// Case 51 with a deadline for each request: their octets buy them no time.
    @Test
    void clientsOfOneOctetAtATimeEndAtTheDeadline() throws Exception {
        int count = Math.min(500, most("postrider.torture.slow", 5000));
        inASmallHeap(
                "64m",
                (p, _) -> {
                    try (Crowd crowd = new Crowd(count, p.port())) {
                        crowd.hear("220");
                        long begun = System.nanoTime();
                        Until.seen(
                                "they end, whatever they say",
                                () -> {
                                    greeted(p);
                                    return crowd.drip("421 4.4.2");
                                });
                        long took = (System.nanoTime() - begun) / 1_000_000;
                        System.out.println(
                                "deadline: " + count + " let go after " + took + " ms of 4000");
                        greeted(p);
                    }
                },
                "smtpd_per_request_deadline = yes",
                "smtpd_timeout = 4s");
    }
}

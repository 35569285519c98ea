package org.postrider.wire.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.postrider.io.Connection;
import org.postrider.wire.ClientDialogue;
import org.postrider.wire.ServerReply;

class ReplyReaderTest {
    private static final int LIMIT = 2048;
    private final List<String> oddities = new ArrayList<>();

    private ReplyReader over(byte[] octets, int chunk) {
        return new ReplyReader(
                new Given(octets, chunk),
                LIMIT,
                () -> true,
                new ClientDialogue.Oddities() {
                    @Override
                    public void noReplyCode(String line, boolean several) {
                        if (several) {
                            oddities.add("no code: " + line);
                        }
                    }

                    @Override
                    public void longLine(int limit, String start) {
                        oddities.add("long line " + limit);
                    }

                    @Override
                    public void longReply(int limit, String start) {
                        oddities.add("long reply " + limit);
                    }

                    @Override
                    public void badSize(String value) {
                        oddities.add("bad size " + value);
                    }
                },
                ClientDialogue.Filter.NONE);
    }

    private ServerReply one(String text) throws IOException {
        return over(text.getBytes(StandardCharsets.ISO_8859_1), 7).read();
    }

    @Test
    void repliesAreReadAsPostfixReadsThem() throws IOException {
        assertEquals("250 2.1.0 Ok", one("250 2.1.0 Ok\r\n").text());
        assertEquals("2.1.0", one("250 2.1.0 Ok\r\n").status().toString());
        assertEquals("2.0.0", one("250\r\n").status().toString());
        assertEquals("250", one("250\n").text());
        assertEquals("5.0.0", one("550 4.2.2 mismatch\r\n").status().toString());
        assertEquals("5.5.0", one("354 go\r\n").status().toString());
        assertEquals("5.1.1", one("550 5.1.1\r\n").status().toString());
        assertEquals("5.3.0", one("450-4.1.1 a\r\n550 5.3.0 c\r\n").status().toString());
        assertEquals("450-4.1.1 a 550 5.3.0 c", one("450-4.1.1 a\r\n550 5.3.0 c\r\n").text());
        assertEquals("550 5.1.1 a?b?c?d?e", one("550 5.1.1 a\u0007b\u0080c\u007fd\te\r\n").text());
        assertEquals("550 5.1.1 caf\u00c3\u00a9", one("550 5.1.1 caf\u00c3\u00a9\r\n").text());
        assertEquals("550 5.1.1 a", one("550 5.1.1 a\u0000b\r\n").text());
        assertEquals("zzz what 554 no", one("zzz what\r\n554 no\r\n").text());
        assertEquals(List.of("no code: zzz what"), oddities);
    }

    @Test
    void longLinesAndRepliesAreCutAndWhatFollowsIsRead() throws IOException {
        String text =
                "250 2.1.5 "
                        + "x".repeat(1 << 20)
                        + "\r\n"
                        + "550-5.1.1 l\r\n".repeat(300)
                        + "550 5.1.1 end\r\n250 last\r\n";
        for (int chunk : new int[] {1000, 4096, 5000}) {
            ReplyReader r = over(text.getBytes(StandardCharsets.ISO_8859_1), chunk);
            ServerReply first = r.read();
            assertEquals(250, first.code());
            assertEquals(LIMIT, first.text().length());
            ServerReply second = r.read();
            assertEquals(550, second.code());
            assertTrue(second.text().length() < LIMIT + 20);
            assertEquals("250 last", r.read().text());
        }
        assertTrue(oddities.contains("long line 2048"));
        assertTrue(oddities.contains("long reply 2048"));
    }

    @Test
    void endlessRepliesEnd() {
        byte[] lines = "250-more\r\n".repeat(30_000).getBytes(StandardCharsets.ISO_8859_1);
        IOException why = assertThrows(IOException.class, () -> over(lines, 4096).read());
        assertEquals("endless reply", why.getMessage(), "it ended only with the connection");
        byte[] garbage = "x\n".repeat(30_000).getBytes(StandardCharsets.ISO_8859_1);
        assertThrows(IOException.class, () -> over(garbage, 4096).read());
        assertThrows(IOException.class, () -> over(new byte[17 << 20], 4096).read());
    }

    @Test
    void theWayOctetsArriveChangesNothing() throws IOException {
        SplittableRandom random = new SplittableRandom(25);
        String[] parts = {
            "250",
            "-",
            " ",
            "550 5.1.1 no",
            "\r\n",
            "\r",
            "\n",
            "\0",
            "zz",
            "354",
            "\u00e9",
            "2.1.5"
        };
        for (int round = 0; round < 2000; round++) {
            StringBuilder text = new StringBuilder();
            int n = random.nextInt(30);
            for (int i = 0; i < n; i++) {
                text.append(parts[random.nextInt(parts.length)]);
            }
            byte[] octets = text.toString().getBytes(StandardCharsets.ISO_8859_1);
            List<ServerReply> whole = all(octets, 4096);
            assertEquals(whole, all(octets, 1), () -> "seed 25: " + text);
            assertEquals(whole, all(octets, 1 + random.nextInt(9)), () -> "seed 25: " + text);
            for (ServerReply r : whole) {
                assertTrue(r.text().chars().noneMatch(c -> c < ' '), r.text());
            }
        }
    }

    private List<ServerReply> all(byte[] octets, int chunk) {
        ReplyReader reader = over(octets, chunk);
        List<ServerReply> out = new ArrayList<>();
        try {
            while (true) {
                out.add(reader.read());
            }
        } catch (IOException e) {
            return out;
        }
    }

    /// Octets that come in chunks.
    private record Given(byte[] octets, int chunk, int[] at) implements Connection {
        Given(byte[] octets, int chunk) {
            this(octets, chunk, new int[1]);
        }

        @Override
        public void deadline(long millis) {
            // none
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            int n = Math.min(Math.min(length, chunk), octets.length - at[0]);
            if (n == 0) {
                return -1;
            }
            System.arraycopy(octets, at[0], into, offset, n);
            at[0] += n;
            return n;
        }

        @Override
        public void write(byte[] from, int offset, int length) {
            throw new IllegalStateException();
        }

        @Override
        public void write(byte[] a, int aOffset, int aLength, byte[] b, int bOffset, int bLength) {
            throw new IllegalStateException();
        }

        @Override
        public SocketAddress remote() {
            return new InetSocketAddress(0);
        }

        @Override
        public SocketAddress local() {
            return new InetSocketAddress(0);
        }

        @Override
        public void close() {
            // nothing is open
        }
    }
}

package org.postrider.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.postrider.io.Connection;
import org.postrider.io.SocketConnection;
import org.postrider.io.Watchdog;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// PROXY headers as they come, in pieces, and rubbish. What real Postfix says of each kind of bad
/// one stands in session.case.
class ProxyHeaderTest {
    private static final long SEED = 20_261_121;
    private static final byte[] SIGNATURE = octets("\r\n\r\n\0\r\nQUIT\n");

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] second(int command, int family, byte[] rest) {
        byte[] out = Arrays.copyOf(SIGNATURE, 16 + rest.length);
        out[12] = (byte) (0x20 + command);
        out[13] = (byte) family;
        out[14] = (byte) (rest.length >> 8);
        out[15] = (byte) rest.length;
        System.arraycopy(rest, 0, out, 16, rest.length);
        return out;
    }

    /// What both protocols and families, with and without more behind the addresses, come to; not
    /// an octet of what follows is taken, however the header is cut.
    @Test
    void aHeaderIsTakenWholeAndNothingBehindIt() throws Exception {
        byte[] four = {(byte) 192, 0, 2, 7, (byte) 192, 0, 2, 25, 0x12, 0x67, 0, 25};
        byte[] more = Arrays.copyOf(four, 500);
        byte[] six = new byte[36];
        six[0] = 0x20;
        six[1] = 1;
        six[15] = 7;
        six[32] = 0x12;
        six[33] = 0x67;
        Random random = new Random(SEED);
        try (Watchdog watchdog = new Watchdog(Clock.system(), Supervisor.alone());
                ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            for (int i = 0; i < 60; i++) {
                byte[] header =
                        switch (i % 6) {
                            case 0 -> octets("PROXY TCP4 192.0.2.7 192.0.2.25 4711 25\r\n");
                            case 1 -> octets("PROXY TCP6 2001::7 2001::25 4711 25\r\n");
                            case 2 -> second(1, 0x11, four);
                            case 3 -> second(1, 0x21, six);
                            case 4 -> second(0, 0, more);
                            default -> second(1, 0x11, more);
                        };
                ProxyHeader read = sent(server, watchdog, header, random);
                String wanted = i % 2 == 1 && i % 6 != 5 ? "2001:0:0:0:0:0:0:7" : "192.0.2.7";
                if (i % 6 == 4) {
                    assertEquals(new ProxyHeader.Local(), read);
                    continue;
                }
                ProxyHeader.Proxied p = assertInstanceOf(ProxyHeader.Proxied.class, read);
                assertEquals(InetAddress.getByName(wanted), p.client());
                assertEquals(4711, p.port());
                if (i % 6 == 0) {
                    assertEquals(new InetSocketAddress("192.0.2.25", 25), p.server());
                } else if (i % 6 == 1) {
                    assertEquals(new InetSocketAddress("2001::25", 25), p.server());
                }
            }
        }
    }

    private static ProxyHeader sent(
            ServerSocketChannel server, Watchdog watchdog, byte[] header, Random random)
            throws IOException {
        InetSocketAddress at = (InetSocketAddress) server.getLocalAddress();
        try (Socket client = new Socket(at.getAddress(), at.getPort());
                Connection c = new SocketConnection(server.accept(), watchdog)) {
            client.setTcpNoDelay(true);
            byte[] all = Arrays.copyOf(header, header.length + 6);
            System.arraycopy(octets("EHLO x"), 0, all, header.length, 6);
            int cut = random.nextInt(all.length);
            Thread sender =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    OutputStream out = client.getOutputStream();
                                    out.write(all, 0, cut);
                                    out.flush();
                                    out.write(all, cut, all.length - cut);
                                } catch (IOException e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            ProxyHeader read = ProxyHeader.read(c, 10_000, true, true);
            byte[] rest = new byte[6];
            c.deadline(10_000);
            for (int n = 0; n < rest.length; ) {
                n += c.read(rest, n, rest.length - n);
            }
            assertEquals("EHLO x", new String(rest, StandardCharsets.ISO_8859_1));
            join(sender);
            return read;
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Whatever comes, it is a client, the proxy itself, or a text for the log that is one line.
    @Test
    void rubbishIsToldFromHeaders() {
        Random random = new Random(SEED);
        byte[][] good = {
            octets("PROXY TCP4 192.0.2.7 192.0.2.25 4711 25\r\n"),
            octets("PROXY TCP6 2001:db8::7 2001:db8::25 4711 25\r\n"),
            second(1, 0x11, new byte[12]),
            second(1, 0x21, new byte[40]),
            second(0, 0, new byte[0])
        };
        int clients = 0;
        for (int i = 0; i < 200_000; i++) {
            byte[] octets = good[random.nextInt(good.length)].clone();
            for (int k = random.nextInt(4); k > 0; k--) {
                octets[random.nextInt(octets.length)] = (byte) random.nextInt(256);
            }
            if (random.nextInt(4) == 0) {
                random.nextBytes(octets);
            }
            int n = 1 + random.nextInt(octets.length);
            switch (ProxyHeader.parsed(
                    octets, random.nextBoolean() ? octets.length : n, true, true)) {
                case ProxyHeader.Proxied p -> {
                    assertTrue(p.port() >= 0 && p.port() < 65_536);
                    clients++;
                }
                case ProxyHeader.Local _ -> clients++;
                case ProxyHeader.Bad bad ->
                        assertTrue(bad.why().chars().allMatch(c -> c >= ' ' && c < 127), bad.why());
            }
        }
        assertTrue(clients > 10_000, "only " + clients + " good ones");
    }

    @Test
    void aFamilyThatIsNotSpokenIsRefused() {
        byte[] six = octets("PROXY TCP6 2001:db8::7 2001:db8::25 4711 25\r\n");
        byte[] four = second(1, 0x11, new byte[12]);
        assertTrue(ProxyHeader.parsed(six, six.length, true, false) instanceof ProxyHeader.Bad);
        assertTrue(ProxyHeader.parsed(four, four.length, false, true) instanceof ProxyHeader.Bad);
    }
}

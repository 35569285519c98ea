package org.postrider.smtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// smtp_per_request_deadline and smtp_min_data_rate against a server that reads a content slowly:
/// 64 kB each 10 ms, about 6 MB a second.
@Tag("alone")
class SlowReaderTest {
    private static final String H = "127.0.0.1[127.0.0.1]";
    private static final String BODY = ("x".repeat(98) + "\r\n").repeat(160_000);

    @Test
    void aServerThatKeepsReadingMayTakeItsTime() throws IOException {
        assertEquals(
                List.of("r1 sent 2.0.0 " + H + " (250 2.0.0 Ok)"),
                delivered("smtp_data_xfer_timeout", "1s"));
    }

    @Test
    void withADeadlinePerRequestWhatWasTakenBuysTime() throws IOException {
        assertEquals(
                List.of("r1 sent 2.0.0 " + H + " (250 2.0.0 Ok)"),
                delivered(
                        "smtp_data_xfer_timeout",
                        "1s",
                        "smtp_per_record_deadline",
                        "yes",
                        "smtp_min_data_rate",
                        "1000000"));
    }

    @Test
    void withADeadlinePerRequestAServerBelowTheRateIsLeft() throws IOException {
        long begun = System.nanoTime();
        assertEquals(
                List.of(
                        "r1 deferred 4.4.2 "
                                + H
                                + " (conversation with "
                                + H
                                + " timed out while sending message body)"),
                delivered(
                        "smtp_data_xfer_timeout",
                        "1s",
                        "smtp_per_request_deadline",
                        "yes",
                        "smtp_min_data_rate",
                        "100000000"));
        assertTrue(System.nanoTime() - begun < 60_000_000_000L);
    }

    private static List<String> delivered(String... settings) throws IOException {
        try (ServerSocket listener = new ServerSocket();
                Hop hop = new Hop(settings)) {
            listener.setReceiveBufferSize(64 << 10);
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            Thread.ofVirtual().start(() -> serve(listener));
            return hop.deliver(
                    "[127.0.0.1]:" + listener.getLocalPort(), Hop.Mail.to(1, BODY, Map.of()));
        }
    }

    private static void serve(ServerSocket listener) {
        try (Socket s = listener.accept()) {
            OutputStream out = s.getOutputStream();
            InputStream in = s.getInputStream();
            say(out, "220 slow ESMTP");
            for (int n = 0; n < 4; n++) {
                say(out, line(in).startsWith("DATA") ? "354 go" : "250 2.0.0 Ok");
            }
            byte[] piece = new byte[64 << 10];
            for (int left = BODY.length(); left > 0; ) {
                int n = in.readNBytes(piece, 0, Math.min(left, piece.length));
                left -= n == 0 ? left : n;
                LockSupport.parkNanos(10_000_000);
            }
            say(out, "250 2.0.0 Ok");
            in.readNBytes(piece, 0, piece.length);
        } catch (IOException e) {
            // the client left
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            line.append((char) c);
        }
        return line.toString();
    }

    private static void say(OutputStream out, String line) throws IOException {
        out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }
}

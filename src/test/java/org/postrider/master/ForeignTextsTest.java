package org.postrider.master;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a table server answers goes into headers and replies: line ends in it make no header, no
/// body and no reply of their own.
class ForeignTextsTest {
    private static final Map<String, String> TEXTS =
            Map.of(
                    "a prepend@a.example", "PREPEND X-A: one\n two\nX-B: three\n\nbody",
                    "a cr@a.example", "PREPEND X-A: one\rX-B: two\r\n",
                    "a reject@a.example", "REJECT one\r\n250 two\u0001",
                    "a code@a.example", "550 5.7.1 one\n250 two",
                    "h X-Add: x", "PREPEND X-Put: one\nX-C: two\n\nbody",
                    "h X-New: x", "REPLACE X-Other: one\n\nbody\r");

    @TempDir Path temp;

    private static void serve(ServerSocket server) {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                Thread.ofVirtual().start(() -> answer(client));
            } catch (IOException e) {
                return;
            }
        }
    }

    private static void answer(Socket client) {
        try (client) {
            InputStream in = client.getInputStream();
            for (int c = in.read(); c >= 0; c = in.read()) {
                int length = 0;
                for (; c != ':'; c = in.read()) {
                    length = 10 * length + c - '0';
                }
                String asked = new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
                in.read();
                String found = TEXTS.get(asked);
                String answer = found == null ? "NOTFOUND " : "OK " + found;
                client.getOutputStream()
                        .write(
                                (answer.length() + ":" + answer + ",")
                                        .getBytes(StandardCharsets.ISO_8859_1));
            }
        } catch (IOException e) {
            // the client went
        }
    }

    private static String next(NextHop hop) throws InterruptedException {
        NextHop.Mail mail = hop.next();
        assertNotNull(mail);
        return mail.content().replace("\r\n", "\n");
    }

    @Test
    void lineEndsOfATableStayWithinTheirField() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                NextHop hop = new NextHop();
                Trial trial = new Trial(temp, hop.port())) {
            Thread.ofVirtual().start(() -> serve(server));
            String table = "socketmap:inet:127.0.0.1:" + server.getLocalPort() + ":";
            trial.write(
                    List.of(
                            "smtpd_sender_restrictions = check_sender_access " + table + "a",
                            "header_checks = " + table + "h"),
                    List.of());
            trial.start();
            trial.mail("prepend@a.example", "b@b.example");
            String mail = next(hop);
            assertTrue(mail.contains("X-A: one\n two\n\tX-B: three\n\tbody\n"), mail);
            trial.mail("cr@a.example", "b@b.example");
            mail = next(hop);
            assertTrue(mail.contains("X-A: one X-B: two\n"), mail);
            assertEquals(
                    "554 5.7.1 <reject@a.example>: Sender address rejected: one  250 two ",
                    trial.mail("reject@a.example", "b@b.example"));
            assertEquals(
                    "550 5.7.1 <code@a.example>: Sender address rejected: one 250 two",
                    trial.mail("code@a.example", "b@b.example"));
            trial.mail("x@a.example", "b@b.example", "x\r\nX-Add: x\r\nX-New: x");
            mail = next(hop);
            assertTrue(mail.contains("X-Put: one\n\tX-C: two\n\tbody\nX-Add: x\n"), mail);
            assertTrue(mail.contains("X-Other: one\n\tbody"), mail);
            assertTrue(mail.endsWith("\n\nx\n"), mail);
        }
    }
}

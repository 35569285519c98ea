package org.postrider.master;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// smtpd_proxy_filter in a server, with filters that leave off in the middle of a large content;
/// the dialogues with it are src/test/twin/proxyfilter.case.
class ProxyFilterTest {
    @TempDir Path temp;

    /// One that takes what comes before the content, and of that a part or all.
    private static final class Filter implements AutoCloseable {
        private final ServerSocket socket = new ServerSocket();
        private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        private final CountDownLatch over = new CountDownLatch(1);
        private final int takes;
        private final boolean hangsUp;

        Filter(int takes, boolean hangsUp) throws IOException {
            this.takes = takes;
            this.hangsUp = hangsUp;
            socket.setReceiveBufferSize(4096);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            Thread.ofVirtual().start(this::serve);
        }

        private void serve() {
            while (!socket.isClosed()) {
                try {
                    Socket client = socket.accept();
                    Thread.ofVirtual().start(() -> talk(client));
                } catch (IOException e) {
                    return;
                }
            }
        }

        private void talk(Socket client) {
            boolean whole = false;
            try (client) {
                BufferedReader in =
                        new BufferedReader(
                                new InputStreamReader(
                                        client.getInputStream(), StandardCharsets.ISO_8859_1));
                say(client, "220 filter");
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    boolean data = line.startsWith("DATA");
                    say(client, data ? "354 go on" : "250 Ok");
                    if (data) {
                        whole = content(in);
                        if (whole) {
                            say(client, "250 Ok: taken");
                        } else if (hangsUp) {
                            return;
                        } else {
                            over.await();
                        }
                    }
                }
            } catch (IOException e) {
                // the server has hung up
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                heard.add(whole ? "whole" : "a part");
            }
        }

        private boolean content(BufferedReader in) throws IOException {
            for (int lines = 0; lines < takes; lines++) {
                String line = in.readLine();
                if (line == null) {
                    throw new IOException("gone");
                }
                if (line.equals(".")) {
                    return true;
                }
            }
            return false;
        }

        private static void say(Socket client, String line) throws IOException {
            client.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        }

        @Override
        public void close() throws IOException {
            over.countDown();
            socket.close();
        }
    }

    private static String reply(BufferedReader in) throws IOException {
        String line = in.readLine();
        while (line != null && line.length() > 3 && line.charAt(3) == '-') {
            line = in.readLine();
        }
        return String.valueOf(line);
    }

    private static void begin(OutputStream out, BufferedReader in, String content)
            throws IOException {
        assertTrue(reply(in).startsWith("220 "));
        for (String each :
                List.of("EHLO c.example", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>")) {
            out.write((each + "\r\n").getBytes(StandardCharsets.US_ASCII));
            assertTrue(reply(in).startsWith("250 "), each);
        }
        out.write((content + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    /// What the client hears after 4 MB, and again after a second mail.
    private void refused(Trial trial) throws IOException {
        InetSocketAddress at = trial.running().addresses().getFirst();
        try (Socket client = new Socket(at.getAddress(), at.getPort())) {
            client.setSoTimeout(120_000);
            OutputStream out = client.getOutputStream();
            BufferedReader in =
                    new BufferedReader(
                            new InputStreamReader(
                                    client.getInputStream(), StandardCharsets.ISO_8859_1));
            begin(out, in, "DATA");
            assertTrue(reply(in).startsWith("354 "));
            byte[] piece =
                    ("x".repeat(70) + "\r\n").repeat(1000).getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < 60; i++) {
                out.write(piece);
            }
            out.write(".\r\nNOOP\r\n".getBytes(StandardCharsets.US_ASCII));
            assertEquals("451 4.3.0 Error: queue file write error", reply(in));
            assertEquals("250 2.0.0 Ok", reply(in), "the session goes on where it should");
        }
    }

    /// @param timeout of what is said to the filter and of its answers
    private Trial started(Filter filter, String options, String timeout) throws IOException {
        Trial trial = new Trial(temp, 1);
        trial.write(
                List.of(
                        "smtpd_proxy_filter = 127.0.0.1:" + filter.socket.getLocalPort(),
                        "smtpd_proxy_timeout = " + timeout,
                        "notify_classes =",
                        "smtpd_proxy_options = " + options),
                List.of());
        trial.start();
        return trial;
    }

    /// It stops reading: nothing is accepted, and nothing is left of the mail.
    @ParameterizedTest
    @ValueSource(strings = {"", "speed_adjust"})
    void aFilterThatStopsReadingHasNotTakenTheMail(String options) throws Exception {
        try (Filter filter = new Filter(100, false);
                Trial trial = started(filter, options, "2s")) {
            refused(trial);
            trial.awaitedCount("timeout talking to proxy 127.0.0.1:", 1);
            trial.awaitedCount("proxy-reject: END-OF-MESSAGE: 451 4.3.0 ", 1);
            assertEquals(List.of(), trial.queued("incoming"));
        }
    }

    /// It goes: the same.
    @ParameterizedTest
    @ValueSource(strings = {"", "speed_adjust"})
    void aFilterThatGoesHasNotTakenTheMail(String options) throws Exception {
        try (Filter filter = new Filter(100, true);
                Trial trial = started(filter, options, "100s")) {
            refused(trial);
            trial.awaitedCount("lost connection with proxy 127.0.0.1:", 1);
            assertEquals("a part", filter.heard.poll(120, TimeUnit.SECONDS));
        }
    }

    /// The client goes in the middle of the content, or says RSET between chunks: the filter never
    /// hears its end.
    @ParameterizedTest
    @ValueSource(strings = {"DATA", "BDAT 3"})
    void aContentThatBreaksOffIsNotEnded(String command) throws Exception {
        try (Filter filter = new Filter(Integer.MAX_VALUE, false);
                Trial trial = started(filter, "", "100s")) {
            InetSocketAddress at = trial.running().addresses().getFirst();
            try (Socket client = new Socket(at.getAddress(), at.getPort())) {
                client.setSoTimeout(120_000);
                OutputStream out = client.getOutputStream();
                BufferedReader in =
                        new BufferedReader(
                                new InputStreamReader(
                                        client.getInputStream(), StandardCharsets.ISO_8859_1));
                begin(out, in, command);
                if (command.startsWith("BDAT")) {
                    out.write("x\r\nRSET\r\n".getBytes(StandardCharsets.US_ASCII));
                    assertTrue(reply(in).startsWith("250 "));
                    assertTrue(reply(in).startsWith("250 "));
                } else {
                    assertTrue(reply(in).startsWith("354 "));
                    out.write("x\r\n".getBytes(StandardCharsets.US_ASCII));
                }
            }
            assertEquals("a part", filter.heard.poll(120, TimeUnit.SECONDS));
            trial.awaitedCount(": disconnect from", 1);
            assertFalse(String.join("\n", trial.said()).contains("proxy-accept"));
        }
    }
}

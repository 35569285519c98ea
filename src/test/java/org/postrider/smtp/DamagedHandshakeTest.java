package org.postrider.smtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.tls.TlsFixture;

/// Somebody between the client and its server changes one octet of the handshake.
class DamagedHandshakeTest {
    private static final int ROUNDS = 60;

    /// The server's first flight is longer.
    private static final int FLIGHT = 900;

    @Test
    void mailWaitsAndNothingIsSentInClear(@TempDir Path directory) throws Exception {
        SSLContext keys = TlsFixture.serving(directory);
        Random random = new Random(11);
        int deferred = 0;
        for (int i = 0; i < ROUNDS; i++) {
            try (ScriptedServer server =
                            new ScriptedServer(
                                    List.of(Map.of("keywords", "PIPELINING,STARTTLS")), keys);
                    Between between =
                            new Between(
                                    server.port(),
                                    random.nextInt(FLIGHT),
                                    1 + random.nextInt(255));
                    Hop hop =
                            new Hop(
                                    "smtp_tls_security_level",
                                    "encrypt",
                                    "smtp_starttls_timeout",
                                    "1s")) {
                List<String> out = hop.deliver("[127.0.0.1]:" + between.port(), Hop.Mail.to(1));
                assertEquals(1, out.size());
                // The version of a record counts for nothing (RFC 8446 5.1): that one may pass.
                boolean sent = out.getFirst().startsWith("r1 sent");
                assertTrue(sent || out.getFirst().startsWith("r1 deferred 4."), out.toString());
                assertTrue(
                        server.heardInClear.stream().noneMatch(l -> l.startsWith("MAIL")),
                        server.heardInClear.toString());
                deferred += sent ? 0 : 1;
            }
        }
        assertTrue(deferred > ROUNDS * 9 / 10, deferred + " of " + ROUNDS);
    }

    /// Passes on what both say and changes one octet of what the server says behind its 220 to
    /// STARTTLS.
    private static final class Between implements AutoCloseable {
        private final ServerSocket listener;
        private final int server;
        private final int at;
        private final int change;

        Between(int server, int at, int change) throws IOException {
            this.server = server;
            this.at = at;
            this.change = change;
            listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
            Thread.ofVirtual().start(this::serve);
        }

        int port() {
            return listener.getLocalPort();
        }

        private void serve() {
            try (Socket client = listener.accept();
                    Socket to = new Socket(InetAddress.getLoopbackAddress(), server)) {
                Thread back = Thread.ofVirtual().start(() -> answers(to, client));
                client.getInputStream().transferTo(to.getOutputStream());
                to.shutdownOutput();
                back.join();
            } catch (IOException e) {
                // one of them has gone
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void answers(Socket from, Socket to) {
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                StringBuilder said = new StringBuilder();
                int behind = -1;
                for (int b = in.read(); b >= 0; b = in.read()) {
                    if (behind < 0) {
                        said.append((char) b);
                        out.write(b);
                        behind = said.indexOf("220 2.0.0 go\r\n") >= 0 ? 0 : -1;
                    } else {
                        out.write(behind == at ? b ^ change : b);
                        behind++;
                    }
                }
                to.shutdownOutput();
            } catch (IOException e) {
                // one of them has gone
            }
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }
}

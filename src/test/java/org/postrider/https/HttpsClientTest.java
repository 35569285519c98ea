package org.postrider.https;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.io.Connector;
import org.postrider.io.Watchdog;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;
import org.postrider.tls.TlsFixture;

/// One request over HTTPS, to servers that answer well, badly, for ever or not at all.
class HttpsClientTest {
    private static final int MOST = 1000;

    @TempDir static Path directory;
    private static Watchdog watchdog;
    private static WebServer server;

    @BeforeAll
    static void begin() throws Exception {
        watchdog = new Watchdog(Clock.system(), Supervisor.alone());
        WebServer.authority(directory);
        WebServer.certificate(directory, "good", "DNS:www.x.example", 30);
        server = new WebServer(directory, "good");
    }

    @AfterAll
    static void end() throws IOException {
        server.close();
        watchdog.close();
    }

    private static HttpsClient.Answer ask(String host, int port, Duration whole)
            throws HttpsException {
        HttpsClient client =
                new HttpsClient(
                        Connector.sockets(watchdog),
                        name -> {
                            if (name.startsWith("nowhere")) {
                                throw new IOException("no such host");
                            }
                            return List.of(InetAddress.getLoopbackAddress());
                        },
                        Clock.system());
        return client.ask(
                HttpsClient.Request.get(
                        URI.create("https://" + host + ":" + port + "/a?b=c"),
                        Map.of("Accept", "text/plain\r\nOdd: 1")),
                new HttpsClient.Limits(whole, MOST),
                directory.resolve("ca.pem").toString());
    }

    private static HttpsException fails(String host, int port, Duration whole) {
        return assertThrows(HttpsException.class, () -> ask(host, port, whole));
    }

    private static String got(String answer) {
        server.says(answer);
        try {
            HttpsClient.Answer a = ask("www.x.example", server.port(), Duration.ofSeconds(20));
            return a.status() + " " + new String(a.body(), StandardCharsets.ISO_8859_1);
        } catch (HttpsException e) {
            return e.kind() + " " + e.getMessage();
        }
    }

    /// Who is between can end the connection, and cannot say that it ends.
    @Test
    void anAnswerWithoutALengthThatIsCutIsNone() throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual()
                    .start(() -> {
                        try (Socket plain = listening.accept()) {
                            SSLSocket tls =
                                    (SSLSocket)
                                            TlsFixture.serving(directory, "good")
                                                    .getSocketFactory()
                                                    .createSocket(plain, null, 1, false);
                            tls.setUseClientMode(false);
                            InputStream in = tls.getInputStream();
                            StringBuilder head = new StringBuilder();
                            while (!head.toString().endsWith("\r\n\r\n")) {
                                head.append((char) in.read());
                            }
                            tls.getOutputStream()
                                    .write("HTTP/1.0 200 OK\r\n\r\nhalf".getBytes("US-ASCII"));
                            tls.getOutputStream().flush();
                            plain.shutdownOutput();
                            plain.getInputStream().read();
                        } catch (Exception e) {
                            throw new AssertionError(e);
                        }
                    });
            HttpsException e =
                    fails("www.x.example", listening.getLocalPort(), Duration.ofSeconds(20));
            assertEquals("BROKEN lost connection", e.kind() + " " + e.getMessage());
        }
    }

    @Test
    void anAnswerIsReadInEveryFraming() {
        assertEquals("200 abc", got("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef"));
        assertEquals(
                "404 abcde",
                got(
                        "HTTP/1.1 404 Not\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n"
                                + "2\r\nde\r\n0\r\nTrailer: 1\r\n\r\n"));
        assertEquals("200 to the end", got("HTTP/1.0 200 OK\r\n\r\nto the end"));
        assertEquals(
                "301 ",
                got(
                        "HTTP/1.1 103 Hints\r\n"
                                + "Link: x\r\n\r\n"
                                + "HTTP/1.1 301 Moved\r\n"
                                + "Location: /b\r\n"
                                + "Content-Length: 0\r\n\r\n"));
        assertTrue(
                server.asked
                        .getLast()
                        .startsWith("GET /a?b=c HTTP/1.1\r\nHost: www.x.example:" + server.port()));
        assertTrue(server.asked.getLast().contains("\r\nAccept: text/plain  Odd: 1\r\n"));
        assertEquals(4, server.asked.size(), "no redirect is followed");
    }

    @Test
    void whatIsNoHttpIsNoAnswer() {
        String broken = "BROKEN answer is no HTTP";
        String lost = "BROKEN lost connection";
        assertEquals(broken, got("220 mx.x.example ESMTP\r\n"));
        assertEquals(broken, got("HTTP/2 200\r\n\r\n"));
        assertEquals(broken, got("HTTP/1.1 200 OK\r\nno header\r\n\r\n"));
        assertEquals(broken, got("HTTP/1.1 200 OK\r\na b: c\r\n\r\n"));
        assertEquals(broken, got("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"));
        assertEquals(
                broken,
                got("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"));
        assertEquals(broken, got("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc"));
        assertEquals(
                broken,
                got(
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n"
                                + "3\r\nabc\r\n0\r\n\r\n"));
        assertEquals(broken, got("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n"));
        assertEquals(broken, got("HTTP/1.1 100 Continue\r\n\r\n".repeat(6)));
        assertEquals(lost, got("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc"));
        assertEquals(lost, got(""));
    }

    @Test
    void nothingIsReadThatIsTooLarge() {
        String tooLarge = "TOO_LARGE answer is too large";
        assertEquals(tooLarge, got("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n"));
        assertEquals(
                tooLarge, got("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n"));
        byte[] line = "x-header: 0123456789\r\n".getBytes(StandardCharsets.ISO_8859_1);
        for (String start : List.of("HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\n\r\n")) {
            server.says((head, out) -> {
                out.write(start.getBytes(StandardCharsets.ISO_8859_1));
                while (true) {
                    out.write(line);
                }
            });
            HttpsException e = fails("www.x.example", server.port(), Duration.ofSeconds(20));
            assertEquals(HttpsException.Kind.TOO_LARGE, e.kind());
        }
    }

    /// The time is for all of it: a server that says an octet now and then gains nothing.
    @Test
    void aServerThatHangsOrDripsIsLeft() {
        server.says((head, out) -> server.awaitEnd());
        Duration whole = Duration.ofMillis(300);
        assertEquals(
                HttpsException.Kind.TIMED_OUT, fails("www.x.example", server.port(), whole).kind());
        server.says((head, out) -> {
            out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            while (true) {
                out.write('x');
                out.flush();
                java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
            }
        });
        assertEquals(
                HttpsException.Kind.TIMED_OUT, fails("www.x.example", server.port(), whole).kind());
    }

    @Test
    void onlyTheServerThatWasAskedForIsHeard() throws Exception {
        Duration whole = Duration.ofSeconds(20);
        HttpsException e = fails("www.y.example", server.port(), whole);
        assertEquals(HttpsException.Kind.CERTIFICATE, e.kind());
        assertEquals("certificate not verified: hostname mismatch", e.getMessage());
        assertEquals(
                HttpsException.Kind.UNREACHABLE,
                fails("nowhere.x.example", server.port(), whole).kind());
        WebServer.certificate(directory, "old", "DNS:www.x.example", -1);
        WebServer.certificate(directory, "common", "", 30);
        for (String name : List.of("old", "common")) {
            try (WebServer other = new WebServer(directory, name)) {
                other.says("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                String host = name.equals("old") ? "www.x.example" : "localhost";
                HttpsException why = fails(host, other.port(), whole);
                assertEquals(HttpsException.Kind.CERTIFICATE, why.kind());
                assertEquals(
                        "certificate not verified: "
                                + (name.equals("old")
                                        ? "certificate has expired"
                                        : "no name in subjectAltName"),
                        why.getMessage());
                assertEquals(List.of(), other.asked);
            }
        }
        int gone;
        try (WebServer other = new WebServer(directory, "good")) {
            gone = other.port();
        }
        assertEquals(HttpsException.Kind.UNREACHABLE, fails("www.x.example", gone, whole).kind());
        // Somebody's record may name such a one.
        for (int none : new int[] {0, 65_536, 99_999}) {
            assertEquals(
                    "UNREACHABLE no port " + none,
                    fails("www.x.example", none, whole).kind()
                            + " "
                            + fails("www.x.example", none, whole).getMessage());
        }
    }
}

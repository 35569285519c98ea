package org.postrider.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.master.Server;

/// TORTURE's cases about TLS, played over the socket.
@Tag("alone")
class TlsTortureTest {
    @TempDir Path temp;

    private static final class Trusting implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private static SSLContext context() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Trusting()}, null);
        return context;
    }

    private void key(String name) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "openssl is not installed");
        Process process =
                new ProcessBuilder(
                                "sh",
                                "-c",
                                "openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN="
                                        + name
                                        + " -keyout k -out c && cat k c >"
                                        + name
                                        + ".pem")
                        .directory(temp.toFile())
                        .redirectErrorStream(true)
                        .start();
        byte[] out = process.getInputStream().readAllBytes();
        assertEquals(0, process.waitFor(), new String(out, StandardCharsets.UTF_8));
    }

    private Place place(String... more) throws Exception {
        key("one");
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "smtpd_tls_security_level = may",
                                "smtpd_tls_chain_files = " + temp.resolve("one.pem"),
                                "smtpd_tls_loglevel = 1",
                                "smtpd_hard_error_limit = 100",
                                "smtpd_forbid_unauth_pipelining = no"));
        all.addAll(List.of(more));
        return Place.at(temp, 9, all.toArray(new String[0]));
    }

    /// A client in TLS: what is behind its plain socket.
    private record Secure(SSLSocket socket) implements AutoCloseable {
        static Secure over(Client c, String... protocols) throws Exception {
            SSLSocket s =
                    (SSLSocket)
                            context()
                                    .getSocketFactory()
                                    .createSocket(
                                            c.socket,
                                            "mx.torture.example",
                                            c.socket.getPort(),
                                            true);
            if (protocols.length > 0) {
                s.setEnabledProtocols(protocols);
            }
            s.setSoTimeout(120_000);
            return new Secure(s);
        }

        String hear() throws IOException {
            StringBuilder line = new StringBuilder();
            do {
                line.setLength(0);
                int c;
                while ((c = socket.getInputStream().read()) >= 0 && c != '\n') {
                    line.append((char) c);
                }
                if (c < 0) {
                    return "";
                }
            } while (line.length() > 3 && line.charAt(3) == '-');
            return line.toString().stripTrailing();
        }

        String say(String line) throws IOException {
            socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            return hear();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static Client started(Place p) throws IOException {
        Client c = new Client(p.port());
        Client.expect("220", c.hear());
        Client.expect("250", c.say("EHLO client.example"));
        Client.expect("220", c.say("STARTTLS"));
        return c;
    }

    /// Case 10: the tail of a plaintext command is read together with STARTTLS, and is in the
    /// server's own buffer when TLS begins.
    @Test
    void plaintextReadTogetherWithStarttlsIsForgotten() throws Exception {
        Place p = place("smtpd_forbid_unauth_pipelining = no");
        try (Server server = Server.start(p.conf())) {
            int secured = 0;
            for (String tail :
                    List.of(
                            "MAIL FROM:<evil@client.example>\r\n",
                            "EHLO evil.example\r\nMAIL FROM:<evil@client.example>\r\n",
                            "NOOP\r\n",
                            "MAIL FROM:<evil@cli")) {
                try (Client c = new Client(p.port())) {
                    Client.expect("220", c.hear());
                    Client.expect("250", c.say("EHLO client.example"));
                    c.send("STARTTLS\r\n" + tail);
                    Client.expect("220", c.hear());
                    try (Secure s = Secure.over(c)) {
                        s.socket().startHandshake();
                        // The first reply within TLS is to the first command within TLS.
                        Client.expect("503", s.say("RCPT TO:<b@n.example>"));
                        Client.expect("250", s.say("EHLO client.example"));
                        Client.expect("503", s.say("RCPT TO:<b@n.example>"));
                        Client.expect("221", s.say("QUIT"));
                        secured++;
                    }
                }
            }
            assertEquals(4, secured);
            // The log says what was dropped; nothing of it has become a name or a sender.
            assertTrue(!p.log().contains("=<evil"), p.log());
            p.greets();
            p.noPanic();
        }
    }

    /// Case 10: the tail of a plaintext command comes after the 220 and before the hello.
    @Test
    void plaintextBeforeTheHelloIsNeverExecuted() throws Exception {
        Place p = place("smtpd_starttls_timeout = 10s");
        try (Server server = Server.start(p.conf())) {
            Random random = new Random(10);
            int failed = 0;
            for (int i = 0; i < 200; i++) {
                boolean early = i % 2 == 0;
                try (Client c = new Client(p.port())) {
                    Client.expect("220", c.hear());
                    Client.expect("250", c.say("EHLO client.example"));
                    if (early) {
                        c.send("STARTTLS\r\n");
                        LockSupport.parkNanos(random.nextInt(2_000_000));
                        c.send("MAIL FROM:<evil@client.example>\r\n");
                        Client.expect("220", c.hear());
                    } else {
                        Client.expect("220", c.say("STARTTLS"));
                        c.send("MAIL FROM:<evil@client.example>\r\n");
                        LockSupport.parkNanos(random.nextInt(2_000_000));
                    }
                    try (Secure s = Secure.over(c)) {
                        s.socket().startHandshake();
                        Client.expect("503", s.say("RCPT TO:<b@n.example>"));
                        Client.expect("221", s.say("QUIT"));
                    } catch (IOException e) {
                        failed++;
                    }
                }
            }
            assertTrue(failed >= 100, failed + " failed");
            assertTrue(!p.log().contains("from=<evil"), p.log());
            p.greets();
            p.noPanic();
        }
    }

    /// Case 16.
    @Test
    void aClientThatRenegotiatesIsRefused() throws Exception {
        Place p = place();
        try (Server server = Server.start(p.conf())) {
            long before = cpuNanos();
            int again = 0;
            try (Client c = started(p);
                    Secure s = Secure.over(c, "TLSv1.2")) {
                s.socket().startHandshake();
                Client.expect("250", s.say("EHLO client.example"));
                for (int i = 0; i < 1_000; i++) {
                    s.socket().startHandshake();
                    again += s.say("NOOP").isEmpty() ? 0 : 1;
                }
            } catch (IOException e) {
                // refused
            }
            assertEquals(0, again);
            long spent = cpuNanos() - before;
            assertTrue(spent < 5_000_000_000L, spent + " ns of CPU, the client's included");
            p.greets();
            p.noPanic();
        }
    }

    private static long cpuNanos() {
        return ManagementFactory.getOperatingSystemMXBean()
                        instanceof com.sun.management.OperatingSystemMXBean os
                ? os.getProcessCpuTime()
                : 0;
    }

    /// Case 17.
    @Test
    void httpWithinTlsIsTurnedAway() throws Exception {
        Place p = place();
        try (Server server = Server.start(p.conf())) {
            for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
                try (Client c = started(p);
                        Secure s = Secure.over(c, protocol)) {
                    SSLParameters asking = s.socket().getSSLParameters();
                    asking.setApplicationProtocols(new String[] {"http/1.1"});
                    s.socket().setSSLParameters(asking);
                    s.socket().startHandshake();
                    assertEquals("", s.socket().getApplicationProtocol());
                    assertEquals(
                            "221 2.7.0 Error: I can break rules, too. Goodbye.",
                            s.say("GET / HTTP/1.1"));
                    assertEquals("", s.hear());
                }
            }
            p.noPanic();
        }
    }

    private static byte[] hello() throws Exception {
        SSLEngine engine = context().createSSLEngine("mx.torture.example", 25);
        engine.setUseClientMode(true);
        ByteBuffer out = ByteBuffer.allocate(20_000);
        engine.wrap(ByteBuffer.allocate(0), out);
        return Arrays.copyOf(out.array(), out.position());
    }

    /// Case 18: hellos that nothing follows, whole, cut or not begun.
    @Test
    void halfOpenHandshakesEndAndOthersAreServed() throws Exception {
        int many = Integer.getInteger("postrider.torture.halfopen", 500);
        Place p =
                place(
                        "smtpd_starttls_timeout = 3s",
                        "smtpd_client_connection_count_limit = 0",
                        "default_process_limit = 10000");
        byte[] hello = hello();
        List<Client> all = new ArrayList<>();
        try (Server server = Server.start(p.conf())) {
            for (int i = 0; i < many; i++) {
                Client c = started(p);
                c.send(Arrays.copyOf(hello, i % 3 == 0 ? hello.length : i % 3 == 1 ? 100 : 0));
                all.add(c);
            }
            long began = System.nanoTime();
            try (Client c = started(p);
                    Secure s = Secure.over(c)) {
                s.socket().startHandshake();
                Client.expect("250", s.say("EHLO client.example"));
                Client.expect("221", s.say("QUIT"));
            }
            long took = System.nanoTime() - began;
            assertTrue(took < 30_000_000_000L, took + " ns");
            for (Client c : all) {
                while (c.socket.getInputStream().read() >= 0) {
                    // a server hello, then the end
                }
                c.close();
            }
            Place.await("all are told of", () -> timedOut(p) == many);
            p.greets();
            p.noPanic();
        }
    }

    private static int timedOut(Place p) {
        try {
            return p.log().split("SSL_accept error from [^ ]*: Connection timed out", -1).length
                    - 1;
        } catch (IOException e) {
            return 0;
        }
    }

    /// Renewed files are served within seconds, and at once after a reload; an open session goes
    /// on.
    @Test
    void certificatesAreSwappedWithoutADroppedSession() throws Exception {
        Place p = place();
        try (Server server = Server.start(p.conf())) {
            try (Client c = started(p);
                    Secure open = Secure.over(c)) {
                assertEquals("CN=one", shown(open));
                Client.expect("250", open.say("EHLO client.example"));
                key("two");
                Path next = temp.resolve("two.pem");
                Files.move(next, temp.resolve("one.pem"), StandardCopyOption.REPLACE_EXISTING);
                Place.await("the new certificate", () -> served(p).equals("CN=two"));
                Files.writeString(temp.resolve("one.pem"), "broken");
                Place.await("a warning", () -> logged(p, "the former certificate stays in use"));
                assertEquals("CN=two", served(p));
                key("three");
                Files.copy(
                        temp.resolve("three.pem"),
                        temp.resolve("one.pem"),
                        StandardCopyOption.REPLACE_EXISTING);
                StringBuilder said = new StringBuilder();
                assertTrue(server.reload(said::append), said.toString());
                assertEquals("CN=three", served(p));
                Client.expect("250", open.say("MAIL FROM:<a@client.example>"));
                Client.expect("221", open.say("QUIT"));
            }
            p.noPanic();
        }
    }

    private static boolean logged(Place p, String text) {
        try {
            served(p);
            return p.log().contains(text);
        } catch (IOException e) {
            return false;
        }
    }

    private static String served(Place p) {
        try (Client c = started(p);
                Secure s = Secure.over(c)) {
            return shown(s);
        } catch (Exception e) {
            return String.valueOf(e);
        }
    }

    private static String shown(Secure s) throws IOException {
        X509Certificate c = (X509Certificate) s.socket().getSession().getPeerCertificates()[0];
        return c.getSubjectX500Principal().getName();
    }

    /// Any split of the client's records gives the same session.
    @Test
    void aHandshakeInSingleOctetsIsAHandshake() throws Exception {
        Place p = place();
        try (Server server = Server.start(p.conf());
                Client c = started(p)) {
            byte[] hello = hello();
            for (byte b : hello) {
                c.send(new byte[] {b});
            }
            assertEquals(22, c.socket.getInputStream().read(), "a server hello");
            p.noPanic();
        }
    }
}

package org.postrider.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.master.Server;

/// What the SMTP server has that Postfix 3.7 has not, or that needs a full server: no dialogue of
/// it can be filled.
class NewerSessionTest {
    @TempDir Path temp;

    /// smtpd_reject_filter_maps (3.11): the refusal said is another, the one logged is ours.
    @Test
    void aRefusalBecomesAnother() throws Exception {
        try (Sink sink = new Sink()) {
            Path table = Files.writeString(temp.resolve("filters"), FILTERS);
            Place p =
                    Place.at(
                            temp,
                            sink.port(),
                            "smtpd_reject_filter_maps = regexp:" + table,
                            "smtpd_reject_footer = \\c (filtered)");
            try (Server server = Server.start(p.conf());
                    Client c = new Client(p.port())) {
                Client.expect("220", c.hear());
                assertEquals("451 4.7.1 Come again (filtered)", c.say("FROB"));
                assertEquals("521 Go away (filtered)", c.say("DATA"));
                assertEquals("", c.hear());
                Place.await("the end", () -> logged(p, "disconnect from"));
            }
            try (Server server = Server.start(p.conf());
                    Client c = new Client(p.port())) {
                Client.expect("220", c.hear());
                assertEquals("501 Syntax: HELO hostname (filtered)", c.say("HELO"));
                Place.await("a warning", () -> logged(p, "bad reject response \"no reply\""));
                p.noPanic();
            }
        }
    }

    private static final String FILTERS =
            """
            /^500 5\\.5\\.2 / 451 4.7.1 Come again
            /need RCPT/ 521 Go away
            /HELO/ no reply
            """;

    /// smtpd_hide_client_session (3.10).
    @Test
    void receivedSaysNothingOfTheClient() throws Exception {
        try (Sink sink = new Sink()) {
            Place p = Place.at(temp, sink.port(), "smtpd_hide_client_session = yes");
            try (Server server = Server.start(p.conf());
                    Client c = new Client(p.port()).opened("a@n.example")) {
                Client.expect("250", c.say("Subject: x\r\n\r\ny\r\n."));
                Sink.Mail mail = sink.next(300);
                assertNotNull(mail);
                String content = java.util.Objects.requireNonNull(mail).content();
                assertTrue(
                        content.matches(
                                "(?s)Received: by mx\\.torture\\.example \\(Postfix\\) id"
                                        + " [0-9A-F]+\r\n"
                                        + "\tfor <a@n\\.example>; [^\r"
                                        + "]+\r\n"
                                        + "Subject:.*"),
                        content);
            }
        }
    }

    /// A service that is full says so once, and is brief with whom it then serves.
    @Test
    void aFullServiceIsStressed() throws Exception {
        try (Sink sink = new Sink()) {
            Place p =
                    Place.at(
                            temp,
                            sink.port(),
                            "smtpd_hard_error_limit = ${stress?{1}:{20}}",
                            "smtpd_error_sleep_time = 0");
            Path master = p.conf().resolve("master.cf");
            String lines = Files.readString(master);
            Files.writeString(master, lines.replace("n - n - 0 smtpd", "n - n - 2 smtpd"));
            try (Server server = Server.start(p.conf());
                    Client calm = new Client(p.port())) {
                Client.expect("220", calm.hear());
                try (Client stressed = new Client(p.port())) {
                    Client.expect("220", stressed.hear());
                    Client.expect("500", stressed.say("FROB"));
                    Client.expect("421", stressed.hear());
                }
                Client.expect("500", calm.say("FROB"));
                Client.expect("250", calm.say("NOOP"));
                String full = "has reached its process limit \"2\": new clients may";
                Place.await("a warning", () -> logged(p, full));
            }
        }
    }

    /// REQUIRETLS (RFC 8689): offered and taken within TLS only; such mail is not sent on without.
    @Test
    void requireTlsNeedsTlsAllTheWay() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "openssl is not installed");
        Path pem = certificate();
        try (Sink sink = new Sink()) {
            Place p =
                    Place.at(
                            temp,
                            sink.port(),
                            "smtpd_tls_security_level = may",
                            "smtpd_tls_chain_files = " + pem,
                            "relayhost = ",
                            "transport_maps = inline:{{n.example=smtp:[localhost]:"
                                    + sink.port()
                                    + "}}",
                            "smtp_requiretls_policy = enforce",
                            "smtp_host_lookup = native");
            try (Server server = Server.start(p.conf());
                    Client plain = new Client(p.port())) {
                Client.expect("220", plain.hear());
                Client.expect("250", plain.say("EHLO c.example"));
                String refused = plain.say("MAIL FROM:<a@c.example> REQUIRETLS");
                assertEquals("530 5.7.0 Must issue a STARTTLS command first", refused);
                secure(p);
                Place.await("a notice", () -> logged(p, "dsn=5.7.30, status=bounced"));
                Sink.Mail notice = sink.next(1);
                assertEquals(null, notice, "sent on without TLS");
                p.noPanic();
            }
        }
    }

    /// smtpd_tls_loglevel_maps and postscreen_tls_loglevel_maps (3.12).
    @Test
    void howMuchOfTlsIsLoggedDependsOnTheClient() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "openssl is not installed");
        String own = "inline:{{127.0.0=2} {unknown=dunno}}";
        for (String[] each :
                new String[][] {
                    // By the name, which is not looked up here, before the address.
                    {"smtpd", own, "setting up TLS connection from", "no"},
                    {"smtpd", "inline:{{127.0.0=2}}", "setting up TLS connection from", "yes"},
                    {"smtpd", "", "setting up TLS connection from", "no"},
                    {"postscreen", own, "TLS connection established from", "yes"},
                    {"postscreen", "inline:{{192.0.2=2}}", "TLS connection established", "no"}
                }) {
            Place p =
                    Place.at(
                            temp,
                            9,
                            "smtpd_tls_security_level = may",
                            "smtpd_tls_chain_files = " + certificate(),
                            "smtpd_tls_loglevel_maps = " + each[1],
                            "postscreen_access_list =",
                            "postscreen_greet_wait = 1s",
                            "postscreen_bare_newline_enable = yes");
            if (each[0].equals("postscreen")) {
                Path master = p.conf().resolve("master.cf");
                String lines = Files.readString(master);
                Files.writeString(
                        master,
                        lines.replace("n - n - 0 smtpd", "n - n - 1 postscreen")
                                + "smtpd pass - - n - - smtpd\n");
            }
            Files.deleteIfExists(temp.resolve("log"));
            try (Server server = Server.start(p.conf())) {
                handshake(p).close();
                Place.await("the end", () -> ended(p));
            }
            assertEquals(
                    each[3].equals("yes"), logged(p, each[2]), String.join(" ", each) + p.log());
        }
    }

    private static boolean ended(Place p) {
        return logged(p, "disconnect from") || logged(p, "DISCONNECT");
    }

    private static boolean logged(Place p, String text) {
        try {
            return p.log().contains(text);
        } catch (IOException e) {
            return false;
        }
    }

    /// A client within TLS.
    private static SSLSocket handshake(Place p) throws IOException, GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Trusting()}, null);
        Socket plain = new Socket(InetAddress.getLoopbackAddress(), p.port());
        plain.setSoTimeout(120_000);
        says(plain, null, "220");
        says(plain, "EHLO c.example", "250");
        says(plain, "STARTTLS", "220");
        SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(plain, "mx", p.port(), true);
        socket.startHandshake();
        return socket;
    }

    private static void secure(Place p) throws IOException, GeneralSecurityException {
        try (SSLSocket socket = handshake(p)) {
            String keywords = says(socket, "EHLO c.example", "250");
            assertTrue(keywords.contains("REQUIRETLS"), keywords);
            says(socket, "MAIL FROM:<a@c.example> REQUIRETLS", "250");
            says(socket, "RCPT TO:<b@n.example>", "250");
            says(socket, "DATA", "354");
            says(socket, "Subject: x\r\n\r\ny\r\n.", "250");
        }
    }

    /// Says a line and hears a whole reply.
    private static String says(
            Socket to, @org.jspecify.annotations.Nullable String line, String code)
            throws IOException {
        if (line != null) {
            to.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        }
        // One octet at a time: nothing of what follows, a handshake, may be taken.
        StringBuilder heard = new StringBuilder();
        String last;
        do {
            StringBuilder one = new StringBuilder();
            int c;
            while ((c = to.getInputStream().read()) >= 0 && c != '\n') {
                one.append((char) c);
            }
            last = one.toString();
            heard.append(last).append('\n');
        } while (last.length() > 3 && last.charAt(3) == '-');
        Client.expect(code, last);
        return heard.toString();
    }

    private Path certificate() throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                "sh",
                                "-c",
                                "cd '"
                                        + temp
                                        + "' && openssl req -x509 -newkey ec -pkeyopt"
                                        + " ec_paramgen_curve:P-256 -nodes -subj /CN=mx -days 2"
                                        + " -keyout k.pem -out c.pem && cat k.pem c.pem >both.pem")
                        .redirectErrorStream(true)
                        .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream()))) {
            String said = String.join("\n", out.lines().toList());
            assertEquals(0, process.waitFor(), said);
        }
        return temp.resolve("both.pem");
    }

    private static final class Trusting extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(
                X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

        @Override
        public void checkServerTrusted(
                X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}

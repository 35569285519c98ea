package org.postrider.command.login;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.command.Terminal;
import org.postrider.tls.TlsFixture;

/// The device-code dialogue (RFC 8628) with an authorization server over HTTPS.
class PostoauthTest {
    private static final String SECRET = "Marked-Client-1";
    private static final String BEGUN =
            "{\"device_code\":\"Marked-Device-2\",\"user_code\":\"ABCD-EFGH\",\"verification_uri\":"
                    + "\"https://login.example/device\",\"interval\":0,\"expires_in\":600}";

    @TempDir Path directory;

    private HttpsServer server;
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final Deque<String> answers = new ArrayDeque<>();

    @BeforeEach
    void serve() throws Exception {
        TlsFixture.openssl(
                directory,
                "req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=localhost -addext"
                        + " subjectAltName=DNS:localhost -keyout key.pem -out cert.pem");
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(TlsFixture.serving(directory)));
        server.createContext(
                "/",
                exchange -> {
                    asked.add(
                            exchange.getRequestURI()
                                    + " "
                                    + new String(
                                            exchange.getRequestBody().readAllBytes(),
                                            StandardCharsets.UTF_8));
                    byte[] body = answers.remove().getBytes(StandardCharsets.UTF_8);
                    int status =
                            new String(body, StandardCharsets.UTF_8).contains("error") ? 400 : 200;
                    exchange.sendResponseHeaders(status, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        server.start();
        Files.writeString(directory.resolve("secret"), SECRET + "\n");
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private String run(int status, String... more) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(said, true, StandardCharsets.ISO_8859_1);
        String base = "https://localhost:" + server.getAddress().getPort();
        List<String> words =
                new java.util.ArrayList<>(
                        List.of(
                                "-i",
                                "me",
                                "-k",
                                directory.resolve("secret").toString(),
                                "-u",
                                "user@example.com",
                                "-d",
                                base + "/device",
                                "-t",
                                base + "/token",
                                "-a",
                                directory.resolve("cert.pem").toString()));
        words.addAll(List.of(more));
        int ended =
                new Postoauth(new Terminal(new ByteArrayInputStream(new byte[0]), out, out, null))
                        .run(words.toArray(String[]::new));
        String text = said.toString(StandardCharsets.ISO_8859_1);
        assertEquals(status, ended, text);
        assertFalse(text.contains("Marked"), text);
        return text;
    }

    @Test
    void aUserWhoTypesTheCodeGetsATokenFile() throws IOException {
        Path file = directory.resolve("token");
        answers.add(BEGUN);
        answers.add("{\"error\":\"authorization_pending\"}");
        answers.add(
                "{\"access_token\":\"Marked-Access\",\"refresh_token\":\"Marked-Refresh\",\"expires_in\":3600}");
        String said = run(0, "google", file.toString());
        assertEquals(
                "postoauth: Open https://login.example/device in a browser, log in as"
                        + " user@example.com and type the code ABCD-EFGH\n"
                        + "postoauth: the token is in "
                        + file
                        + "\n",
                said);
        assertTrue(
                asked.getFirst().startsWith("/device client_id=me&scope=https"), asked.toString());
        assertTrue(
                asked.getLast()
                        .equals(
                                "/token grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code"
                                        + "&client_id=me&client_secret="
                                        + SECRET
                                        + "&device_code=Marked-Device-2"),
                asked.toString());
        String kept = Files.readString(file);
        for (String each : List.of("Marked-Access", "Marked-Refresh", "user@example.com", SECRET)) {
            assertTrue(kept.contains("\"" + each + "\""), kept);
        }
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }

    @Test
    void aUserWhoSaysNoGetsNone() {
        Path file = directory.resolve("token");
        answers.add(BEGUN);
        answers.add("{\"error\":\"access_denied\",\"error_description\":\"No, " + SECRET + "\"}");
        String said = run(1, "microsoft", file.toString());
        assertTrue(said.endsWith(": access_denied: No, [...]\n"), said);
        assertFalse(Files.exists(file));
        answers.add("{\"error\":\"invalid_client\"}");
        assertTrue(run(1, "other", file.toString()).endsWith(": invalid_client\n"));
    }

    @Test
    void whatIsMissingIsSaid() {
        assertTrue(run(1, "yahoo", "file").startsWith("usage: postoauth"));
        assertTrue(run(1, "google").startsWith("usage: postoauth"));
        answers.add("nonsense");
        assertTrue(run(1, "google", "file").contains("answered 200 with nothing"));
    }
}

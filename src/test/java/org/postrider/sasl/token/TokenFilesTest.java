package org.postrider.sasl.token;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.disk.FaultyDisk;
import org.postrider.io.Connector;
import org.postrider.io.Watchdog;
import org.postrider.sasl.ClientExchange;
import org.postrider.sasl.Credentials;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;
import org.postrider.tls.TlsFixture;

/// Token files in place, with an authorization server over HTTPS that answers, refuses, talks HTML,
/// talks for ever or says nothing.
class TokenFilesTest {
    private static final String REFRESH = "Marked-Refresh-1";
    private static final String SECRET = "Marked-Client-2";
    private static final List<String> SECRETS = List.of(REFRESH, SECRET, "Marked-Access-3");

    @TempDir Path directory;

    private HttpsServer server;
    private ExecutorService workers;
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<String> warnings = new CopyOnWriteArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private int status = 200;
    private String answer = "{\"access_token\":\"fresh\",\"expires_in\":3600}";
    private String type = "application/json";
    private String location = "";
    private boolean hangs;
    private long laterMillis;
    private final Watchdog watchdog = new Watchdog(Clock.system(), Supervisor.alone());
    private Clock clock = Clock.system();

    @BeforeEach
    void serve() throws Exception {
        TlsFixture.openssl(
                directory,
                "req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=localhost -addext"
                        + " subjectAltName=DNS:localhost -keyout key.pem -out cert.pem");
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(TlsFixture.serving(directory)));
        workers = Executors.newVirtualThreadPerTaskExecutor();
        server.setExecutor(workers);
        server.createContext(
                "/token",
                exchange -> {
                    asked.add(
                            new String(
                                    exchange.getRequestBody().readAllBytes(),
                                    StandardCharsets.UTF_8));
                    byte[] body = answer.getBytes(StandardCharsets.UTF_8);
                    exchange.getResponseHeaders().set("Content-Type", type);
                    if (!location.isEmpty()) {
                        exchange.getResponseHeaders().set("Location", location);
                    }
                    if (hangs) {
                        // A part of the answer, and no more.
                        exchange.sendResponseHeaders(status, 1000);
                        exchange.getResponseBody().write(body);
                        exchange.getResponseBody().flush();
                        awaitEnd();
                    }
                    exchange.sendResponseHeaders(status, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        server.start();
    }

    private void awaitEnd() {
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @AfterEach
    void stop() {
        over.countDown();
        server.stop(0);
        watchdog.close();
        workers.shutdownNow();
    }

    private TokenFiles tokens() throws IOException {
        Path config = directory.resolve("sasl-xoauth2.conf");
        Files.writeString(
                config,
                "{\"client_id\": \"me\", \"client_secret\": \""
                        + SECRET
                        + "\", \"token_endpoint\": \"https://localhost:"
                        + server.getAddress().getPort()
                        + "/token\", \"ca_bundle_file\": \""
                        + directory.resolve("cert.pem")
                        + "\", \"log_to_syslog_on_failure\": \"yes\"}");
        Clock shifted =
                new Clock() {
                    @Override
                    public long wallMillis() {
                        return clock.wallMillis() + laterMillis;
                    }

                    @Override
                    public long nanos() {
                        return clock.nanos() + laterMillis * 1_000_000;
                    }
                };
        return new TokenFiles(
                config,
                new TokenEndpoint(
                        Connector.sockets(watchdog), clock, Duration.ofSeconds(hangs ? 2 : 20)),
                shifted,
                warnings::add);
    }

    private String file(String more) throws IOException {
        Path file = directory.resolve("token");
        Files.writeString(
                file,
                "{\"access_token\":\"Marked-Access-3\",\"refresh_token\":\""
                        + REFRESH
                        + "\""
                        + more
                        + "}");
        return file.toString();
    }

    private String refused(String file) throws IOException {
        return refused(tokens(), file);
    }

    private static String refused(TokenFiles tokens, String file) {
        ClientExchange.NoToken e =
                assertThrows(ClientExchange.NoToken.class, () -> tokens.of(file, "user"));
        String text = String.valueOf(e.getMessage());
        for (String secret : SECRETS) {
            assertFalse(text.contains(secret), text);
        }
        return text;
    }

    @Test
    void aTokenThatHasTimeIsTakenAsItIs() throws Exception {
        long end = clock.wallMillis() / 1000 + 600;
        for (String expiry : List.of("\"" + end + "\"", Long.toString(end), end + ".0")) {
            Credentials who = tokens().of(file(",\"expiry\":" + expiry), "user");
            assertEquals("Marked-Access-3", who.secret());
            assertEquals("user", who.user());
            assertFalse(who.toString().contains("Marked"), who.toString());
        }
        Credentials named =
                tokens().of(file(",\"expiry\":" + end + ",\"user\":\"me@x.example\""), "user");
        assertEquals("me@x.example", named.user());
        assertEquals(List.of(), asked);
    }

    @Test
    void aTokenThatEndsIsFetchedAndWrittenBack() throws Exception {
        String file = file(",\"expiry\":\"1000\",\"user\":\"me@x.example\",\"odd\":[1]");
        answer = "{\"access_token\":\"fresh\",\"expires_in\":3600,\"refresh_token\":\"next\"}";
        TokenFiles tokens = tokens();
        assertEquals("fresh", tokens.of(file, "user").secret());
        assertEquals(
                List.of(
                        "grant_type=refresh_token&client_id=me&client_secret="
                                + SECRET
                                + "&refresh_token="
                                + REFRESH),
                asked);
        String kept = Files.readString(Path.of(file));
        assertTrue(
                kept.contains("\"refresh_token\":\"next\"") && kept.contains("\"odd\":[1]"), kept);
        assertEquals("fresh", tokens.of(file, "user").secret());
        assertEquals("fresh", tokens().of(file, "user").secret());
        assertEquals(1, asked.size());
        // Before it ends, not after.
        laterMillis = 3_550_000;
        answer = "{\"access_token\":\"later\",\"expires_in\":\"3600\"}";
        assertEquals("later", tokens.of(file, "user").secret());
        assertEquals(2, asked.size());
        assertEquals(List.of(), warnings);
    }

    @Test
    void aFileMaySayAllForItself() throws Exception {
        String file =
                file(",\"client_id\":\"other\",\"client_secret\":\"\",\"scope\":\"mail send\"");
        assertEquals("fresh", tokens().of(file, "user").secret());
        assertEquals(
                List.of(
                        "grant_type=refresh_token&client_id=other&refresh_token="
                                + REFRESH
                                + "&scope=mail+send"),
                asked);
    }

    @Test
    void clientCredentialsNeedNoRefreshToken() throws Exception {
        Path file = directory.resolve("credentials");
        Files.writeString(file, "{\"use_client_credentials\":\"yes\",\"scope\":\"s\"}");
        assertEquals("fresh", tokens().of(file.toString(), "user").secret());
        assertEquals(
                List.of(
                        "grant_type=client_credentials&client_id=me&client_secret="
                                + SECRET
                                + "&scope=s"),
                asked);
    }

    @Test
    void manyWhoAskMeanwhileGetTheOneThatWasFetched() throws Exception {
        String file = file("");
        TokenFiles tokens = tokens();
        try (ExecutorService many = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<String>> all = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                all.add(() -> tokens.of(file, "user").secret());
            }
            for (Future<String> each : many.invokeAll(all)) {
                assertEquals("fresh", each.get());
            }
        }
        assertEquals(1, asked.size());
    }

    @Test
    void aRefusalIsToldInTheEndpointsWords() throws Exception {
        status = 400;
        answer =
                "{\"error\":\"invalid_grant\",\"error_description\":\"Token has been expired or"
                        + " revoked. You said "
                        + REFRESH
                        + " and "
                        + SECRET
                        + "\"}";
        String file = file("");
        TokenFiles tokens = tokens();
        String text = refused(tokens, file);
        assertTrue(
                text.matches(
                        "token endpoint https://localhost:\\d+: invalid_grant: Token has been"
                                + " expired or revoked\\. You said \\[\\.\\.\\.\\] and"
                                + " \\[\\.\\.\\.\\]"),
                text);
        // Each mail that waits does not ask again.
        assertEquals(text, refused(tokens, file));
        assertEquals(1, asked.size());
        laterMillis = 31_000;
        status = 200;
        answer = "{\"access_token\":\"fresh\",\"expires_in\":3600}";
        assertEquals("fresh", tokens.of(file, "user").secret());
    }

    @Test
    void whatIsNoAnswerIsNone() throws Exception {
        type = "text/html";
        answer = "<html>" + SECRET + "</html>";
        assertTrue(refused(file("")).endsWith(": answered 200 with text/html"));
        type = "application/json";
        answer = "{}";
        assertTrue(refused(file("")).endsWith(": answered 200 without a token"));
        answer = "{\"access_token\":\"" + "x".repeat(100_000) + "\"}";
        assertTrue(refused(file("")).startsWith("token endpoint https://localhost:"));
        answer = "{\"access";
        hangs = true;
        long before = clock.nanos();
        assertTrue(refused(file("")).endsWith(": timed out"));
        assertTrue(clock.nanos() - before < 8_000_000_000L);
    }

    @Test
    void anEndpointThatIsNotVerifiedOrNotThereGetsNoSecret() throws Exception {
        String file = file(",\"ca_bundle_file\":\"\"");
        assertTrue(refused(file).contains("certificate not verified: self"), refused(file));
        file = file(",\"token_endpoint\":\"http://localhost/token\"");
        assertEquals("token endpoint http://localhost is not https", refused(file));
        assertEquals(List.of(), asked);
        server.stop(0);
        assertTrue(refused(file("")).endsWith(": Connection refused"));
    }

    /// A refresh token is for the end point that the administrator named and for no other.
    @Test
    void secretsGoNowhereElseThoughTheEndpointSaysSo() throws Exception {
        for (int code : new int[] {301, 302, 303, 307, 308}) {
            asked.clear();
            status = code;
            type = "text/html";
            answer = "moved";
            location = "/token/elsewhere";
            assertTrue(refused(file("")).endsWith(": answered " + code + " with text/html"));
            assertEquals(1, asked.size());
        }
    }

    @Test
    void whatIsWrittenBackIsItsOwnersAlone() throws Exception {
        String file = file(",\"expiry\":\"1000\"");
        Files.setPosixFilePermissions(Path.of(file), PosixFilePermissions.fromString("rw-r--r--"));
        assertEquals("fresh", tokens().of(file, "user").secret());
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(file))));
        assertFalse(Files.exists(Path.of(file + ".new")));
    }

    /// Whoever lost both tokens could not log in before somebody types a code again.
    @Test
    void aLossOfPowerLeavesTheOldTokenOrTheNewOneAndThenTheNewOne() throws Exception {
        Path file = Path.of("/tokens/user");
        Map<String, Object> first = Map.of("refresh_token", "r".repeat(2_000));
        Map<String, Object> next = Map.of("refresh_token", "s".repeat(2_000));
        FaultyDisk dry = new FaultyDisk();
        TokenFiles.write(dry, file, first);
        byte[] old = dry.octets(file);
        long begun = dry.calls();
        TokenFiles.write(dry, file, next);
        byte[] now = dry.octets(file);
        for (FaultyDisk.Fate fate : FaultyDisk.Fate.values()) {
            for (long at = begun; at <= dry.calls(); at++) {
                FaultyDisk disk = new FaultyDisk();
                TokenFiles.write(disk, file, first);
                disk.crashAt(at);
                boolean written = false;
                try {
                    TokenFiles.write(disk, file, next);
                    written = true;
                } catch (FaultyDisk.Crash e) {
                    // as asked
                }
                byte[] left = disk.afterCrash(fate, at).octets(file);
                assertTrue(
                        Arrays.equals(left, now) || !written && Arrays.equals(left, old),
                        fate + " at " + at);
            }
            assertArrayEquals(now, dry.afterCrash(fate, 1).octets(file), fate.toString());
        }
    }

    @Test
    void aTokenThatAServerDoesNotTakeIsReplaced() throws Exception {
        long end = clock.wallMillis() / 1000 + 600;
        String file = file(",\"expiry\":" + end);
        TokenFiles tokens = tokens();
        assertEquals("Marked-Access-3", tokens.of(file, "user").secret());
        tokens.refused(file);
        assertEquals("fresh", tokens.of(file, "user").secret());
        // One that is new and not taken either does not cost a fetch for each mail.
        tokens.refused(file);
        assertEquals("fresh", tokens.of(file, "user").secret());
        assertEquals(1, asked.size());
    }

    /// As sasl-xoauth2-tool writes it, which leaves the first fetch to the server.
    @Test
    void aFileThatTheAdministratorWritesAnewCounts() throws Exception {
        TokenFiles tokens = tokens();
        String file = file(",\"expiry\":\"1000\"");
        assertEquals("fresh", tokens.of(file, "user").secret());
        // The server's own token has time left, and the administrator wants another account.
        asked.clear();
        Files.writeString(
                Path.of(file),
                "{\"access_token\":\"\",\"expiry\":\"0\",\"refresh_token\":\"another\"}");
        answer = "{\"access_token\":\"anothers\",\"expires_in\":3600}";
        assertEquals("anothers", tokens.of(file, "user").secret());
        assertTrue(asked.getFirst().endsWith("&refresh_token=another"), asked.toString());
        assertTrue(Files.readString(Path.of(file)).contains("\"another\""));
        // One that the end point has refused is replaced: its failure is not remembered.
        laterMillis = 3_600_000;
        status = 400;
        answer = "{\"error\":\"invalid_grant\"}";
        refused(tokens, file);
        status = 200;
        answer = "{\"access_token\":\"third\",\"expires_in\":3600}";
        Files.writeString(
                Path.of(file),
                "{\"access_token\":\"\",\"expiry\":\"0\",\"refresh_token\":\"new\"}");
        assertEquals("third", tokens.of(file, "user").secret());
    }

    @Test
    void aFileThatCannotBeReadIsNamed() throws Exception {
        Path file = directory.resolve("none");
        assertEquals("read " + file + ": No such file or directory", refused(file.toString()));
        Files.writeString(file, "access_token = " + REFRESH);
        assertTrue(refused(file.toString()).endsWith(" is not JSON"));
        Files.writeString(file, "{\"access_token\":\"x\"}");
        assertEquals("the token has ended and there is no refresh_token", refused(file.toString()));
    }
}

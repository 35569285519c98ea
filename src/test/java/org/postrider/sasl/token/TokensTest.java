package org.postrider.sasl.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Date;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postrider.sasl.Base64Text;
import org.postrider.sasl.Channel;
import org.postrider.sasl.CyrusConfig;
import org.postrider.sasl.CyrusServer;
import org.postrider.sasl.Exchange;
import org.postrider.sasl.SecurityOption;
import org.postrider.sasl.Step;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// OAUTHBEARER and XOAUTH2 against an authorization server over HTTP, by introspection and by keys.
class TokensTest {
    private static final Clock CLOCK = Clock.system();

    private HttpServer server;
    private String base = "";
    private String keys = "";
    private int status = 200;
    private final Map<String, String> answers = new HashMap<>();

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/introspect",
                x -> {
                    String body =
                            new String(x.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
                    boolean known =
                            ("Basic "
                                            + Base64.getEncoder()
                                                    .encodeToString("mx:s%26cret".getBytes()))
                                    .equals(x.getRequestHeaders().getFirst("Authorization"));
                    String token = body.replaceFirst("token=([^&]*).*", "$1");
                    byte[] out =
                            answers.getOrDefault(token, "{\"active\":false}")
                                    .getBytes(StandardCharsets.UTF_8);
                    x.sendResponseHeaders(known ? status : 401, out.length);
                    x.getResponseBody().write(out);
                    x.close();
                });
        server.createContext(
                "/keys",
                x -> {
                    byte[] out = keys.getBytes(StandardCharsets.UTF_8);
                    x.sendResponseHeaders(status, out.length);
                    x.getResponseBody().write(out);
                    x.close();
                });
        server.start();
        base = "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private CyrusServer server(String... settings) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            values.put(settings[i], settings[i + 1]);
        }
        values.put("sasldb_path", "/nonexistent/sasldb2");
        return new CyrusServer(
                new CyrusConfig(Path.of("test.conf"), values),
                "smtp",
                "",
                "mx.example",
                null,
                (to, bind, millis) -> {
                    throw new IOException("not asked");
                },
                Supervisor.alone(),
                CLOCK);
    }

    private static final Channel CHANNEL =
            new Channel(
                    "127.0.0.1",
                    "127.0.0.2",
                    true,
                    null,
                    null,
                    null,
                    EnumSet.of(SecurityOption.NOANONYMOUS));

    private static String oauthbearer(String user, String token) {
        String text = "n,a=" + user + ",\1host=mx.example\1port=587\1auth=Bearer " + token + "\1\1";
        return Base64Text.encode(text);
    }

    /// The last step; a refused token is first explained, then acknowledged.
    private static Step bearer(CyrusServer s, String mechanism, String initial) throws IOException {
        Exchange x = s.begin(mechanism, CHANNEL);
        Step step = x.step(initial);
        if (step instanceof Step.Challenge c) {
            String said = new String(Base64Text.decode(c.text()), StandardCharsets.UTF_8);
            assertTrue(said.startsWith("{\"status\":"), said);
            step = x.step(Base64Text.encode("\1"));
        }
        return step;
    }

    private static @Nullable String user(Step step) {
        return step instanceof Step.Success s ? s.username() : null;
    }

    @Test
    void aTokenIsIntrospected() throws IOException {
        long soon = CLOCK.wallMillis() / 1000 + 60;
        CyrusServer s =
                server(
                        "oauth_introspection_url",
                        base + "/introspect",
                        "oauth_client_id",
                        "mx",
                        "oauth_client_secret",
                        "s&cret",
                        "oauth_issuer",
                        "https://id.example",
                        "oauth_audience",
                        "smtp",
                        "oauth_scope",
                        "mail.send");
        String good =
                "{\"active\":true,\"iss\":\"https://id.example\",\"aud\":[\"imap\",\"smtp\"],\"scope\":\"a"
                        + " mail.send\",\"email\":\"alice@example.org\",\"exp\":";
        answers.put("good", good + soon + "}");
        answers.put("old", good + (soon - 120) + "}");
        answers.put("other", good.replace("id.example", "evil.example") + soon + "}");
        answers.put("narrow", good.replace("mail.send", "mail.read") + soon + "}");
        answers.put("foreign", good.replace("\"smtp\"", "\"web\"") + soon + "}");
        answers.put("nameless", good.replace("email", "e-mail") + soon + "}");
        answers.put("broken", "<html>");
        assertTrue(s.mechanisms(CHANNEL).containsAll(Set.of("OAUTHBEARER", "XOAUTH2")));
        String alice = "alice@example.org";
        assertEquals(alice, user(bearer(s, "OAUTHBEARER", oauthbearer(alice, "good"))));
        assertEquals(alice, user(bearer(s, "OAUTHBEARER", oauthbearer("", "good"))));
        String xoauth2 = Base64Text.encode("user=" + alice + "\1auth=Bearer good\1\1");
        assertEquals(alice, user(bearer(s, "XOAUTH2", xoauth2)));
        Step other = bearer(s, "OAUTHBEARER", oauthbearer("bob@example.org", "good"));
        assertInstanceOf(Step.Failure.class, other);
        for (String bad :
                new String[] {"old", "other", "narrow", "foreign", "nameless", "unheard"}) {
            Step step = bearer(s, "OAUTHBEARER", oauthbearer(alice, bad));
            assertInstanceOf(Step.Failure.class, step, bad);
        }
        assertInstanceOf(
                Step.Unavailable.class, bearer(s, "OAUTHBEARER", oauthbearer(alice, "broken")));
        status = 503;
        assertInstanceOf(
                Step.Unavailable.class, bearer(s, "OAUTHBEARER", oauthbearer(alice, "good")));
        server.stop(0);
        assertInstanceOf(
                Step.Unavailable.class, bearer(s, "OAUTHBEARER", oauthbearer(alice, "good")));
    }

    /// An end point that says more than an answer, or an answer that never ends, fails the login
    /// for a time: neither memory nor the session is its.
    @Test
    void anEndpointThatTalksForEverIsLeft() throws IOException {
        CountDownLatch over = new CountDownLatch(1);
        for (int octets : new int[] {1 << 20, 10}) {
            String path = "/talks" + octets;
            server.createContext(
                    path,
                    x ->
                            Thread.ofVirtual()
                                    .start(() -> {
                                        try {
                                            x.sendResponseHeaders(200, 0);
                                            x.getResponseBody()
                                                    .write(
                                                            ("{\"active\":true,\"email\":\"a@b\",\"x\":\""
                                                                            + "x".repeat(octets))
                                                                    .getBytes());
                                            if (octets < 100) {
                                                x.getResponseBody().flush();
                                                over.await();
                                            }
                                            x.getResponseBody().write("\"}".getBytes());
                                            x.close();
                                        } catch (IOException | InterruptedException e) {
                                            // left
                                        }
                                    }));
            CyrusServer s = server("oauth_introspection_url", base + path, "oauth_timeout", "1");
            Step step = bearer(s, "OAUTHBEARER", oauthbearer("a@b", "good"));
            assertInstanceOf(Step.Unavailable.class, step, path);
        }
        over.countDown();
    }

    private static String signed(JWSAlgorithm algorithm, String id, JWSSigner signer, long seconds)
            throws Exception {
        JWTClaimsSet claims =
                new JWTClaimsSet.Builder()
                        .issuer("https://id.example")
                        .audience("smtp")
                        .subject("alice")
                        .expirationTime(new Date(CLOCK.wallMillis() + seconds * 1000))
                        .build();
        SignedJWT jwt = new SignedJWT(new JWSHeader.Builder(algorithm).keyID(id).build(), claims);
        jwt.sign(signer);
        return jwt.serialize();
    }

    @Test
    void aSignedTokenIsHeldAgainstTheIssuersKeys() throws Exception {
        RSAKey rsa = new RSAKeyGenerator(2048).keyID("r").generate();
        ECKey ec = new ECKeyGenerator(Curve.P_256).keyID("e").generate();
        RSAKey stranger = new RSAKeyGenerator(2048).keyID("r").generate();
        keys = new JWKSet(java.util.List.of(rsa, ec)).toPublicJWKSet().toString();
        CyrusServer s =
                server(
                        "oauth_jwks_url",
                        base + "/keys",
                        "oauth_issuer",
                        "https://id.example",
                        "oauth_audience",
                        "smtp",
                        "oauth_username_claim",
                        "sub");
        String good = signed(JWSAlgorithm.RS256, "r", new RSASSASigner(rsa), 60);
        assertEquals("alice", user(bearer(s, "OAUTHBEARER", oauthbearer("alice", good))));
        String curve = signed(JWSAlgorithm.ES256, "e", new ECDSASigner(ec), 60);
        assertEquals("alice", user(bearer(s, "OAUTHBEARER", oauthbearer("", curve))));
        String pss = signed(JWSAlgorithm.PS384, "r", new RSASSASigner(rsa), 60);
        assertEquals("alice", user(bearer(s, "OAUTHBEARER", oauthbearer("", pss))));
        String[] bad = {
            signed(JWSAlgorithm.RS256, "r", new RSASSASigner(rsa), -120),
            signed(JWSAlgorithm.RS256, "r", new RSASSASigner(stranger), 60),
            // the public key taken for a shared secret
            signed(JWSAlgorithm.HS256, "r", new MACSigner(rsa.toRSAPublicKey().getEncoded()), 60),
            new PlainJWT(SignedJWT.parse(good).getJWTClaimsSet()).serialize(),
            good.substring(0, good.length() - 4) + "AAAA",
            "no.token.atall"
        };
        for (String token : bad) {
            Step step = bearer(s, "OAUTHBEARER", oauthbearer("alice", token));
            assertInstanceOf(Step.Failure.class, step, token);
        }
        keys = "{";
        CyrusServer fresh = server("oauth_jwks_url", base + "/keys");
        assertInstanceOf(
                Step.Unavailable.class, bearer(fresh, "OAUTHBEARER", oauthbearer("alice", good)));
    }

    @Test
    void withoutAnEndPointThereIsNoSuchMechanism() throws IOException {
        CyrusServer s = server();
        assertTrue(s.mechanisms(CHANNEL).stream().noneMatch(m -> m.contains("OAUTH")));
        assertInstanceOf(
                Step.Failure.class, bearer(s, "OAUTHBEARER", oauthbearer("alice", "good")));
    }
}

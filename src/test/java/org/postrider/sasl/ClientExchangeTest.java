package org.postrider.sasl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// The client's half against the server's. What each says of real Cyrus is in clientauth.case and
/// sasl.case of src/test/twin.
class ClientExchangeTest {
    private static final byte[] END_POINT = "the digest of a certificate".getBytes();
    private static final byte[] EXPORTED = "keying material".getBytes();
    private static final String HIDDEN = "Hush/123";

    @TempDir Path directory;

    private CyrusServer server(String password) throws IOException {
        Path file = directory.resolve("db");
        Files.write(
                file,
                SaslDb.file(Map.of(new SaslDb.Entry("alice", "r", "userPassword"), password)));
        Map<String, String> settings = new HashMap<>();
        settings.put("sasldb_path", file.toString());
        settings.put(
                "mech_list",
                "SCRAM-SHA-256-PLUS SCRAM-SHA-1-PLUS SCRAM-SHA-256 SCRAM-SHA-1 DIGEST-MD5 NTLM"
                        + " CRAM-MD5 LOGIN PLAIN EXTERNAL");
        return new CyrusServer(
                new CyrusConfig(null, settings),
                "smtp",
                "r",
                "mx.example",
                null,
                (address, from, timeout) -> {
                    throw new IOException("nothing is asked");
                },
                Supervisor.alone(),
                Clock.system());
    }

    private static Channel serverSide(boolean tls) {
        return new Channel(
                "127.0.0.1;25",
                "127.0.0.2;99",
                tls,
                tls ? END_POINT : null,
                tls ? EXPORTED : null,
                tls ? "alice" : null,
                EnumSet.noneOf(SecurityOption.class));
    }

    private static ClientChannel clientSide(ClientChannel.@Nullable Binding binding) {
        return new ClientChannel("smtp", "mx.example", "hop.example", Set.of(), true, binding);
    }

    private static ClientExchange taken(
            String mechanism, String password, ClientChannel.@Nullable Binding binding) {
        Credentials who =
                new Credentials(
                        "alice",
                        new String(
                                password.getBytes(StandardCharsets.UTF_8),
                                StandardCharsets.ISO_8859_1),
                        false);
        ClientExchange.Choice.Taken choice =
                assertInstanceOf(
                        ClientExchange.Choice.Taken.class,
                        ClientExchange.choose(List.of(mechanism), who, clientSide(binding)));
        return choice.exchange();
    }

    /// What the server says at the end.
    private static Step play(ClientExchange client, Exchange server) throws IOException {
        String first = say(client.first());
        Step step = server.step(first.isEmpty() ? null : first);
        while (step instanceof Step.Challenge c) {
            step = server.step(say(client.next(c.text())));
        }
        return step;
    }

    private static String say(Response r) {
        return assertInstanceOf(Response.Say.class, r, r.toString()).text();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PLAIN",
                "LOGIN",
                "CRAM-MD5",
                "DIGEST-MD5",
                "NTLM",
                "SCRAM-SHA-1",
                "SCRAM-SHA-256"
            })
    void eachMechanismOfTheServersLetsTheClientIn(String mechanism) throws IOException {
        for (String password : List.of("pencil", "pä:ßword €", "a b\"c\\d,e=f", "x")) {
            ClientExchange client = taken(mechanism, password, null);
            Step end = play(client, server(password).begin(mechanism, serverSide(false)));
            assertEquals(new Step.Success("alice@r"), end, password);
            assertTrue(client.complete());
            Step wrong =
                    play(
                            taken(mechanism, "another", null),
                            server(password).begin(mechanism, serverSide(false)));
            assertInstanceOf(Step.Failure.class, wrong);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SCRAM-SHA-1-PLUS", "SCRAM-SHA-256-PLUS"})
    void aLoginIsBoundToItsConnection(String mechanism) throws IOException {
        Map<String, byte[]> right =
                Map.of("tls-server-end-point", END_POINT, "tls-exporter", EXPORTED);
        for (Map.Entry<String, byte[]> each : right.entrySet()) {
            ClientChannel.Binding binding =
                    new ClientChannel.Binding(each.getKey(), each.getValue());
            Exchange server = server("pencil").begin(mechanism, serverSide(true));
            assertEquals(
                    new Step.Success("alice@r"), play(taken(mechanism, "pencil", binding), server));
            ClientChannel.Binding other =
                    new ClientChannel.Binding(each.getKey(), "of somebody between".getBytes());
            server = server("pencil").begin(mechanism, serverSide(true));
            assertInstanceOf(Step.Failure.class, play(taken(mechanism, "pencil", other), server));
        }
    }

    /// RFC 5802 6: a server that could bind sees that its offer did not come through.
    @Test
    void anOfferThatWasTakenAwayIsNoticed() throws IOException {
        ClientExchange client =
                taken(
                        "SCRAM-SHA-256",
                        "pencil",
                        new ClientChannel.Binding("tls-exporter", EXPORTED));
        Step end =
                server("pencil").begin("SCRAM-SHA-256", serverSide(true)).step(say(client.first()));
        assertInstanceOf(Step.Failure.class, end);
    }

    /// RFC 5802 3, RFC 2831 2.1.3: a server that only seems to know the password is told apart.
    @ParameterizedTest
    @ValueSource(strings = {"SCRAM-SHA-1", "SCRAM-SHA-256", "DIGEST-MD5"})
    void aServerThatDoesNotKnowThePasswordIsNotBelieved(String mechanism) throws IOException {
        ClientExchange client = taken(mechanism, "pencil", null);
        Exchange server = server("pencil").begin(mechanism, serverSide(false));
        String first = say(client.first());
        Step step = server.step(first.isEmpty() ? null : first);
        while (step instanceof Step.Challenge c) {
            byte[] said = Base64Text.decode(c.text());
            String text = new String(said, StandardCharsets.ISO_8859_1);
            if (text.startsWith("v=") || text.startsWith("rspauth=")) {
                int at = text.indexOf('=') + 1;
                said[at] = (byte) (said[at] == '0' ? '1' : '0');
                assertInstanceOf(Response.Cannot.class, client.next(Base64Text.encode(said)), text);
                assertFalse(client.complete());
                return;
            }
            step = server.step(say(client.next(c.text())));
        }
        throw new AssertionError("the server proved nothing: " + step);
    }

    @Test
    void aCertificateSpeaksForItself() throws IOException {
        ClientExchange client = taken("EXTERNAL", "", null);
        assertEquals("", say(client.first()));
        Step end = server("x").begin("EXTERNAL", serverSide(true)).step("=");
        assertEquals(new Step.Success("alice@r"), end);
    }

    @Test
    void manyRoundsAreNotCounted() {
        ClientExchange client = taken("SCRAM-SHA-256", "pencil", null);
        String first = new String(Base64Text.decode(say(client.first())), StandardCharsets.UTF_8);
        String nonce = first.substring(first.indexOf("r=") + 2);
        assertInstanceOf(
                Response.Cannot.class,
                client.next(Base64Text.encode("r=" + nonce + "x,s=c2FsdA==,i=999999999")));
    }

    /// No server makes a client fall or say its password where the mechanism does not.
    @Test
    void challengesAtRandomAreAnsweredOrRefused() {
        Random random = new Random(11);
        for (String mechanism :
                List.of("PLAIN", "CRAM-MD5", "DIGEST-MD5", "NTLM", "SCRAM-SHA-1", "EXTERNAL")) {
            for (int i = 0; i < 2000; i++) {
                ClientExchange client = taken(mechanism, HIDDEN, null);
                String said = shown(client.first());
                for (int k = 0; k < 3; k++) {
                    said += shown(client.next(challenge(random)));
                }
                assertFalse(said.contains(HIDDEN) && !mechanism.equals("PLAIN"), mechanism + said);
                assertFalse(client.toString().contains(HIDDEN));
            }
        }
    }

    private static String shown(Response r) {
        return switch (r) {
            case Response.Say s ->
                    new String(Base64Text.decode(s.text()), StandardCharsets.ISO_8859_1);
            case Response.Cannot c -> c.toString();
        };
    }

    private static String challenge(Random random) {
        byte[] octets = new byte[random.nextInt(80)];
        random.nextBytes(octets);
        String text =
                switch (random.nextInt(5)) {
                    case 0 -> "nonce=\"x\",qop=\"auth\",algorithm=md5-sess";
                    case 1 -> "r=x,s=c2FsdA==,i=1";
                    case 2 -> "NTLMSSP\0\2\0\0\0" + new String(octets, StandardCharsets.ISO_8859_1);
                    default -> new String(octets, StandardCharsets.ISO_8859_1);
                };
        return random.nextInt(20) == 0
                ? "!" + text
                : Base64Text.encode(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}

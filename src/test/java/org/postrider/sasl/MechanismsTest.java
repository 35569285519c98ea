package org.postrider.sasl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.ongres.scram.common.ScramFunctions;
import com.ongres.scram.common.ScramMechanism;
import com.ongres.scram.common.StringPreparation;
import java.io.ByteArrayOutputStream;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// What no dialogue of real Postfix can show: channel binding, EXTERNAL, and octets at random.
class MechanismsTest {
    private static final byte[] END_POINT = "the digest of a certificate".getBytes();
    private static final byte[] EXPORTED = "keying material".getBytes();

    @TempDir Path directory;
    private CyrusServer server;

    @BeforeEach
    void users() throws IOException {
        Path file = directory.resolve("db");
        Files.write(
                file,
                SaslDb.file(
                        Map.of(
                                new SaslDb.Entry("alice", "r", "userPassword"),
                                "pencil",
                                new SaslDb.Entry("üser", "r", "userPassword"),
                                "Ⅸ\u00adx",
                                new SaslDb.Entry("a,b=c", "r", "userPassword"),
                                "comma",
                                new SaslDb.Entry("emoji", "r", "userPassword"),
                                "p\ud83d\ude00w",
                                new SaslDb.Entry("hebrew", "r", "userPassword"),
                                "\u05d01",
                                new SaslDb.Entry("tab", "r", "userPassword"),
                                "a\tb",
                                new SaslDb.Entry("nul", "r", "userPassword"),
                                "a\0b",
                                new SaslDb.Entry("none", "r", "userPassword"),
                                "")));
        server = server(Map.of("sasldb_path", file.toString(), "mech_list", ALL));
    }

    private static final String ALL =
            "PLAIN LOGIN CRAM-MD5 DIGEST-MD5 NTLM EXTERNAL SCRAM-SHA-1 SCRAM-SHA-256"
                    + " SCRAM-SHA-1-PLUS SCRAM-SHA-256-PLUS";

    private static CyrusServer server(Map<String, String> settings) {
        return new CyrusServer(
                new CyrusConfig(Path.of("test.conf"), settings),
                "smtp",
                "r",
                "mx.example",
                null,
                (to, bind, millis) -> {
                    throw new IOException("nobody listens");
                },
                Supervisor.alone(),
                Clock.system());
    }

    private static Channel channel(boolean tls, @Nullable String certificate) {
        return new Channel(
                "127.0.0.1",
                "127.0.0.2",
                tls,
                tls ? END_POINT : null,
                tls ? EXPORTED : null,
                certificate,
                EnumSet.of(SecurityOption.NOANONYMOUS));
    }

    private static final class Client {
        private final ScramMechanism functions;
        private final String gs2;
        private final byte[] binding;
        private final String user;
        private final String password;
        private String serverFinal = "";

        Client(String mechanism, String gs2, byte[] binding, String user, String password) {
            functions =
                    mechanism.contains("256")
                            ? ScramMechanism.SCRAM_SHA_256
                            : ScramMechanism.SCRAM_SHA_1;
            this.gs2 = gs2;
            this.binding = binding;
            this.user = user;
            this.password = password;
        }

        Step play(Exchange x) throws IOException {
            String bare = "n=" + user.replace("=", "=3D").replace(",", "=2C") + ",r=nonce";
            Step step = x.step(Base64Text.encode(gs2 + bare));
            if (!(step instanceof Step.Challenge first)) {
                return step;
            }
            String said = new String(Base64Text.decode(first.text()), StandardCharsets.US_ASCII);
            Map<String, String> f = new HashMap<>();
            for (String part : said.split(",")) {
                f.put(part.substring(0, 1), part.substring(2));
            }
            byte[] salted =
                    ScramFunctions.saltedPassword(
                            functions,
                            StringPreparation.SASL_PREPARATION,
                            password.toCharArray(),
                            Base64Text.decode(f.getOrDefault("s", "")),
                            Integer.parseInt(f.getOrDefault("i", "")));
            ByteArrayOutputStream bound = new ByteArrayOutputStream();
            bound.writeBytes(gs2.getBytes(StandardCharsets.UTF_8));
            bound.writeBytes(binding);
            String without = "c=" + Base64Text.encode(bound.toByteArray()) + ",r=" + f.get("r");
            String all = bare + "," + said + "," + without;
            byte[] key = ScramFunctions.clientKey(functions, salted);
            byte[] signature =
                    ScramFunctions.clientSignature(
                            functions, ScramFunctions.storedKey(functions, key), all);
            byte[] proof = ScramFunctions.clientProof(key, signature);
            step = x.step(Base64Text.encode(without + ",p=" + Base64Text.encode(proof)));
            if (!(step instanceof Step.Challenge last)) {
                return step;
            }
            serverFinal = new String(Base64Text.decode(last.text()), StandardCharsets.US_ASCII);
            byte[] wanted =
                    ScramFunctions.serverSignature(
                            functions, ScramFunctions.serverKey(functions, salted), all);
            assertEquals("v=" + Base64Text.encode(wanted), serverFinal);
            return x.step("");
        }
    }

    private Step scram(String mechanism, boolean tls, String gs2, byte[] binding)
            throws IOException {
        return new Client(mechanism, gs2, binding, "alice", "pencil")
                .play(server.begin(mechanism, channel(tls, null)));
    }

    @Test
    void aChannelIsBoundByEitherType() throws IOException {
        for (String mechanism : List.of("SCRAM-SHA-1-PLUS", "SCRAM-SHA-256-PLUS")) {
            for (Map.Entry<String, byte[]> e :
                    Map.of("tls-server-end-point", END_POINT, "tls-exporter", EXPORTED)
                            .entrySet()) {
                String gs2 = "p=" + e.getKey() + ",,";
                Step right = scram(mechanism, true, gs2, e.getValue());
                assertEquals("alice@r", assertInstanceOf(Step.Success.class, right).username());
                Step wrong = scram(mechanism, true, gs2, "another channel".getBytes());
                assertInstanceOf(Step.Failure.class, wrong);
            }
            Step unknown = scram(mechanism, true, "p=tls-unique,,", END_POINT);
            assertInstanceOf(Step.Failure.class, unknown);
            assertInstanceOf(Step.Failure.class, scram(mechanism, true, "n,,", new byte[0]));
            assertInstanceOf(
                    Step.Failure.class,
                    scram(mechanism, false, "p=tls-server-end-point,,", END_POINT));
        }
    }

    @Test
    void aClientThatWasKeptFromBindingIsRefused() throws IOException {
        assertInstanceOf(Step.Failure.class, scram("SCRAM-SHA-256", true, "y,,", new byte[0]));
        assertInstanceOf(Step.Success.class, scram("SCRAM-SHA-256", true, "n,,", new byte[0]));
        assertInstanceOf(Step.Success.class, scram("SCRAM-SHA-256", false, "y,,", new byte[0]));
    }

    @Test
    void plusIsOfferedWithinTlsOnly() {
        assertTrue(server.mechanisms(channel(true, null)).contains("SCRAM-SHA-256-PLUS"));
        assertTrue(
                server.mechanisms(channel(false, null)).stream()
                        .noneMatch(m -> m.endsWith("-PLUS")));
    }

    @Test
    void namesAndPasswordsArePreparedAndEscaped() throws IOException {
        for (Map.Entry<String, String> e : Map.of("üser", "IXx", "a,b=c", "comma").entrySet()) {
            Exchange x = server.begin("SCRAM-SHA-256", channel(false, null));
            Step step =
                    new Client("SCRAM-SHA-256", "n,,", new byte[0], e.getKey(), e.getValue())
                            .play(x);
            assertEquals(e.getKey() + "@r", assertInstanceOf(Step.Success.class, step).username());
        }
    }

    /// Review A24: users whose passwords SASLprep forbids are told from nobody by nothing.
    @Test
    void passwordsThatCannotBeMeantFailAsNobodysDo() throws IOException {
        for (String mechanism : List.of("SCRAM-SHA-1", "SCRAM-SHA-256")) {
            for (String user :
                    List.of(
                            "nobody", "alice", "emoji", "hebrew", "tab", "nul", "none",
                            "\u05d01")) {
                Exchange x = server.begin(mechanism, channel(false, null));
                Client client = new Client(mechanism, "n,,", new byte[0], user, "wrong");
                Step.Failure f = assertInstanceOf(Step.Failure.class, client.play(x), user);
                assertEquals("authentication failure", f.reason(), user);
                assertEquals("StoredKey mismatch", f.detail(), user);
                assertEquals(user + "@r", f.username());
                // The key that stood for such passwords once.
                Exchange y = server.begin(mechanism, channel(false, null));
                Client guess = new Client(mechanism, "n,,", new byte[0], user, "\u00a0");
                assertInstanceOf(Step.Failure.class, guess.play(y), user);
            }
        }
    }

    @Test
    void externalIsTheCertificatesName() throws IOException {
        String name = "carol@example.org";
        assertTrue(server.mechanisms(channel(true, name)).contains("EXTERNAL"));
        assertTrue(!server.mechanisms(channel(true, null)).contains("EXTERNAL"));
        for (String said : List.of("=", Base64Text.encode(name))) {
            Step step = server.begin("EXTERNAL", channel(true, name)).step(said);
            assertEquals(name, assertInstanceOf(Step.Success.class, step).username());
        }
        assertInstanceOf(
                Step.Failure.class,
                server.begin("EXTERNAL", channel(true, name)).step(Base64Text.encode("bob")));
        assertInstanceOf(
                Step.Failure.class, server.begin("EXTERNAL", channel(true, null)).step("="));
        CyrusServer unlisted = server(Map.of("sasldb_path", "/none"));
        assertTrue(!unlisted.mechanisms(channel(true, name)).contains("EXTERNAL"));
    }

    /// Octets at random, and what a good client says changed at random, only ever fail.
    @Test
    void octetsAtRandomOnlyFail() throws IOException {
        Random random = new Random(4);
        List<String> seeds =
                List.of(
                        "\0alice\0wrong",
                        "alice 0123456789abcdef0123456789abcdef",
                        "n,,n=alice,r=nonce",
                        "c=biws,r=nonce,p=AAAA",
                        "charset=utf-8,username=\"alice\",realm=\"r\",nonce=\"x\",nc=00000001,cnonce=\"y\","
                                + "digest-uri=\"smtp/x\",response=00,qop=auth",
                        "NTLMSSP\0\1\0\0\0\7\202\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
                        "NTLMSSP\0\3\0\0\0\20\0\20\0\100\0\0\0\20\0\20\0\100\0\0\0");
        int steps = 0;
        for (String mechanism : ALL.split(" ")) {
            for (int i = 0; i < 3000; i++) {
                try (Exchange x = server.begin(mechanism, channel(true, "carol"))) {
                    Step step = new Step.Challenge("");
                    for (int k = 0; k < 4 && step instanceof Step.Challenge; k++) {
                        boolean none = k == 0 && random.nextInt(3) == 0;
                        step = x.step(none ? null : Base64Text.encode(mutated(seeds, random)));
                        steps++;
                    }
                    boolean external = mechanism.equals("EXTERNAL");
                    assertTrue(
                            external || !(step instanceof Step.Success), mechanism + ": " + step);
                }
            }
        }
        System.out.println("sasl: " + steps + " steps at random");
    }

    private static byte[] mutated(List<String> seeds, Random random) {
        byte[] out = seeds.get(random.nextInt(seeds.size())).getBytes(StandardCharsets.ISO_8859_1);
        for (int i = random.nextInt(4); i > 0; i--) {
            out[random.nextInt(out.length)] = (byte) random.nextInt();
        }
        return random.nextInt(5) == 0
                ? java.util.Arrays.copyOf(out, random.nextInt(out.length))
                : out;
    }

    @Test
    void optionsAreWords() {
        assertEquals(
                Set.of(SecurityOption.NOPLAINTEXT, SecurityOption.MUTUAL_AUTH),
                SecurityOption.parse(List.of("noplaintext", "MUTUAL_AUTH"), "x"));
        org.junit.jupiter.api.Assertions.assertThrows(
                org.postrider.config.ConfigException.class,
                () -> SecurityOption.parse(List.of("nosuch"), "x"));
    }
}

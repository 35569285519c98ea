package org.postrider.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postrider.maps.Opening;
import org.postrider.maps.TableDirectory;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// Which certificate a client is shown: by name, and when files change.
class ServedKeysTest {
    @TempDir static Path keys;
    @TempDir Path temp;

    private final List<String> warnings = new ArrayList<>();

    /// It goes on when it is told to, however long the machine takes.
    private static final class Moved implements Clock {
        private final AtomicLong nanos = new AtomicLong(System.nanoTime());

        void seconds(int n) {
            nanos.addAndGet(n * 1_000_000_000L);
        }

        @Override
        public long wallMillis() {
            return System.currentTimeMillis();
        }

        @Override
        public long nanos() {
            return nanos.get();
        }
    }

    /// Generated once for all tests, as that is what takes long.
    private void made(String name, String key) throws Exception {
        Path once = keys.resolve(name + " " + key);
        if (!Files.exists(once.resolve("pem"))) {
            Files.createDirectories(once);
            TlsFixture.openssl(
                    once,
                    "req -x509 -newkey "
                            + key
                            + " -nodes -days 30 -subj /CN="
                            + name
                            + " -keyout key -out crt && cat key crt > pem");
        }
        for (String ending : List.of("key", "crt", "pem")) {
            Files.copy(once.resolve(ending), temp.resolve(name + "." + ending));
        }
    }

    private String file(String name) {
        return temp.resolve(name).toString();
    }

    private static String shown(SSLSocket client) throws IOException {
        X509Certificate c = (X509Certificate) client.getSession().getPeerCertificates()[0];
        return c.getSubjectX500Principal().getName();
    }

    private static void name(SSLSocket client, String octets) {
        SSLParameters parameters = client.getSSLParameters();
        byte[] name = octets.getBytes(StandardCharsets.ISO_8859_1);
        parameters.setServerNames(List.of(new SNIServerName(0, name) {}));
        client.setSSLParameters(parameters);
    }

    private void copy(String from, String to) throws IOException {
        Path next = temp.resolve("next");
        Files.copy(temp.resolve(from), next, StandardCopyOption.REPLACE_EXISTING);
        Files.move(next, temp.resolve(to), StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void newFilesAreServedAndOpenSessionsGoOn() throws Exception {
        made("one", "rsa:2048");
        made("two", "rsa:2048");
        copy("one.crt", "c");
        copy("one.key", "k");
        Moved clock = new Moved();
        TlsServer server =
                TlsServer.of(
                        TlsServerSettings.of(List.of(), List.of(file("c"), file("k")), ">=TLSv1"),
                        warnings::add,
                        clock);
        try (TlsFixture.Pair first = TlsFixture.connected(server, _ -> {})) {
            assertEquals("CN=one", shown(first.client()));
            copy("two.crt", "c");
            clock.seconds(2);
            // The certificate is there, its key is not yet.
            assertEquals("CN=one", served(server));
            assertEquals("CN=one", served(server));
            assertEquals(1, warnings.size(), warnings.toString());
            assertTrue(warnings.getFirst().startsWith(file("c")), warnings.toString());
            copy("two.key", "k");
            assertEquals("CN=one", served(server));
            clock.seconds(2);
            assertEquals("CN=two", served(server));
            Files.writeString(temp.resolve("c"), "no certificate");
            clock.seconds(2);
            assertEquals("CN=two", served(server));
            clock.seconds(2);
            assertEquals("CN=two", served(server));
            assertEquals(2, warnings.size(), warnings.toString());
            Files.delete(temp.resolve("k"));
            clock.seconds(2);
            assertEquals("CN=two", served(server));
            first.client().getOutputStream().write("still".getBytes(StandardCharsets.US_ASCII));
            byte[] heard = new byte[5];
            assertEquals(5, first.server().read(heard, 0, 5));
            first.server().write(heard, 0, 5);
            assertEquals("still", new String(first.client().getInputStream().readNBytes(5)));
        }
    }

    private static String served(TlsServer server) throws Exception {
        try (TlsFixture.Pair p = TlsFixture.connected(server, _ -> {})) {
            return shown(p.client());
        }
    }

    private TlsServer named(String table) {
        TableDirectory tables =
                new TableDirectory(
                        new Opening(Clock.system(), Supervisor.alone(), name -> "", warnings::add));
        return TlsServer.of(
                TlsServerSettings.of(List.of(file("one.pem")), List.of(), ">=TLSv1")
                        .with(tables.open(table)),
                warnings::add,
                Clock.system());
    }

    @ParameterizedTest
    @CsvSource({
        "a.example, CN=two",
        "A.Example, CN=two",
        "b.example, CN=three",
        "x.y.c.example, CN=two",
        "c.example, CN=one",
        "d.example, CN=one"
    })
    void aNameHasItsOwnCertificate(String asked, String shown) throws Exception {
        made("one", "rsa:2048");
        made("two", "rsa:2048");
        made("three", "ec -pkeyopt ec_paramgen_curve:prime256v1");
        String stored =
                Base64.getEncoder().encodeToString(Files.readAllBytes(temp.resolve("three.pem")));
        TlsServer server =
                named(
                        "inline:{ { a.example = "
                                + file("two.pem")
                                + " } { b.example = "
                                + stored
                                + " } { .c.example = "
                                + file("two.pem")
                                + " } }");
        SSLContext context = TlsFixture.trusting();
        for (String protocol : List.of("TLSv1.3", "TLSv1.2", "TLSv1.2")) {
            // The last one is resumed: its ticket leaves the JDK's handshake session null.
            try (TlsFixture.Pair p =
                    TlsFixture.connected(
                            server,
                            context,
                            s -> {
                                s.setEnabledProtocols(new String[] {protocol});
                                name(s, asked);
                            })) {
                assertEquals(shown, shown(p.client()));
                p.server().write(new byte[] {1}, 0, 1);
                assertEquals(1, p.client().getInputStream().read());
            }
        }
    }

    /// TORTURE 15.
    @Test
    void hostileNamesGetTheDefaultOrFailAlone() throws Exception {
        made("one", "rsa:2048");
        made("two", "rsa:2048");
        TlsServer server = named("inline:{ { a.example = " + file("two.pem") + " } }");
        int served = 0;
        int failed = 0;
        for (String name :
                List.of(
                        "a".repeat(255),
                        "a.".repeat(127) + "a",
                        "a".repeat(63) + ".example",
                        "a\\b.example",
                        "/../../etc/passwd",
                        "..",
                        "a.example\0.evil",
                        "\0",
                        "b\u00c3\u00bccher.example",
                        "-a.example",
                        "a..example",
                        "a.example.",
                        "%s%n.example",
                        "a.example\r\nX: y")) {
            for (String protocol : List.of("TLSv1.3", "TLSv1.2")) {
                try (TlsFixture.Pair p =
                        TlsFixture.connected(
                                server,
                                s -> {
                                    s.setEnabledProtocols(new String[] {protocol});
                                    name(s, name);
                                })) {
                    assertEquals("CN=one", shown(p.client()), name);
                    served++;
                } catch (IOException e) {
                    failed++;
                }
            }
        }
        assertEquals(28, served + failed);
        assertTrue(served >= 4, served + " served");
        assertEquals("CN=one", served(server));
    }

    @Test
    void aTableThatCannotAnswerEndsTheHandshake() throws Exception {
        made("one", "rsa:2048");
        TlsServer server = named("fail:x");
        assertThrows(
                IOException.class,
                () -> TlsFixture.connected(server, s -> name(s, "a.example")).close());
    }

    /// What the log says of key exchange and signature is what openssl sees at the other end.
    @ParameterizedTest
    @CsvSource({
        "rsa:2048, '', RSA-PSS",
        "rsa:3072, -sigalgs rsa_pss_rsae_sha512:rsa_pss_rsae_sha384, RSA-PSS",
        "ec -pkeyopt ec_paramgen_curve:prime256v1, '', ECDSA",
        "ec -pkeyopt ec_paramgen_curve:secp384r1, -groups P-384, ECDSA",
        "rsa:2048, -groups P-256:X25519, RSA-PSS",
        "rsa:2048, -groups ffdhe2048, RSA-PSS",
    })
    void whatIsDerivedIsWhatOpensslSees(String key, String options, String kind) throws Exception {
        made("one", key);
        TlsServer server =
                TlsServer.of(
                        TlsServerSettings.of(List.of(file("one.pem")), List.of(), ">=TLSv1.3"),
                        warnings::add,
                        Clock.system());
        TlsFixture.Seen seen = TlsFixture.openssl(temp, server, options);
        String derived = seen.server().exchange();
        assertTrue(derived.contains("server-signature " + kind), derived);
        assertTrue(seen.client().contains("Peer signature type: " + kind), seen.client());
        String digest = between(seen.client(), "Peer signing digest: ");
        assertTrue(derived.endsWith(" server-digest " + digest), derived + " not " + digest);
        String group = between(seen.client(), "Server Temp Key: ");
        String ours = derived.substring("key-exchange ".length());
        boolean same =
                group.startsWith("X25519")
                        ? ours.startsWith("X25519 ")
                        : group.startsWith("DH")
                                ? ours.startsWith("DHE (" + group.split(", ")[1] + ") ")
                                : ours.startsWith("ECDHE (" + group.split(", ")[1] + ") ");
        assertTrue(same, derived + " not " + group);
    }

    private static String between(String text, String label) {
        int at = text.indexOf(label);
        assertTrue(at >= 0, label + text);
        return text.substring(at + label.length(), text.indexOf('\n', at)).strip();
    }
}

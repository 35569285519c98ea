package org.postrider.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postrider.config.ConfigException;
import org.postrider.io.SocketConnection;
import org.postrider.io.Watchdog;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// Keys of every PEM form, handshakes with the JDK's own client, and peers that send rubbish.
class TlsServerTest {
    @TempDir Path temp;

    private void openssl(String arguments) throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "openssl is not installed");
        Process process =
                new ProcessBuilder("sh", "-c", "cd '" + temp + "' && openssl " + arguments)
                        .redirectErrorStream(true)
                        .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), out);
    }

    private static SSLContext trusting() throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Trusting()}, null);
        return context;
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

    /// What the peer of a server sees that echoes 300,000 octets.
    private static String echoed(TlsServer server, String... protocols)
            throws IOException, GeneralSecurityException {
        try (Watchdog watchdog = new Watchdog(Clock.system(), Supervisor.alone());
                ServerSocketChannel listening = ServerSocketChannel.open()) {
            listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            CompletableFuture<String> spoken = new CompletableFuture<>();
            Thread.ofVirtual()
                    .start(() -> {
                        try (TlsConnection c =
                                server.accept(
                                        new SocketConnection(listening.accept(), watchdog),
                                        20_000)) {
                            byte[] buffer = new byte[10_000];
                            int all = 0;
                            while (all < 300_000) {
                                int n = c.read(buffer, 0, buffer.length);
                                c.write(buffer, 0, n);
                                all += n;
                            }
                            spoken.complete(c.protocol() + " " + c.cipher() + " " + c.bits());
                        } catch (IOException | RuntimeException e) {
                            spoken.completeExceptionally(e);
                        }
                    });
            InetSocketAddress at = (InetSocketAddress) listening.getLocalAddress();
            try (SSLSocket client =
                    (SSLSocket)
                            trusting()
                                    .getSocketFactory()
                                    .createSocket(at.getAddress(), at.getPort())) {
                if (protocols.length > 0) {
                    client.setEnabledProtocols(protocols);
                }
                client.setSoTimeout(120_000);
                byte[] sent = new byte[300_000];
                new Random(1).nextBytes(sent);
                Thread writer =
                        Thread.ofVirtual()
                                .start(() -> {
                                    try {
                                        client.getOutputStream().write(sent);
                                    } catch (IOException e) {
                                        spoken.completeExceptionally(e);
                                    }
                                });
                byte[] back = client.getInputStream().readNBytes(sent.length);
                writer.join();
                assertTrue(java.util.Arrays.equals(sent, back));
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            return spoken.join();
        }
    }

    private static final String CERTIFICATE = " -subj /CN=mx -days 30 -nodes ";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pkcs8 rsa | req -x509 -newkey rsa:2048 -keyout k -out c",
                "pkcs1 rsa | genrsa -traditional -out k 2048 && openssl req -x509 -key k -out c",
                "sec1 p256 | ecparam -name prime256v1 -genkey -noout -out k && openssl req -x509"
                        + " -key k -out c",
                "pkcs8 p384 | req -x509 -newkey ec -pkeyopt ec_paramgen_curve:secp384r1 -keyout k"
                        + " -out c",
                "ed25519 | req -x509 -newkey ed25519 -keyout k -out c"
            })
    void keysOfEachFormServe(String form, String command) throws Exception {
        openssl(command + CERTIFICATE);
        List<String> pair = List.of(temp.resolve("c").toString(), temp.resolve("k").toString());
        TlsServer server = TlsFixture.server(pair, ">=TLSv1");
        assertTrue(echoed(server).startsWith("TLSv1.3 TLS_"), form);
        Files.writeString(
                temp.resolve("both"),
                Files.readString(temp.resolve("k")) + Files.readString(temp.resolve("c")));
        TlsServer chained =
                TlsServer.of(
                        TlsServerSettings.of(
                                List.of(temp.resolve("both").toString()), List.of(), "TLSv1.2"),
                        TlsFixture.UNHEARD,
                        Clock.system());
        assertTrue(echoed(chained).startsWith("TLSv1.2 ECDHE-"), form);
    }

    @Test
    void protocolListsAreRead() {
        assertEquals(
                List.of("TLSv1.2", "TLSv1.3"), List.of(Protocols.spoken(List.of(">=TLSv1"), "p")));
        assertEquals(
                List.of("TLSv1.3"), List.of(Protocols.spoken(List.of("!SSLv2", "!TLSv1.2"), "p")));
        assertEquals(
                List.of("TLSv1.2"),
                List.of(Protocols.spoken(List.of(">=TLSv1.1", "<=TLSv1.2"), "p")));
        assertThrows(ConfigException.class, () -> Protocols.spoken(List.of("TLSv1"), "p"));
        assertThrows(ConfigException.class, () -> Protocols.spoken(List.of("nonsense"), "p"));
    }

    @Test
    void ciphersHaveTheirUsualNames() {
        assertEquals("TLS_AES_256_GCM_SHA384", TlsConnection.openssl("TLS_AES_256_GCM_SHA384"));
        assertEquals(
                "ECDHE-RSA-AES256-GCM-SHA384",
                TlsConnection.openssl("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"));
        assertEquals(
                "ECDHE-ECDSA-CHACHA20-POLY1305",
                TlsConnection.openssl("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"));
    }

    @Test
    void filesThatCannotBeUsedAreNamed() throws Exception {
        openssl("req -x509 -newkey rsa:2048 -keyout k -out c" + CERTIFICATE);
        openssl("ecparam -name prime256v1 -genkey -noout -out other");
        Files.writeString(temp.resolve("junk"), "-----BEGIN PRIVATE KEY-----\n!!\n");
        String c = temp.resolve("c").toString();
        for (List<String> pair :
                List.of(
                        List.of(c, temp.resolve("none").toString()),
                        List.of(c, temp.resolve("junk").toString()),
                        List.of(c, temp.resolve("other").toString()),
                        List.of(temp.resolve("k").toString(), temp.resolve("k").toString()),
                        List.of("", ""))) {
            ConfigException e =
                    assertThrows(ConfigException.class, () -> TlsFixture.server(pair, ">=TLSv1"));
            boolean named = String.valueOf(e.getMessage()).contains(temp.toString());
            assertTrue(named || pair.getFirst().isEmpty(), e.getMessage());
        }
    }

    /// A whole record that is shorter than the head of a message.
    @Test
    void aRecordThatIsTooShortForAMessageIsNoHello() {
        for (int octets = 0; octets < 4; octets++) {
            byte[] record = new byte[5 + octets];
            record[0] = 22;
            record[1] = 3;
            record[4] = (byte) octets;
            ByteBuffer sent = ByteBuffer.wrap(record);
            assertEquals(HelloReader.Client.SILENT, HelloReader.client(sent));
            assertNull(HelloReader.server(sent));
        }
    }

    @Test
    void rubbishInPlaceOfAHandshakeFailsAndNothingElse() throws Exception {
        openssl("req -x509 -newkey rsa:2048 -keyout k -out c" + CERTIFICATE);
        List<String> pair = List.of(temp.resolve("c").toString(), temp.resolve("k").toString());
        TlsServer server = TlsFixture.server(pair, ">=TLSv1");
        int failed = 0;
        try (Watchdog watchdog = new Watchdog(Clock.system(), Supervisor.alone());
                ServerSocketChannel listening = ServerSocketChannel.open()) {
            listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            InetSocketAddress at = (InetSocketAddress) listening.getLocalAddress();
            for (int i = 0; i < 300; i++) {
                Random random = new Random(i);
                byte[] rubbish = new byte[random.nextInt(1, 3_000)];
                random.nextBytes(rubbish);
                if (i % 2 == 0) {
                    rubbish[0] = 22;
                }
                if (i < 4) {
                    // Whole, and shorter than the head of a message.
                    rubbish = Arrays.copyOf(new byte[] {22, 3, 1, 0, (byte) i}, 5 + i);
                }
                try (Socket client = new Socket(at.getAddress(), at.getPort())) {
                    client.getOutputStream().write(rubbish);
                    client.shutdownOutput();
                    SocketConnection plain = new SocketConnection(listening.accept(), watchdog);
                    try {
                        server.accept(plain, 5_000);
                    } catch (IOException e) {
                        failed++;
                    } finally {
                        plain.close();
                    }
                }
            }
        }
        assertEquals(300, failed);
        assertTrue(echoed(server).startsWith("TLSv1.3"));
    }
}

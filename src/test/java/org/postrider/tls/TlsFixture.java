package org.postrider.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.postrider.io.SocketConnection;
import org.postrider.io.Watchdog;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// A server's and a client's end of one TLS connection, and keys made by openssl.
public final class TlsFixture {
    /// No warning is expected.
    static final Consumer<String> UNHEARD =
            text -> {
                throw new AssertionError(text);
            };

    private TlsFixture() {}

    static TlsServer server(List<String> pairs, String protocols) {
        return TlsServer.of(
                TlsServerSettings.of(List.of(), pairs, protocols), UNHEARD, Clock.system());
    }

    public static void openssl(Path directory, String arguments)
            throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "openssl is not installed");
        Process process =
                new ProcessBuilder("sh", "-c", "cd '" + directory + "' && openssl " + arguments)
                        .redirectErrorStream(true)
                        .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), out);
    }

    /// A server whose key and certificate are `key.pem` and `cert.pem` of a directory; made there
    /// for `mx.hop.example` where they are not yet.
    public static SSLContext serving(Path directory) throws Exception {
        if (!Files.exists(directory.resolve("cert.pem"))) {
            openssl(
                    directory,
                    "req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=mx.hop.example"
                            + " -keyout key.pem -out cert.pem");
        }
        return serving(directory, "cert.pem", "key.pem");
    }

    /// A server with the chain `NAME.pem` and the key `NAME.key`; it believes every certificate.
    public static SSLContext serving(Path directory, String name) throws Exception {
        return serving(directory, name + ".pem", name + ".key");
    }

    private static SSLContext serving(Path directory, String chain, String key) throws Exception {
        openssl(
                directory,
                "pkcs12 -export -in "
                        + chain
                        + " -inkey "
                        + key
                        + " -passout pass:secret -out keys.p12");
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(directory.resolve("keys.p12"))) {
            store.load(in, "secret".toCharArray());
        }
        KeyManagerFactory keys =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, "secret".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), new TrustManager[] {new Trusting()}, null);
        return context;
    }

    /// A client that believes every certificate, with keys of its own or none.
    static SSLContext trusting(KeyManager @Nullable ... keys) throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, new TrustManager[] {new Trusting()}, null);
        return context;
    }

    record Pair(
            TlsConnection server,
            SSLSocket client,
            Watchdog watchdog,
            ServerSocketChannel listening)
            implements AutoCloseable {
        @Override
        public void close() throws IOException {
            server.close();
            client.close();
            watchdog.close();
            listening.close();
        }
    }

    static Pair connected(TlsServer server, Consumer<SSLSocket> asking)
            throws IOException, GeneralSecurityException {
        return connected(server, trusting(), asking);
    }

    /// @throws IOException where either end's handshake fails
    static Pair connected(TlsServer server, SSLContext context, Consumer<SSLSocket> asking)
            throws IOException {
        Watchdog watchdog = new Watchdog(Clock.system(), Supervisor.alone());
        ServerSocketChannel listening = ServerSocketChannel.open();
        listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        CompletableFuture<TlsConnection> accepted = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        SocketConnection plain = new SocketConnection(listening.accept(), watchdog);
                        try {
                            accepted.complete(server.accept(plain, 20_000));
                        } catch (IOException | RuntimeException e) {
                            plain.close();
                            accepted.completeExceptionally(e);
                        }
                    } catch (IOException e) {
                        accepted.completeExceptionally(e);
                    }
                });
        InetSocketAddress at = (InetSocketAddress) listening.getLocalAddress();
        SSLSocket client =
                (SSLSocket) context.getSocketFactory().createSocket(at.getAddress(), at.getPort());
        client.setSoTimeout(120_000);
        asking.accept(client);
        try {
            client.startHandshake();
            return new Pair(accepted.join(), client, watchdog, listening);
        } catch (IOException | CompletionException e) {
            client.close();
            watchdog.close();
            listening.close();
            throw e instanceof IOException io ? io : new IOException(e.getCause());
        }
    }

    /// @param client what openssl printed
    record Seen(TlsConnection server, String client) {}

    /// A handshake with `openssl s_client`.
    static Seen openssl(Path directory, TlsServer server, String options) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "openssl is not installed");
        try (Watchdog watchdog = new Watchdog(Clock.system(), Supervisor.alone());
                ServerSocketChannel listening = ServerSocketChannel.open()) {
            listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            int port = ((InetSocketAddress) listening.getLocalAddress()).getPort();
            Process process =
                    new ProcessBuilder(
                                    "sh",
                                    "-c",
                                    "exec openssl s_client -connect 127.0.0.1:"
                                            + port
                                            + " "
                                            + options
                                            + " </dev/null")
                            .directory(directory.toFile())
                            .redirectErrorStream(true)
                            .start();
            SocketConnection plain = new SocketConnection(listening.accept(), watchdog);
            try (TlsConnection accepted = server.accept(plain, 20_000)) {
                String out =
                        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                process.waitFor();
                return new Seen(accepted, out);
            }
        }
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
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}

package org.postrider.https;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.postrider.tls.TlsFixture;

/// An HTTPS server that says what a test has it say, octet for octet, on a loopback port.
public final class WebServer implements AutoCloseable {
    /// The heads of the requests that came.
    public final List<String> asked = new CopyOnWriteArrayList<>();

    /// The bodies of those that had one.
    public final List<byte[]> bodies = new CopyOnWriteArrayList<>();

    private final SSLServerSocket listening;
    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread accepting;
    private volatile Says says = (head, out) -> {};

    /// What is said to one request, before the connection ends.
    public interface Says {
        void say(String head, OutputStream out) throws IOException, InterruptedException;
    }

    /// @param name of the chain `NAME.pem` and the key `NAME.key`
    public WebServer(Path directory, String name) throws Exception {
        listening =
                (SSLServerSocket)
                        TlsFixture.serving(directory, name)
                                .getServerSocketFactory()
                                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        accepting = Thread.ofVirtual().start(this::accept);
    }

    /// Makes an authority `ca.pem` in a directory.
    public static void authority(Path directory) throws Exception {
        TlsFixture.openssl(
                directory,
                "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj"
                        + " /CN=authority -keyout ca.key -out ca.pem");
    }

    /// Makes `NAME.pem` and `NAME.key`, which the authority vouches for.
    ///
    /// @param names as subjectAltName has them, `DNS:mta-sts.x.example`; empty for none
    /// @param days that it is good for; negative for one that has ended
    public static void certificate(Path directory, String name, String names, int days)
            throws Exception {
        TlsFixture.openssl(
                directory,
                "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost"
                        + " -keyout "
                        + name
                        + ".key -out request.pem && printf '"
                        + (names.isEmpty()
                                ? "basicConstraints=CA:FALSE"
                                : "subjectAltName=" + names)
                        + "' > names.txt && openssl x509 -req -in request.pem -CA ca.pem -CAkey"
                        + " ca.key -extfile names.txt -days "
                        + days
                        + " -out "
                        + name
                        + ".pem");
    }

    public void says(Says what) {
        says = what;
    }

    /// From now on answers with this text.
    public void says(String text) {
        says = (head, out) -> out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /// For a script: until the test ends.
    public void awaitEnd() throws InterruptedException {
        over.await();
    }

    public int port() {
        return listening.getLocalPort();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                SSLSocket socket = (SSLSocket) listening.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(SSLSocket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            StringBuilder head = new StringBuilder();
            while (!head.toString().endsWith("\r\n\r\n")) {
                int c = in.read();
                if (c < 0) {
                    return;
                }
                head.append((char) c);
            }
            java.util.regex.Matcher length =
                    java.util.regex.Pattern.compile("(?i)\r\nContent-Length: *([0-9]+)\r\n")
                            .matcher(head);
            if (length.find()) {
                bodies.add(in.readNBytes(Integer.parseInt(length.group(1))));
            }
            asked.add(head.toString());
            says.say(head.toString(), socket.getOutputStream());
            socket.getOutputStream().flush();
        } catch (IOException e) {
            // The client hung up, as it may.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        over.countDown();
        listening.close();
        // The port is free only when nobody waits at it any more.
        try {
            accepting.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

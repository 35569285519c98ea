package org.postrider.maps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldif.LDIFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Descriptors;
import org.postrider.Until;
import org.postrider.time.Clock;

/// A configuration that was replaced keeps no connection to a server, also where its last sessions
/// ask its tables once more.
class KeptConnectionsTest {

    @TempDir Path temp;

    private String table(String type, String settings) throws IOException {
        Path file = temp.resolve(type + ".cf");
        Files.writeString(file, settings);
        return type + ":" + file;
    }

    private static void becomes(int wanted, IntSupplier open, String what) {
        Until.seen(
                () -> what + ": " + wanted + ", not " + open.getAsInt(),
                () -> open.getAsInt() == wanted);
    }

    /// @param open how many connections there are now
    private static void keepsNothing(String spec, String key, String value, IntSupplier open) {
        TableDirectory tables = new TableDirectory(Clock.system(), "hash");
        Table table = tables.open(spec);
        assertEquals(value, table.lookup(key));
        becomes(1, open, "one is kept while the table is in use");
        tables.close();
        becomes(0, open, "none after close()");
        for (int i = 0; i < 3; i++) {
            assertEquals(value, table.lookup(key), "a session that goes on is answered");
        }
        becomes(0, open, "none after look-ups after close()");
        Table late = tables.open(spec + " ");
        assertEquals(value, late.lookup(key));
        becomes(0, open, "none of a table opened after close()");
    }

    @Test
    void sql() throws IOException, SQLException {
        Path file = temp.toRealPath().resolve("users.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement s = connection.createStatement()) {
            s.execute("CREATE TABLE users (mail TEXT, box TEXT)");
            s.execute("INSERT INTO users VALUES ('joe', 'box')");
        }
        String query = "query = SELECT box FROM users WHERE mail = '%s'\n";
        String spec = table("sqlite", "dbpath = " + file + "\n" + query);
        keepsNothing(spec, "joe", "box", () -> Descriptors.to(file));
    }

    /// Counts sessions by the server's own access log.
    private static final class Sessions extends Handler {
        private final AtomicInteger open = new AtomicInteger();

        @Override
        public void publish(LogRecord line) {
            String text = line.getMessage();
            open.addAndGet(text.contains("DISCONNECT ") ? -1 : text.contains("CONNECT ") ? 1 : 0);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    @Test
    void ldap() throws IOException, LDAPException, LDIFException {
        Sessions sessions = new Sessions();
        InMemoryDirectoryServerConfig config =
                new InMemoryDirectoryServerConfig("dc=example,dc=com");
        config.setAccessLogHandler(sessions);
        config.setSchema(null);
        try (InMemoryDirectoryServer server = new InMemoryDirectoryServer(config)) {
            server.startListening();
            server.add("dn: dc=example,dc=com", "objectClass: domain", "dc: example");
            server.add("dn: cn=joe,dc=example,dc=com", "objectClass: x", "uid: joe", "box: b");
            String spec =
                    table(
                            "ldap",
                            "server_host = 127.0.0.1:"
                                    + server.getListenPort()
                                    + "\nsearch_base = dc=example,dc=com\nbind = no\n"
                                    + "query_filter = (uid=%s)\nresult_attribute = box\n");
            keepsNothing(spec, "joe", "b", sessions.open::get);
        }
    }

    /// Answers each line with the same one.
    private static final class LineServer implements AutoCloseable {
        private final ServerSocket socket =
                new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final AtomicInteger open = new AtomicInteger();
        private final byte[] answer;

        LineServer(String answer) throws IOException {
            this.answer = answer.getBytes(StandardCharsets.US_ASCII);
            Thread.ofVirtual().start(this::accept);
        }

        private void accept() {
            while (!socket.isClosed()) {
                try {
                    Socket client = socket.accept();
                    open.incrementAndGet();
                    Thread.ofVirtual().start(() -> serve(client));
                } catch (IOException e) {
                    return;
                }
            }
        }

        private void serve(Socket client) {
            try (client) {
                for (int c = client.getInputStream().read(); c >= 0; ) {
                    if (c == '\n' || c == ',') {
                        client.getOutputStream().write(answer);
                    }
                    c = client.getInputStream().read();
                }
            } catch (IOException e) {
                // the client went
            } finally {
                open.decrementAndGet();
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @Test
    void tcpSocketmapAndMemcache() throws IOException {
        try (LineServer server = new LineServer("200 value\n")) {
            String spec = "tcp:127.0.0.1:" + server.socket.getLocalPort();
            keepsNothing(spec, "joe", "value", server.open::get);
        }
        try (LineServer server = new LineServer("8:OK value,")) {
            String spec = "socketmap:inet:127.0.0.1:" + server.socket.getLocalPort() + ":m";
            keepsNothing(spec, "joe", "value", server.open::get);
        }
        try (LineServer server = new LineServer("VALUE joe 0 5\r\nvalue\r\nEND\r\n")) {
            String address = "memcache = inet:127.0.0.1:" + server.socket.getLocalPort() + "\n";
            keepsNothing(table("memcache", address), "joe", "value", server.open::get);
        }
    }

    /// A look-up under way when the table is closed ends well, and its connection is not kept.
    @Test
    void underWay() throws IOException, InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger open = new AtomicInteger(1);
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual()
                    .start(() -> {
                        try (Socket client = server.accept()) {
                            client.getInputStream().readNBytes("get joe\n".length());
                            asked.countDown();
                            go.await();
                            client.getOutputStream().write("200 value\n".getBytes("ascii"));
                            open.addAndGet(client.getInputStream().read());
                        } catch (IOException | InterruptedException e) {
                            open.set(-1);
                        }
                    });
            TableDirectory tables = new TableDirectory(Clock.system(), "hash");
            Table table = tables.open("tcp:127.0.0.1:" + server.getLocalPort());
            var answer =
                    java.util.concurrent.CompletableFuture.supplyAsync(
                            () -> String.valueOf(table.lookup("joe")));
            assertTrue(asked.await(Until.PATIENCE.toSeconds(), TimeUnit.SECONDS));
            tables.close();
            go.countDown();
            assertEquals("value", answer.join());
            becomes(0, open::get, "closed when it has answered");
        }
    }
}

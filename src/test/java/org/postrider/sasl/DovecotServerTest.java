package org.postrider.sasl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Until;
import org.postrider.io.Connector;
import org.postrider.io.Watchdog;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// What a Dovecot server may do to its client: connections kept, lost, and answers of others. The
/// exchanges themselves are dialogues and the submission scenario.
class DovecotServerTest {
    private static final Channel CHANNEL =
            new Channel("127.0.0.1", "127.0.0.2", false, null, null, null, java.util.Set.of());
    private static final String INITIAL = Base64Text.encode("\0alice\0secret");

    @TempDir Path directory;
    private ServerSocketChannel listener;
    private final List<SocketChannel> connections = new CopyOnWriteArrayList<>();
    private final BlockingQueue<String> ended = new LinkedBlockingQueue<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile boolean silent;
    private Watchdog watchdog;
    private DovecotServer server;

    @BeforeEach
    void serve() throws IOException {
        Path socket = directory.resolve("auth");
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(socket));
        Thread.ofVirtual().start(this::accept);
        watchdog = new Watchdog(Clock.system(), Supervisor.alone());
        server = new DovecotServer("auth", directory, "smtp", Connector.sockets(watchdog));
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        listener.close();
        watchdog.close();
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel c = listener.accept();
                connections.add(c);
                Thread.ofVirtual().start(() -> talk(c));
            }
        } catch (IOException e) {
            // the test is over
        }
    }

    private void talk(SocketChannel c) {
        try (BufferedReader in =
                new BufferedReader(
                        new InputStreamReader(
                                Channels.newInputStream(c), StandardCharsets.UTF_8))) {
            OutputStream out = Channels.newOutputStream(c);
            say(out, "VERSION\t1\t2\nMECH\tPLAIN\tplaintext\nSPID\t1\nNEWS\tx\nDONE\n");
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] words = line.split("\t", -1);
                asked.add(line);
                if (words[0].equals("AUTH") && !silent) {
                    say(out, "FAIL\t4711\tuser=other\nOK\t" + words[1] + "\tuser=alice\n");
                } else if (words[0].equals("AUTH")) {
                    c.close();
                }
            }
        } catch (IOException e) {
            // the client went
        } finally {
            ended.add("connection");
        }
    }

    private static void say(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private Step login() throws IOException {
        try (Exchange x = server.begin("plain", CHANNEL)) {
            return x.step(INITIAL);
        }
    }

    @Test
    void aConnectionServesTheNextClientAndAnswersOfOthersAreNot() throws IOException {
        for (int i = 0; i < 5; i++) {
            assertEquals("alice", assertInstanceOf(Step.Success.class, login()).username());
        }
        assertEquals(1, connections.size());
    }

    /// Dovecot takes an empty one for none, and would ask for it.
    @Test
    void anInitialResponseOfNothingIsSaidAsTheClientSaysIt() throws IOException {
        try (Exchange x = server.begin("plain", CHANNEL)) {
            x.step("=");
        }
        assertTrue(asked.getLast().endsWith("\tresp=="), asked.getLast());
    }

    @Test
    void aKeptConnectionThatIsGoneIsMadeAnew() throws Exception {
        login();
        connections.getFirst().shutdownOutput();
        connections.getFirst().shutdownInput();
        assertEquals("alice", assertInstanceOf(Step.Success.class, login()).username());
        assertEquals(2, connections.size());
    }

    @Test
    void aServerThatHangsUpIsTroubleAndNoRefusal() {
        silent = true;
        assertThrows(IOException.class, this::login);
    }

    @Test
    void noServerIsTroubleWithItsName() {
        try (DovecotServer none =
                new DovecotServer("none", directory, "smtp", Connector.sockets(watchdog))) {
            IOException e = assertThrows(IOException.class, () -> none.mechanisms(CHANNEL));
            assertTrue(
                    String.valueOf(e.getMessage()).startsWith("SASL: Connect to none failed: "),
                    e.getMessage());
        }
    }

    @Test
    void whenItsConfigurationIsGoneNothingIsKept() throws Exception {
        login();
        server.close();
        assertEquals("connection", ended.poll(Until.PATIENCE.toSeconds(), TimeUnit.SECONDS));
        login();
        assertEquals("connection", ended.poll(Until.PATIENCE.toSeconds(), TimeUnit.SECONDS));
    }
}

package org.postrider.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.disk.MasterLock;

/// What `postfix status` goes by.
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class StatusTest {
    @TempDir Path directory = Path.of("");
    private Path pidFile = directory;
    private UnixDomainSocketAddress control = UnixDomainSocketAddress.of("");

    @BeforeEach
    void write() throws IOException {
        Path queue = directory.resolve("queue");
        pidFile = Files.createDirectories(queue.resolve("pid")).resolve("master.pid");
        Path sockets = Files.createDirectories(queue.resolve("private"));
        control = UnixDomainSocketAddress.of(sockets.resolve("control"));
        Files.writeString(
                directory.resolve("main.cf"),
                """
                compatibility_level = 3.11
                queue_directory = %1$s/queue
                data_directory = %1$s/data
                maillog_file = %1$s/log
                maillog_file_prefixes = %1$s
                """
                        .formatted(directory));
    }

    /// @return its status, and what it says
    private String status() {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream err = new PrintStream(said, true, StandardCharsets.ISO_8859_1);
        int status = new Postfix(err, err).run(new String[] {"-c", directory.toString(), "status"});
        return status + " " + said.toString(StandardCharsets.ISO_8859_1);
    }

    private MasterLock lock() throws IOException {
        MasterLock lock = MasterLock.take(pidFile, 4711);
        assertNotNull(lock);
        return lock;
    }

    private ServerSocketChannel listener() throws IOException {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(control);
    }

    private boolean listed() {
        return new ControlClient(directory.resolve("queue")).listed();
    }

    /// The kernel says both; nobody needs to be asked, and here nobody answers.
    @Test
    void whoHasTheLockAndListensRuns() throws IOException {
        try (MasterLock lock = lock();
                ServerSocketChannel listener = listener()) {
            assertTrue(lock != null && listener.isOpen());
            String said = status();
            assertTrue(said.startsWith("0 "), said);
            assertTrue(said.endsWith("the Postfix mail system is running: PID: 4711\n"), said);
        }
    }

    /// A real Postfix, where a server of ours was killed and left its socket's file.
    @Test
    void whoHasTheLockAndDoesNotListenIsAnother() throws IOException {
        listener().close();
        assertTrue(Files.exists(control.getPath()));
        // That of another mail system is called alike.
        Path other = Files.createDirectories(directory.resolve("other/private"));
        UnixDomainSocketAddress theirs = UnixDomainSocketAddress.of(other.resolve("control"));
        try (MasterLock lock = lock();
                ServerSocketChannel listener =
                        ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(theirs)) {
            assertNotNull(lock);
            assertTrue(listener.isOpen());
            String said = status();
            assertTrue(said.startsWith("1 "), said);
            assertTrue(said.contains("the Postfix mail system is not running\n"), said);
            assertTrue(said.contains("in use by another mail system (PID 4711)\n"), said);
        }
    }

    /// One that listens by the same name in its own file system, as the kernel's list has it, is
    /// asked, and this one does not answer.
    @Test
    void whoListensAndHasNoLockIsAsked() throws Exception {
        try (ServerSocketChannel listener = listener()) {
            Thread other = Thread.ofVirtual().start(() -> hangUp(listener));
            String said = status();
            assertTrue(said.startsWith("1 "), said);
            assertTrue(said.contains("the Postfix mail system is not running\n"), said);
            other.join();
        }
    }

    private static void hangUp(ServerSocketChannel listener) {
        try (SocketChannel client = listener.accept()) {
            assertTrue(client.isConnected());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Nobody can ask one whose name is gone, whatever the kernel's list calls it.
    @Test
    void aListenerWithoutItsFileIsNone() throws IOException {
        try (ServerSocketChannel listener = listener()) {
            assertTrue(listener.isOpen());
            assertTrue(listed());
            Files.delete(control.getPath());
            assertFalse(listed());
        }
    }

    @Test
    void aConnectionThatIsLeftIsNoListener() throws IOException {
        assertFalse(listed());
        ServerSocketChannel listener = listener();
        assertTrue(listed());
        try (SocketChannel client = SocketChannel.open(control);
                SocketChannel taken = listener.accept()) {
            assertTrue(listed());
            listener.close();
            assertEquals(control, client.getRemoteAddress());
            assertEquals(control, taken.getLocalAddress());
            assertFalse(listed());
        }
    }
}

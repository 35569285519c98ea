package org.postrider.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// A connection that does not come about leaves nothing behind.
class ConnectorTest {
    private static final Path OPEN = Path.of("/proc/self/fd");

    private static long sockets() throws IOException {
        try (Stream<Path> all = Files.list(OPEN)) {
            return all.filter(ConnectorTest::socket).count();
        }
    }

    private static boolean socket(Path file) {
        try {
            return Files.readSymbolicLink(file).toString().startsWith("socket:");
        } catch (IOException e) {
            // It was closed meanwhile.
            return false;
        }
    }

    /// So it is with an address of a family that the system has not: what is thrown is no
    /// IOException.
    @Test
    void anAddressThatTheSystemDoesNotTakeKeepsNoSocketOpen() throws IOException {
        assumeTrue(Files.isDirectory(OPEN), "no " + OPEN);
        int closed;
        try (ServerSocket server = new ServerSocket(0)) {
            closed = server.getLocalPort();
        }
        try (Watchdog watchdog = new Watchdog(Clock.system(), Supervisor.alone())) {
            Connector connector = Connector.sockets(watchdog);
            long before = sockets();
            for (int i = 0; i < 20; i++) {
                assertThrows(
                        UnresolvedAddressException.class,
                        () ->
                                connector.connect(
                                        InetSocketAddress.createUnresolved("x.example", 25),
                                        null,
                                        1_000));
                assertThrows(
                        IOException.class,
                        () ->
                                connector.connect(
                                        new InetSocketAddress("127.0.0.1", closed), null, 1_000));
            }
            assertEquals(before, sockets());
        }
    }
}

package org.postrider.io;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.UnresolvedAddressException;
import org.junit.jupiter.api.Test;
import org.postrider.Descriptors;
import org.postrider.Until;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// A connection that does not come about leaves nothing behind.
class ConnectorTest {
    /// So it is with an address of a family that the system has not: what is thrown is no
    /// IOException.
    @Test
    void anAddressThatTheSystemDoesNotTakeKeepsNoSocketOpen() throws IOException {
        // Bound, so that nobody else gets the port, and nobody listens.
        try (Socket closed = new Socket();
                Watchdog watchdog = new Watchdog(Clock.system(), Supervisor.alone())) {
            closed.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            Connector connector = Connector.sockets(watchdog);
            int before = Descriptors.sockets();
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
                        () -> connector.connect(closed.getLocalSocketAddress(), null, 1_000));
            }
            Until.seen("none is left open", () -> Descriptors.sockets() <= before);
        }
    }
}

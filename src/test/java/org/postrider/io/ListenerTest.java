package org.postrider.io;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.postrider.threads.Supervisor;
import org.postrider.threads.Work;
import org.postrider.time.Clock;

/// A listener has the address that it was given, and no other.
class ListenerTest {
    private final Supervisor threads = Supervisor.alone();
    private final Watchdog watchdog = new Watchdog(Clock.system(), threads);

    @Test
    void allOfIpv4IsNothingOfIpv6() throws IOException {
        InetSocketAddress all = new InetSocketAddress(InetAddress.getByAddress(new byte[4]), 0);
        Work session = Work.of("session", "a test's");
        Listener.Service service =
                new Listener.Service(
                        threads.family(session), 0, new Semaphore(9), _ -> {}, _ -> {});
        try (Listener door = Listener.open(all, "test", watchdog, service)) {
            InetSocketAddress at = (InetSocketAddress) door.address();
            assertInstanceOf(Inet4Address.class, at.getAddress());
            try (Socket client = new Socket("127.0.0.1", at.getPort())) {
                assertTrue(client.isConnected());
            }
            assertThrows(ConnectException.class, () -> new Socket("::1", at.getPort()).close());
        }
    }
}

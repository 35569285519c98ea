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
import java.net.SocketAddress;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.postrider.Ports;
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

    /// Nobody is let in who would be cut off, and the place is free for another.
    @Test
    void whenItIsClosedNobodyConnectsAnyMore() throws IOException {
        Work session = Work.of("session", "a test's");
        Listener.Service service =
                new Listener.Service(
                        threads.family(session), 0, new Semaphore(9), _ -> {}, _ -> {});
        int port = Ports.free();
        SocketAddress at = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        for (int i = 0; i < 300; i++) {
            Listener door = Listener.open(at, "test", watchdog, service);
            if (i % 2 == 0) {
                // It waits for the next one.
                new Socket(InetAddress.getLoopbackAddress(), port).close();
            }
            door.close();
            assertThrows(
                    ConnectException.class,
                    () -> new Socket(InetAddress.getLoopbackAddress(), port).close(),
                    "round " + i);
        }
    }
}

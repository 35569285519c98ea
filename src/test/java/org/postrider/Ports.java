package org.postrider;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/// Ports for servers that are told one. Who can listen by himself asks for port 0; where nobody is
/// to listen, a socket that is bound and does not listen keeps the port.
public final class Ports {
    private static final int TRIED = 200;

    private Ports() {}

    /// A port below those that the system gives to clients: while a server starts, the connection
    /// of a client that asks for it must not be the one that takes its port.
    public static int free() throws IOException {
        for (int i = 0; i < TRIED; i++) {
            int port = ThreadLocalRandom.current().nextInt(12_000, 32_000);
            try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return free.getLocalPort();
            } catch (BindException e) {
                // somebody's
            }
        }
        throw new IOException("no free port");
    }
}

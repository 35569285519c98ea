package org.postrider.smtp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/// A next hop that says the same until nobody listens, a gigabyte at most.
final class EndlessServer implements AutoCloseable {
    private static final long MOST = 1L << 30;

    private final ServerSocket listener;
    private final byte[] piece;
    private final AtomicLong said = new AtomicLong();

    EndlessServer(String piece) throws IOException {
        this.piece = piece.getBytes(StandardCharsets.US_ASCII);
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::serve);
    }

    String nexthop() {
        return "[127.0.0.1]:" + listener.getLocalPort();
    }

    /// Octets that were taken, those in the sockets' buffers included.
    long said() {
        return said.get();
    }

    private void serve() {
        try (Socket s = listener.accept()) {
            while (said.get() < MOST) {
                s.getOutputStream().write(piece);
                said.addAndGet(piece.length);
            }
        } catch (IOException e) {
            // the client left
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}

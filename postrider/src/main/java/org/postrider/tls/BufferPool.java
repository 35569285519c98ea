package org.postrider.tls;

import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;

/// Packets on their way out are made in borrowed buffers, so that a session holds none. Any thread.
final class BufferPool {
    private static final int MOST = 32;

    private final ArrayBlockingQueue<ByteBuffer> free = new ArrayBlockingQueue<>(MOST);

    /// @param octets at least
    ByteBuffer take(int octets) {
        ByteBuffer one = free.poll();
        return one == null || one.capacity() < octets ? ByteBuffer.allocate(octets) : one.clear();
    }

    void give(ByteBuffer one) {
        // What does not fit is garbage.
        boolean _ = free.offer(one);
    }
}

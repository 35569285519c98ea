package org.postrider.local.write;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Tells comsat(8) of new mail in a user's mailbox, as biff_notify(3): a datagram to this machine,
/// which most often nobody hears. Its socket is kept, as Postfix's is. Any thread.
final class Biff implements AutoCloseable {
    /// `biff/udp`.
    private static final int PORT = 512;

    private final InetSocketAddress comsat;

    /// Null until the first is told, and in the end.
    private final AtomicReference<@Nullable DatagramChannel> kept = new AtomicReference<>();

    private volatile boolean closed;

    Biff() {
        this(new InetSocketAddress(InetAddress.getLoopbackAddress(), PORT));
    }

    /// @param comsat who is told
    Biff(InetSocketAddress comsat) {
        this.comsat = comsat;
    }

    /// Does not wait for anybody.
    ///
    /// @param at the octet of the mailbox at which the mail begins
    void tell(String user, long at, Consumer<String> warnings) {
        byte[] text = (user + "@" + at + "\0").getBytes(StandardCharsets.ISO_8859_1);
        try {
            DatagramChannel channel = channel();
            try {
                channel.send(ByteBuffer.wrap(text), comsat);
            } catch (ClosedChannelException e) {
                // By a thread that was interrupted, or by the end of this: once more by a new one.
                kept.compareAndSet(channel, null);
                channel().send(ByteBuffer.wrap(text), comsat);
            } finally {
                if (closed) {
                    close();
                }
            }
        } catch (IOException e) {
            warnings.accept("biff_notify: " + e.getMessage());
        }
    }

    private DatagramChannel channel() throws IOException {
        DatagramChannel there = kept.get();
        if (there != null) {
            return there;
        }
        DatagramChannel made = DatagramChannel.open();
        if (kept.compareAndSet(null, made)) {
            return made;
        }
        made.close();
        return channel();
    }

    /// Who tells something after that makes a socket for it.
    @Override
    public void close() {
        closed = true;
        DatagramChannel last = kept.getAndSet(null);
        if (last != null) {
            try {
                last.close();
            } catch (IOException e) {
                // Nothing was to be sent by it any more.
            }
        }
    }
}

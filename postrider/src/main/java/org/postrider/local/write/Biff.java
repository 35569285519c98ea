package org.postrider.local.write;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/// Tells comsat(8) of new mail in a user's mailbox, as biff_notify(3): a datagram to this machine,
/// which most often nobody hears.
final class Biff {
    /// `biff/udp`.
    private static final int PORT = 512;

    private static final InetSocketAddress COMSAT =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), PORT);

    private Biff() {}

    /// Does not wait for anybody.
    ///
    /// @param at the octet of the mailbox at which the mail begins
    static void tell(String user, long at, Consumer<String> warnings) {
        byte[] text = (user + "@" + at + "\0").getBytes(StandardCharsets.ISO_8859_1);
        try (DatagramChannel channel = DatagramChannel.open()) {
            channel.send(ByteBuffer.wrap(text), COMSAT);
        } catch (IOException e) {
            warnings.accept("biff_notify: " + e.getMessage());
        }
    }
}

package org.postrider.milter.wire;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.io.Connection;

/// Gathers packets for a milter and sends them together. One thread.
public final class PacketWriter {
    private static final int MOST = 64 << 10;
    private static final int SMALL = 1024;

    private final Connection connection;
    private byte[] buffer = new byte[SMALL];
    private int end;
    private int packet = -1;
    private byte @Nullable [] tail;
    private int tailOffset;
    private int tailLength;

    public PacketWriter(Connection connection) {
        this.connection = connection;
    }

    /// Begins a packet; [#end] ends it.
    public PacketWriter begin(char command) {
        packet = end;
        room(5);
        end += 4;
        buffer[end++] = (byte) command;
        return this;
    }

    public PacketWriter octet(int value) {
        room(1);
        buffer[end++] = (byte) value;
        return this;
    }

    public PacketWriter twoOctets(int value) {
        return octet(value >> 8).octet(value);
    }

    public PacketWriter number(int value) {
        return twoOctets(value >> 16).twoOctets(value);
    }

    /// A string, with the NUL that ends it; one within it ends it as well.
    public PacketWriter string(String octets) {
        int nul = octets.indexOf('\0');
        byte[] text =
                (nul < 0 ? octets : octets.substring(0, nul)).getBytes(StandardCharsets.ISO_8859_1);
        return octets(text, 0, text.length).octet(0);
    }

    public PacketWriter strings(List<String> all) {
        all.forEach(this::string);
        return this;
    }

    public PacketWriter octets(byte[] from, int offset, int length) {
        room(length);
        System.arraycopy(from, offset, buffer, end, length);
        end += length;
        return this;
    }

    /// The last octets of a packet. Many of them are not copied: they go out as they lie, at the
    /// latest by [#end].
    public PacketWriter last(byte[] from, int offset, int length) {
        if (length < SMALL) {
            return octets(from, offset, length);
        }
        tail = from;
        tailOffset = offset;
        tailLength = length;
        return this;
    }

    /// The packet is whole. It goes out with those that follow, at the latest by [#flush].
    public void end() throws IOException {
        int length = end - packet - 4 + tailLength;
        buffer[packet] = (byte) (length >> 24);
        buffer[packet + 1] = (byte) (length >> 16);
        buffer[packet + 2] = (byte) (length >> 8);
        buffer[packet + 3] = (byte) length;
        packet = -1;
        if (end >= MOST || tailLength > 0) {
            flush();
        }
    }

    public void flush() throws IOException {
        int length = end;
        byte[] more = tail;
        end = 0;
        tail = null;
        if (more != null) {
            int moreLength = tailLength;
            tailLength = 0;
            connection.write(buffer, 0, length, more, tailOffset, moreLength);
        } else if (length > 0) {
            connection.write(buffer, 0, length);
        }
        if (buffer.length > SMALL) {
            buffer = new byte[SMALL];
        }
    }

    private void room(int more) {
        if (end + more > buffer.length) {
            byte[] larger = new byte[Math.max(end + more, 2 * buffer.length)];
            System.arraycopy(buffer, 0, larger, 0, end);
            buffer = larger;
        }
    }
}

package org.postrider.milter.wire;

import java.io.EOFException;
import java.io.IOException;
import org.postrider.io.Connection;
import org.postrider.memory.Budget;
import org.postrider.memory.NoMemoryException;

/// Reads packets from a milter. One thread.
public final class PacketReader {
    /// libmilter's largest piece of a body is 1 MiB (MILTER_MDS_1M), with room for what else stands
    /// in a packet.
    public static final int LARGEST = (1 << 20) + 4096;

    /// What everybody has at hand: only more than that is charged.
    private static final int FREE = 512;

    private final Connection connection;
    private final Budget.Share memory;
    private final byte[] buffer = new byte[FREE];
    private int start;
    private int end;
    private long charged;
    private boolean headed;

    public PacketReader(Connection connection, Budget.Share memory) {
        this.connection = connection;
        this.memory = memory;
    }

    /// The next packet; what the one before it took is given back first.
    ///
    /// @throws MilterException for a length that is none, or beyond [#LARGEST]
    /// @throws EOFException where the milter has hung up
    /// @throws NoMemoryException where there is no memory for it
    public Packet read() throws IOException {
        memory.give(charged);
        charged = 0;
        headed = false;
        while (end - start < 5) {
            fill();
        }
        headed = true;
        long length =
                (buffer[start] & 0xffL) << 24
                        | (buffer[start + 1] & 0xffL) << 16
                        | (buffer[start + 2] & 0xffL) << 8
                        | buffer[start + 3] & 0xffL;
        if (length < 1 || length > LARGEST) {
            throw new MilterException(
                    length < 1
                            ? "bad packet length: " + length
                            : "unreasonable packet length: " + length + " > " + LARGEST);
        }
        char command = (char) (buffer[start + 4] & 0xff);
        start += 5;
        return new Packet(command, octets((int) length - 1));
    }

    /// What failed was the reading of what follows a packet's header.
    public boolean headed() {
        return headed;
    }

    private byte[] octets(int length) throws IOException {
        if (length > FREE) {
            if (!memory.take(length)) {
                throw new NoMemoryException("what a milter says");
            }
            charged = length;
        }
        byte[] out = new byte[length];
        int there = Math.min(length, end - start);
        System.arraycopy(buffer, start, out, 0, there);
        start += there;
        while (there < length) {
            int n = connection.read(out, there, length - there);
            if (n < 0) {
                throw new EOFException();
            }
            there += n;
        }
        return out;
    }

    private void fill() throws IOException {
        if (start > 0) {
            System.arraycopy(buffer, start, buffer, 0, end - start);
            end -= start;
            start = 0;
        }
        int n = connection.read(buffer, end, buffer.length - end);
        if (n < 0) {
            throw new EOFException();
        }
        end += n;
    }
}

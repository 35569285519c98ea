package org.postrider.milter.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postrider.io.Connection;

/// What goes to a milter, octet for octet, however large a piece of a body is.
class PacketWriterTest {
    /// Keeps what is written.
    private static final class Kept implements Connection {
        final ByteArrayOutputStream octets = new ByteArrayOutputStream();
        int writes;

        @Override
        public void write(byte[] from, int offset, int length) {
            octets.write(from, offset, length);
            writes++;
        }

        @Override
        public void write(byte[] a, int aOffset, int aLength, byte[] b, int bOffset, int bLength) {
            octets.write(a, aOffset, aLength);
            octets.write(b, bOffset, bLength);
            writes++;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            return -1;
        }

        @Override
        public void deadline(long millis) {}

        @Override
        public SocketAddress remote() {
            return new InetSocketAddress(0);
        }

        @Override
        public SocketAddress local() {
            return new InetSocketAddress(0);
        }

        @Override
        public void close() {}
    }

    /// The piece is used for the next one as soon as its packet is whole.
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1023, 1024, 5000, 65_535})
    void piecesOfABodyGoOutWholeEachInAPacketOfItsOwn(int length) throws IOException {
        ByteArrayOutputStream wanted = new ByteArrayOutputStream();
        DataOutputStream want = new DataOutputStream(wanted);
        Kept kept = new Kept();
        PacketWriter out = new PacketWriter(kept);
        byte[] piece = new byte[length + 3];
        for (int n = 0; n < 4; n++) {
            Arrays.fill(piece, (byte) ('a' + n));
            out.begin('D').octet('B').string("i").string("ID" + n).end();
            out.begin('B').last(piece, 2, length).end();
            want.writeInt(2 + 2 + 4);
            want.writeBytes("DBi\0ID" + n + "\0");
            want.writeInt(1 + length);
            want.writeByte('B');
            want.write(piece, 2, length);
        }
        Arrays.fill(piece, (byte) 'x');
        out.begin('E').end();
        out.flush();
        want.writeInt(1);
        want.writeByte('E');
        assertArrayEquals(wanted.toByteArray(), kept.octets.toByteArray());
        // Macros and piece go together.
        assertEquals(length < 1024 ? 1 : 5, kept.writes);
    }
}

package org.postrider.message;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/// A content made by ourselves.
public record MemoryContent(byte[] header, byte[] inlineBody, Facts facts) implements Content {
    /// @param header lines ended by CRLF
    /// @param body the empty line first
    public static MemoryContent of(byte[] header, byte[] body) {
        ContentReceiver receiver = new ContentReceiver(new Unkept(), false, false, 0);
        try {
            feed(receiver, header);
            feed(receiver, body);
            return new MemoryContent(header, body, receiver.finish());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void feed(ContentReceiver receiver, byte[] octets) throws IOException {
        int taken = receiver.lines(octets, 0, octets.length);
        if (taken < octets.length) {
            receiver.part(octets, taken, octets.length);
        }
    }

    /// Takes a content that is only looked at, for its facts, and keeps nothing of it. One thread.
    public static final class Unkept implements ContentWriter {
        @Override
        public void header(byte[] from, int offset, int length) {}

        @Override
        public byte[] header() {
            return new byte[0];
        }

        @Override
        public void body(byte[] from, int offset, int length) {}

        @Override
        public Content finish(Facts facts) {
            return new MemoryContent(new byte[0], new byte[0], facts);
        }

        @Override
        public void close() {}
    }

    @Override
    public long bodyLength() {
        return inlineBody.length;
    }

    @Override
    public InputStream body() {
        return new ByteArrayInputStream(inlineBody);
    }
}

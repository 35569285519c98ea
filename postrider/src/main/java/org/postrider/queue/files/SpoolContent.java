package org.postrider.queue.files;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.Disk;
import org.postrider.io.Connection;
import org.postrider.message.Content;
import org.postrider.message.Facts;

/// A content in memory, or with its body in a file of its own.
public record SpoolContent(
        Bodies bodies,
        byte[] header,
        byte @Nullable [] inlineBody,
        long bodyLength,
        Bodies.@Nullable Body file,
        Facts facts)
        implements Content {
    @Override
    public InputStream body() throws IOException {
        if (inlineBody != null) {
            return new ByteArrayInputStream(inlineBody);
        }
        if (file == null) {
            return InputStream.nullInputStream();
        }
        return new FileBody(bodies.open(file), bodyLength);
    }

    @Override
    public Content withHeader(byte[] otherHeader, Facts otherFacts) {
        return new SpoolContent(bodies, otherHeader, inlineBody, bodyLength, file, otherFacts);
    }

    /// Reads a body file from its start.
    static final class FileBody extends InputStream implements Connection.Octets {
        private final Disk.File file;
        private final long length;
        private long at;

        public FileBody(Disk.File file, long length) {
            this.file = file;
            this.length = length;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int count) throws IOException {
            if (at >= length) {
                return -1;
            }
            int want = (int) Math.min(count, length - at);
            int n = file.read(ByteBuffer.wrap(into, offset, want), at);
            if (n < 0) {
                throw new IOException("body file ends early");
            }
            at += n;
            return n;
        }

        @Override
        public long transferTo(WritableByteChannel channel) throws IOException {
            long n = file.transferTo(at, length - at, channel);
            at += n;
            return n;
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}

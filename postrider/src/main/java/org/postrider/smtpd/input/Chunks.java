package org.postrider.smtpd.input;

import java.io.IOException;
import java.util.Arrays;
import org.postrider.message.ContentReceiver;
import org.postrider.message.ContentWriter;

/// What has come of a mail in chunks: a line may end in a later chunk than it began. Its session's
/// thread only.
public final class Chunks implements AutoCloseable {
    private final ContentWriter writer;
    private final ContentReceiver receiver;
    private byte[] tail = new byte[4096];
    private int kept;
    private long octets;

    public Chunks(ContentWriter writer, ContentReceiver receiver) {
        this.writer = writer;
        this.receiver = receiver;
    }

    public ContentWriter writer() {
        return writer;
    }

    public ContentReceiver receiver() {
        return receiver;
    }

    /// Octets that have come of all chunks.
    public long octets() {
        return octets;
    }

    public void take(byte[] from, int offset, int count) throws IOException {
        if (kept + count > tail.length) {
            tail = Arrays.copyOf(tail, Math.max(tail.length * 2, kept + count));
        }
        System.arraycopy(from, offset, tail, kept, count);
        kept += count;
        octets += count;
        int taken = receiver.lines(tail, 0, kept);
        if (taken == 0 && kept > 64 << 10) {
            taken = kept - 1;
            receiver.part(tail, 0, taken);
        }
        System.arraycopy(tail, taken, tail, 0, kept - taken);
        kept -= taken;
    }

    /// True where the last line had no end.
    public boolean flushTail() throws IOException {
        if (kept == 0) {
            return false;
        }
        receiver.part(tail, 0, kept);
        kept = 0;
        return true;
    }

    @Override
    public void close() {
        writer.close();
    }
}

package org.postrider.bounce;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.postrider.message.Content;
import org.postrider.message.ContentReceiver;
import org.postrider.message.ContentWriter;
import org.postrider.threads.Turn;

/// A notice on its way to the queue: a large one is never in memory as a whole. One thread.
final class NoticeWriter {
    private static final int SMALL = 8 << 10;
    private static final int LARGE = 64 << 10;

    private final ContentWriter to;
    private final ContentReceiver receiver;
    private byte[] buffer = new byte[SMALL];
    private int filled;
    private final Turn turn = new Turn();

    NoticeWriter(ContentWriter to) {
        this.to = to;
        receiver = new ContentReceiver(to, false, false, 0);
    }

    /// Text so far, one octet a character; the builder is empty afterwards.
    void put(StringBuilder text) throws IOException {
        put(text.toString().getBytes(StandardCharsets.ISO_8859_1));
        text.setLength(0);
    }

    void put(byte[] octets) throws IOException {
        int at = 0;
        while (at < octets.length) {
            int n = Math.min(octets.length - at, buffer.length - filled);
            System.arraycopy(octets, at, buffer, filled, n);
            filled += n;
            at += n;
            passFull();
        }
    }

    void put(InputStream from) throws IOException {
        for (int n = from.read(buffer, filled, buffer.length - filled);
                n >= 0;
                n = from.read(buffer, filled, buffer.length - filled)) {
            filled += n;
            passFull();
        }
    }

    private void passFull() throws IOException {
        if (filled < buffer.length) {
            return;
        }
        turn.perhaps();
        int taken = receiver.lines(buffer, 0, filled);
        if (taken == 0 && buffer.length == LARGE) {
            receiver.part(buffer, 0, filled);
            taken = filled;
        }
        byte[] next = buffer.length == LARGE ? buffer : new byte[LARGE];
        System.arraycopy(buffer, taken, next, 0, filled - taken);
        buffer = next;
        filled -= taken;
    }

    Content finish() throws IOException {
        int taken = receiver.lines(buffer, 0, filled);
        if (taken < filled) {
            receiver.part(buffer, taken, filled);
        }
        return to.finish(receiver.finish());
    }
}

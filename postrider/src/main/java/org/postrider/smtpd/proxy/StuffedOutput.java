package org.postrider.smtpd.proxy;

import java.io.IOException;
import org.postrider.message.Content;
import org.postrider.message.ContentWriter;
import org.postrider.message.Facts;

/// Content on its way to a filter, with a dot more before lines that begin with one (RFC 5321
/// 4.5.2). What fails is known by the dialogue. One thread.
final class StuffedOutput implements ContentWriter {
    private static final byte[] DOT = {'.'};
    private static final int PIECE = 8192;

    private final ProxyDialogue to;
    private final byte[] buffer = new byte[PIECE];
    private int kept;
    private boolean lineBegins = true;

    StuffedOutput(ProxyDialogue to) {
        this.to = to;
    }

    @Override
    public void header(byte[] from, int offset, int length) {
        body(from, offset, length);
    }

    @Override
    public byte[] header() {
        return new byte[0];
    }

    @Override
    public void body(byte[] from, int offset, int length) {
        int start = offset;
        for (int i = offset; i < offset + length; i++) {
            if (lineBegins && from[i] == '.') {
                put(from, start, i - start);
                put(DOT, 0, 1);
                start = i;
            }
            lineBegins = from[i] == '\n';
        }
        put(from, start, offset + length - start);
    }

    private void put(byte[] from, int offset, int length) {
        int at = offset;
        int left = length;
        while (left > 0) {
            int n = Math.min(left, PIECE - kept);
            System.arraycopy(from, at, buffer, kept, n);
            kept += n;
            at += n;
            left -= n;
            if (kept == PIECE) {
                flush();
            }
        }
    }

    /// What is still here goes.
    void flush() {
        to.content(buffer, 0, kept);
        kept = 0;
    }

    @Override
    public Content finish(Facts facts) throws IOException {
        throw new IOException("content that goes to a filter is not kept");
    }

    @Override
    public void close() {
        // the dialogue is its mail's
    }
}

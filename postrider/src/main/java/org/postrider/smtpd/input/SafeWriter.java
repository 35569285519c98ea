package org.postrider.smtpd.input;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.postrider.message.Content;
import org.postrider.message.ContentWriter;
import org.postrider.message.Facts;

/// After a fault of the disk the rest of a content is read past and the fault is told at its end,
/// so that the client gets its reply where it expects it. One thread.
public final class SafeWriter implements ContentWriter {
    private final ContentWriter to;
    private @Nullable IOException fault;

    public SafeWriter(ContentWriter to) {
        this.to = to;
    }

    @Override
    public void header(byte[] from, int offset, int length) {
        if (fault == null) {
            try {
                to.header(from, offset, length);
            } catch (IOException e) {
                fault = e;
            }
        }
    }

    @Override
    public byte[] header() {
        return to.header();
    }

    @Override
    public void body(byte[] from, int offset, int length) {
        if (fault == null) {
            try {
                to.body(from, offset, length);
            } catch (IOException e) {
                fault = e;
            }
        }
    }

    @Override
    public Content finish(Facts facts) throws IOException {
        if (fault != null) {
            throw fault;
        }
        return to.finish(facts);
    }

    @Override
    public void close() {
        to.close();
    }
}

package org.postrider.moving;

import org.postrider.message.Content;
import org.postrider.message.ContentWriter;
import org.postrider.message.Facts;
import org.postrider.message.MemoryContent;

/// Takes a content that is only looked at, and keeps nothing of it. One thread.
final class Unkept implements ContentWriter {
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

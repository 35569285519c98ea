package org.postrider.cleanup.author;

import java.io.IOException;
import org.postrider.dkim.BodyHash;
import org.postrider.message.BodyDigest;
import org.postrider.message.Content;
import org.postrider.message.ContentWriter;
import org.postrider.message.Facts;

/// Hashes a body on its way to where it is kept: its digest is one of its facts. One thread.
final class HashedContent implements ContentWriter {
    private final ContentWriter to;
    private final BodyHash hash;
    private final String kind;

    HashedContent(ContentWriter to, BodyHash hash, String kind) {
        this.to = to;
        this.hash = hash;
        this.kind = kind;
    }

    @Override
    public void header(byte[] from, int offset, int length) throws IOException {
        to.header(from, offset, length);
    }

    @Override
    public byte[] header() {
        return to.header();
    }

    @Override
    public void body(byte[] from, int offset, int length) throws IOException {
        hash.update(from, offset, length);
        to.body(from, offset, length);
    }

    @Override
    public Content finish(Facts facts) throws IOException {
        return to.finish(facts.withDigest(new BodyDigest(kind, hash.digest())));
    }

    @Override
    public void close() {
        to.close();
    }
}

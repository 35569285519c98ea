package org.postrider.message;

import java.io.IOException;

/// Takes a content while it is received; spills to disk over a threshold. One thread. Closing gives
/// back its memory, and what it took of the disk for a content that no commit refers to: so it
/// comes after the commit, and nobody reads the content any more who has it not from the queue.
public interface ContentWriter extends AutoCloseable {
    /// Octets of the header block, before any body.
    void header(byte[] from, int offset, int length) throws IOException;

    /// The header block so far.
    byte[] header();

    /// Octets of the body, the empty line first.
    ///
    /// @throws IOException local trouble: full or broken disk
    void body(byte[] from, int offset, int length) throws IOException;

    /// The content; commit it in a transaction to keep it.
    Content finish(Facts facts) throws IOException;

    @Override
    void close();
}

package org.postrider.message;

import java.io.IOException;

/// Takes a content while it is received; spills to disk over a threshold. One thread. Closing
/// without [#finish] forgets it; closing gives its memory back, and so comes after the commit.
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

    /// The finished content goes into no queue: what it took of the disk is given back now, not
    /// when it is found that nobody has it. Of a content that a commit refers to nothing is undone,
    /// and there is nothing to do where it lies in memory.
    default void forget() {}

    @Override
    void close();
}

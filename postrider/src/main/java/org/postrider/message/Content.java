package org.postrider.message;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// A message's header block and body, lines ended by CRLF, not dot-stuffed. Immutable. The header
/// block ends with the CRLF of its last line; the empty line before the body is the first two
/// octets of the body. A message without an empty line has an empty body.
public interface Content {
    byte[] header();

    /// The whole body where it is in memory, else null: read [#body].
    byte @Nullable [] inlineBody();

    long bodyLength();

    /// The body from its start; the caller closes it. Reads of a file happen on a bounded pool.
    InputStream body() throws IOException;

    Facts facts();

    /// The same body under another header block.
    default Content withHeader(byte[] header, Facts facts) {
        byte[] body = inlineBody();
        if (body == null) {
            throw new IllegalStateException("a body in a file keeps to its own kind of content");
        }
        return new MemoryContent(header, body, facts);
    }
}

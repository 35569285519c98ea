package org.postrider.log;

import java.io.IOException;

/// Where finished lines go. Used by the writer's thread only.
interface LineSink {
    /// @param octets whole lines, each ended by LF
    void write(byte[] octets, int length) throws IOException;

    /// Called before a write: lets go of what was rotated away.
    void look() throws IOException;

    void close() throws IOException;
}

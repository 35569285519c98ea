package org.postrider.log.file;

import java.io.IOException;

/// Where finished lines go. Used by one thread, [LineBuffer]'s.
public interface LineSink {
    /// Writes some of these octets, at least one.
    ///
    /// @param octets whole lines, each ended by LF; `from` may lie within a line of which the
    ///   beginning was written before
    /// @return how many were written
    int write(byte[] octets, int from, int to) throws IOException;

    /// Called before a line begins: lets go of what was rotated away.
    void look() throws IOException;

    void close() throws IOException;
}

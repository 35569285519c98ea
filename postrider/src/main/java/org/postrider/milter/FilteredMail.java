package org.postrider.milter;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/// A mail's content as a filter is to see it, with what those before it changed.
public interface FilteredMail {
    /// @param name without the colon
    /// @param value all behind the colon, white space included; lines between LF. Octets as chars
    record Field(String name, String value) {}

    /// In order, without what filters do not see (our own Received:).
    List<Field> fields() throws IOException;

    /// Behind the empty line, lines ended by CRLF; closed by who asked.
    InputStream body() throws IOException;

    /// Octets of it.
    long bodyLength();
}

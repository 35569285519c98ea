package org.postrider.rights;

import java.io.IOException;
import java.io.OutputStream;

/// What is written: a message in its last form, line ends and From_ quoting and all. Asked once.
@FunctionalInterface
public interface Content {
    /// Writes all of it. An exception of its own undoes the act and refuses it with
    /// [Trouble.Kind#CONTENT]; one of `out` is to be passed on.
    void writeTo(OutputStream out) throws IOException;

    static Content of(byte[] octets) {
        return out -> out.write(octets);
    }

    static Content none() {
        return out -> {};
    }
}

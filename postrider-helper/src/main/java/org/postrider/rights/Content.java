package org.postrider.rights;

import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/// What is written: a message in its last form, line ends and From_ quoting and all. Asked once.
@FunctionalInterface
public interface Content {
    /// Writes all of it. An exception of its own undoes the act and refuses it with
    /// [Trouble.Kind#CONTENT]; one of `out` is to be passed on.
    void writeTo(OutputStream out) throws IOException;

    /// A small one in two parts, of which others have the second one as well; null for one that is
    /// not.
    ///
    /// @param most octets of both
    default @Nullable Divided divided(int most) {
        return null;
    }

    /// A content in two parts.
    ///
    /// @param head octets as chars
    /// @param octets of both, about
    /// @param form whose equals says that the bodies of two are the same
    record Divided(String head, int octets, Object form, Body body) {}

    /// Octets that several contents end with.
    interface Body {
        byte[] octets() throws IOException;
    }

    static Content of(byte[] octets) {
        return out -> out.write(octets);
    }

    static Content none() {
        return out -> {};
    }
}

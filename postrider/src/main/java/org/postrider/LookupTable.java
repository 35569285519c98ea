package org.postrider;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A lookup table of the program that embeds the server: settings name it `java:NAME`, wherever
/// they may name a table of Postfix's (DATABASE_README).
@FunctionalInterface
public interface LookupTable {
    /// Looks one key up. Asked by many threads at once; it may block, and whoever asks waits.
    ///
    /// @param key in lower case where Postfix folds it: an address, a domain, a client …
    /// @return the value, or null for a key that is not there
    /// @throws IOException when there is no answer now: mail that needs it is refused with 451 or
    ///   tried again, never treated as if the key were not there. Any exception at run time does
    ///   the same, and its kind is in the log with its message
    @Nullable String lookup(String key) throws IOException;
}

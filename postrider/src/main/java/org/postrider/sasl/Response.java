package org.postrider.sasl;

import java.util.List;

/// What a client's exchange comes to.
public sealed interface Response {
    /// @param text base64, for the server; empty for nothing. It may hold a password, and shows
    ///   nowhere else
    record Say(String text) implements Response {
        @Override
        public String toString() {
            return "Say[...]";
        }
    }

    /// It cannot go on.
    ///
    /// @param reason in Cyrus's words; never a secret
    /// @param warnings for the log, in Cyrus's words
    record Cannot(String reason, List<String> warnings) implements Response {}
}

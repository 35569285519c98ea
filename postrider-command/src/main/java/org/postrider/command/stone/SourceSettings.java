package org.postrider.command.stone;

import org.jspecify.annotations.Nullable;

/// What one smtp-source sends, and how.
record SourceSettings(Speech speech, Envelope envelope, Text text) {
    /// @param host its own name
    /// @param lmtp speaks LMTP
    /// @param old says no HELO and sends no header
    /// @param keep goes on over the same connection
    /// @param patient goes on where something is refused
    record Speech(String host, boolean lmtp, boolean old, boolean keep, boolean patient) {}

    /// @param recipients of each mail
    /// @param numbered each recipient has a number of its own
    record Envelope(String from, String to, int recipients, boolean numbered) {}

    /// @param given header and body as they are sent, null for a generated mail
    /// @param length octets of the generated body, 0 for some lines
    record Text(@Nullable String subject, byte @Nullable [] given, int length) {}
}

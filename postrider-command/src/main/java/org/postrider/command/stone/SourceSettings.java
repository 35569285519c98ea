package org.postrider.command.stone;

import org.jspecify.annotations.Nullable;

/// What one smtp-source sends.
///
/// @param lmtp speaks LMTP
/// @param old says no HELO and sends no header
/// @param keep goes on over the same connection
/// @param patient goes on where something is refused
/// @param numbered each recipient has a number of its own
/// @param content header and body as they are sent, null for a generated mail
/// @param length octets of the generated body, 0 for some lines
record SourceSettings(
        String host,
        String from,
        String to,
        int recipients,
        boolean lmtp,
        boolean old,
        boolean keep,
        boolean patient,
        boolean numbered,
        @Nullable String subject,
        byte @Nullable [] content,
        int length) {}

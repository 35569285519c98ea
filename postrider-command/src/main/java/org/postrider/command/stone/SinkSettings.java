package org.postrider.command.stone;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What one smtp-sink was asked to be.
///
/// @param verbose shows what clients say
/// @param dump null where no mail is kept
record SinkSettings(
        Manner manner,
        Rejections rejections,
        Pauses pauses,
        Treatments treatments,
        boolean verbose,
        @Nullable SinkDump dump) {
    /// @param lmtp speaks LMTP
    /// @param withheld keywords of EHLO that it does not announce
    record Manner(String host, boolean lmtp, Banner banner, Set<String> withheld) {}

    enum Banner {
        ESMTP,
        SMTP,
        /// As through a firewall that hides it.
        STARS
    }

    /// Whole replies.
    record Rejections(String soft, String hard) {}

    /// @param abort seconds after which DATA is broken off, -1 for never
    /// @param read seconds before it reads a message
    /// @param timeoutMillis of a command or a reply
    record Pauses(int abort, int read, int timeoutMillis) {}
}

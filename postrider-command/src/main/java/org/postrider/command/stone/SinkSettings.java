package org.postrider.command.stone;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What one smtp-sink was asked to be.
///
/// @param lmtp speaks LMTP
/// @param pix its greeting is a firewall's
/// @param esmtp announces it
/// @param withheld EHLO keywords that it does not announce: their first words
/// @param abortDelay seconds after which DATA is broken off, -1 for never
/// @param readDelay seconds before it reads a message
/// @param timeout milliseconds
record SinkSettings(
        String host,
        boolean lmtp,
        boolean pix,
        boolean esmtp,
        Set<String> withheld,
        String soft,
        String hard,
        int abortDelay,
        int readDelay,
        int timeout,
        boolean verbose,
        SinkCommands commands,
        @Nullable SinkDump dump) {}

package org.postrider.command;

import org.jspecify.annotations.Nullable;

/// The command ends: `name: fatal: message` and an exit status.
final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// EX_UNAVAILABLE of sysexits.h, as postqueue ends.
    static final int UNAVAILABLE = 69;

    private final int status;
    private final @Nullable String program;

    CommandException(int status, String message) {
        this(status, message, null);
    }

    /// @param program in whose name it is said, null for the command's own
    CommandException(int status, String message, @Nullable String program) {
        super(message, null, false, false);
        this.status = status;
        this.program = program;
    }

    @Nullable String program() {
        return program;
    }

    int status() {
        return status;
    }
}

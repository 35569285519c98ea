package org.postrider.command;

import org.jspecify.annotations.Nullable;

/// The command ends: `name: fatal: message` and an exit status.
public final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// EX_UNAVAILABLE of sysexits.h, as postqueue ends.
    public static final int UNAVAILABLE = 69;

    private final int status;
    private final @Nullable String program;

    public CommandException(int status, String message) {
        this(status, message, null);
    }

    /// @param program in whose name it is said, null for the command's own
    public CommandException(int status, String message, @Nullable String program) {
        super(message, null, false, false);
        this.status = status;
        this.program = program;
    }

    public @Nullable String program() {
        return program;
    }

    public int status() {
        return status;
    }
}

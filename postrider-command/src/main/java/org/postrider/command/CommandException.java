package org.postrider.command;

import org.jspecify.annotations.Nullable;

/// The command ends: `name: fatal: message` and an exit status.
public final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// EX_UNAVAILABLE of sysexits.h, as postqueue ends.
    public static final int UNAVAILABLE = 69;

    private final int status;
    private final @Nullable String program;
    private final String below;

    public CommandException(int status, String message) {
        this(status, message, null);
    }

    /// @param program in whose name it is said, null for the command's own
    public CommandException(int status, String message, @Nullable String program) {
        this(status, message, program, "");
    }

    private CommandException(int status, String message, @Nullable String program, String below) {
        super(message, null, false, false);
        this.status = status;
        this.program = program;
        this.below = below;
    }

    /// @param below further lines that show what the message is about
    public static CommandException shown(int status, String message, String below) {
        return new CommandException(status, message, null, below);
    }

    public String below() {
        return below;
    }

    public @Nullable String program() {
        return program;
    }

    public int status() {
        return status;
    }
}

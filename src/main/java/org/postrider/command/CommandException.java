package org.postrider.command;

/// The command ends: `name: fatal: message` and an exit status.
final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// EX_UNAVAILABLE of sysexits.h, as postqueue ends.
    static final int UNAVAILABLE = 69;

    private final int status;

    CommandException(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    int status() {
        return status;
    }
}

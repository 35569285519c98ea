package org.postrider.agent;

import org.jspecify.annotations.Nullable;
import org.postrider.dsn.Status;

/// What exit statuses of commands mean (sysexits(3)), with Postfix's statuses and words.
public enum SysExits {
    USAGE("5.3.0", "command line usage error"),
    DATAERR("5.6.0", "data format error"),
    NOINPUT("5.3.0", "cannot open input"),
    NOUSER("5.1.1", "user unknown"),
    NOHOST("5.1.2", "host name unknown"),
    UNAVAILABLE("5.3.0", "service unavailable"),
    SOFTWARE("5.3.0", "internal software error"),
    OSERR("4.3.0", "system resource problem"),
    OSFILE("5.3.0", "critical OS file missing"),
    CANTCREAT("5.2.0", "can't create user output file"),
    IOERR("5.3.0", "input/output error"),
    TEMPFAIL("4.3.0", "temporary failure"),
    PROTOCOL("5.5.0", "remote error in protocol"),
    NOPERM("5.7.0", "permission denied"),
    CONFIG("5.3.5", "local configuration error");

    private static final int FIRST = 64;

    private final Status status;
    private final String text;

    SysExits(String status, String text) {
        this.status =
                new Status(status.charAt(0) - '0', status.charAt(2) - '0', status.charAt(4) - '0');
        this.text = text;
    }

    public Status status() {
        return status;
    }

    public String text() {
        return text;
    }

    /// Null for a status that means nothing.
    public static @Nullable SysExits of(int exit) {
        int at = exit - FIRST;
        return at < 0 || at >= values().length ? null : values()[at];
    }
}

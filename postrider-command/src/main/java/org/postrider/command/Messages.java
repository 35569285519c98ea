package org.postrider.command;

import java.io.PrintStream;

/// What a command says on standard error: `postsuper: warning: …`.
public final class Messages {
    private final String program;
    private final PrintStream err;

    public Messages(String program, PrintStream err) {
        this.program = program;
        this.err = err;
    }

    public void info(String text) {
        err.print(program + ": " + text + "\n");
    }

    public void warning(String text) {
        err.print(program + ": warning: " + text + "\n");
    }

    public void fatal(String text) {
        err.print(program + ": fatal: " + text + "\n");
        err.flush();
    }
}

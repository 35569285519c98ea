package org.postrider.command;

import java.io.PrintStream;

/// What a command says on standard error: `postsuper: warning: …`.
final class Messages {
    private final String program;
    private final PrintStream err;

    Messages(String program, PrintStream err) {
        this.program = program;
        this.err = err;
    }

    void info(String text) {
        err.print(program + ": " + text + "\n");
    }

    void warning(String text) {
        err.print(program + ": warning: " + text + "\n");
    }

    void fatal(String text) {
        err.print(program + ": fatal: " + text + "\n");
        err.flush();
    }
}

package org.postrider.command;

import java.io.PrintStream;

/// What a command says on standard error: `postsuper: warning: …`. A control character is shown as
/// `?`, and so is what is no UTF-8.
public final class Messages {
    private final String program;
    private final PrintStream err;
    private final boolean ascii;

    public Messages(String program, PrintStream err) {
        this(program, err, false);
    }

    private Messages(String program, PrintStream err, boolean ascii) {
        this.program = program;
        this.err = err;
        this.ascii = ascii;
    }

    /// For a command that knows nothing of UTF-8: whatever is no ASCII is shown as `?`.
    public static Messages ascii(String program, PrintStream err) {
        return new Messages(program, err, true);
    }

    public void info(String text) {
        say("", text);
    }

    public void warning(String text) {
        say("warning: ", text);
    }

    public void fatal(String text) {
        say("fatal: ", text);
        err.flush();
    }

    public void fatal(CommandException e) {
        fatal(String.valueOf(e.getMessage()), e.below());
    }

    /// @param below further lines
    public void fatal(String text, String below) {
        say("fatal: ", text);
        below.lines().forEach(line -> err.print(shown(line) + "\n"));
        err.flush();
    }

    private void say(String kind, String text) {
        err.print(program + ": " + kind + shown(text) + "\n");
    }

    private String shown(String line) {
        return ascii ? Utf8.shown(line) : Utf8.printable(line);
    }
}

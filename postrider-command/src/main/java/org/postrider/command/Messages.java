package org.postrider.command;

import java.io.PrintStream;
import java.util.function.BiConsumer;
import org.postrider.log.Severity;

/// What a command says on standard error: `postsuper: warning: …`. A control character is shown as
/// `?`, and so is what is no UTF-8.
public final class Messages {
    private final String program;
    private final PrintStream err;
    private final boolean ascii;
    private final BiConsumer<Severity, String> also;

    public Messages(String program, PrintStream err) {
        this(program, err, false, (severity, text) -> {});
    }

    /// @param also hears each message, as it is said, too
    public Messages(String program, PrintStream err, BiConsumer<Severity, String> also) {
        this(program, err, false, also);
    }

    private Messages(
            String program, PrintStream err, boolean ascii, BiConsumer<Severity, String> also) {
        this.program = program;
        this.err = err;
        this.ascii = ascii;
        this.also = also;
    }

    /// For a command that knows nothing of UTF-8: whatever is no ASCII is shown as `?`.
    public static Messages ascii(String program, PrintStream err) {
        return new Messages(program, err, true, (severity, text) -> {});
    }

    public void info(String text) {
        say(Severity.INFO, text);
    }

    public void error(String text) {
        say(Severity.ERROR, text);
    }

    public void warning(String text) {
        say(Severity.WARNING, text);
    }

    public void fatal(String text) {
        say(Severity.FATAL, text);
        err.flush();
    }

    public void fatal(CommandException e) {
        fatal(String.valueOf(e.getMessage()), e.below());
    }

    /// @param below further lines
    public void fatal(String text, String below) {
        say(Severity.FATAL, text);
        below.lines().forEach(line -> err.print(shown(line) + "\n"));
        err.flush();
    }

    private void say(Severity severity, String text) {
        String shown = shown(text);
        err.print(program + ": " + severity.prefix() + shown + "\n");
        also.accept(severity, shown);
    }

    private String shown(String line) {
        return ascii ? Utf8.shown(line) : Utf8.printable(line);
    }
}

package org.postrider.command.submit;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.postrider.command.CommandException;
import org.postrider.command.Messages;
import org.postrider.command.ToolLog;
import org.postrider.config.ConfigException;
import org.postrider.config.ServiceSettings;
import org.postrider.log.Severity;
import org.postrider.master.Server;

/// What a command says to its caller, and at its end to the mail log as well: only then is it known
/// which configuration, and most have nothing to say and open no log. One thread.
final class Said {
    private record Line(String program, Severity severity, String text) {}

    private final PrintStream err;
    private final List<Line> lines = new ArrayList<>();

    Said(PrintStream err) {
        this.err = err;
    }

    /// @param program in whose name it is said: sendmail does the work of Postfix's postdrop, too
    Messages as(String program) {
        return new Messages(
                program, err, (severity, text) -> lines.add(new Line(program, severity, text)));
    }

    /// Puts it into the log of that configuration, as far as this user may write to it.
    void log(Supplier<Path> directory) {
        if (lines.isEmpty()) {
            return;
        }
        try {
            ServiceSettings settings = Server.settings(directory.get());
            for (Line line : lines) {
                try (ToolLog log = ToolLog.open(settings, line.program())) {
                    log.line(line.severity(), line.text());
                }
            }
        } catch (ConfigException | CommandException e) {
            // What cannot be read says where the log is.
        }
    }
}

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
/// which configuration, and most have nothing to say and open no log. Who calls it decides how much
/// it has to say: the log gets no more than so many lines of it, and how many more there were. One
/// thread.
final class Said {
    private static final int MOST = 100;

    /// Where Postfix cuts a line of its log.
    private static final int LONGEST = 2000;

    private record Line(String program, Severity severity, String text) {}

    private final PrintStream err;
    private final List<Line> lines = new ArrayList<>();
    private long more;

    Said(PrintStream err) {
        this.err = err;
    }

    /// @param program in whose name it is said: sendmail does the work of Postfix's postdrop, too
    Messages as(String program) {
        return new Messages(
                program, err, (severity, text) -> keep(new Line(program, severity, text)));
    }

    private void keep(Line line) {
        // What ends a command is said once or twice, and last.
        if (lines.size() < MOST || line.severity() == Severity.FATAL) {
            String text = line.text();
            String cut = text.substring(0, Math.min(text.length(), LONGEST));
            lines.add(new Line(line.program(), line.severity(), cut));
        } else {
            more++;
        }
    }

    /// Puts it into the log of that configuration, as far as this user may write to it.
    void log(Supplier<Path> directory) {
        if (lines.isEmpty()) {
            return;
        }
        try {
            ServiceSettings settings = Server.settings(directory.get());
            // One log for all, so that one which takes nothing keeps the caller once.
            try (ToolLog log = ToolLog.open(settings, lines.getFirst().program())) {
                for (Line line : lines) {
                    log.line(line.program(), line.severity(), line.text());
                }
                if (more > 0) {
                    log.warning(more + " more lines were said, and are not here");
                }
            }
        } catch (ConfigException | CommandException e) {
            // What cannot be read says where the log is.
        }
    }
}

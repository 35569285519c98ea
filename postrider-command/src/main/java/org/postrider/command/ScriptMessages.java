package org.postrider.command;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.postrider.config.Settings;
import org.postrider.log.Events;
import org.postrider.log.LogTag;
import org.postrider.master.Logs;
import org.postrider.master.MasterParams;

/// What Postfix's shell scripts say (postfix-script, postmulti-script): a line in the log under the
/// script's name, and the same to whoever has typed the command.
public final class ScriptMessages {
    private final Settings settings;
    private final String script;
    private final PrintStream err;

    /// @param settings whose syslog_name and log files count
    public ScriptMessages(Settings settings, String script, PrintStream err) {
        this.settings = settings;
        this.script = script;
        this.err = err;
    }

    /// @param text `starting …`, `fatal: …`, `warning: …`
    public void say(String text) {
        String name = settings.get(MasterParams.SYSLOG_NAME) + "/" + script;
        // The script's name for a person, its logger's for a program that reads.
        err.println((terminal() ? name + ": " : "postlog: ") + text);
        LogTag tag = new LogTag(name, ProcessHandle.current().pid());
        try (Events log = Logs.command(settings, tag, true)) {
            log.info(tag, text);
        }
    }

    /// Whether a person reads standard error.
    public static boolean terminal() {
        try {
            String name = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return name.startsWith("/dev/pts/") || name.startsWith("/dev/tty");
        } catch (IOException e) {
            return false;
        }
    }
}

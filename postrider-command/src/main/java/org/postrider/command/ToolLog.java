package org.postrider.command;

import java.nio.file.Path;
import org.postrider.config.ConfigException;
import org.postrider.config.ServiceSettings;
import org.postrider.log.Event;
import org.postrider.log.Events;
import org.postrider.log.LogTag;
import org.postrider.log.Severity;
import org.postrider.master.Logs;
import org.postrider.master.Server;

/// A command's own lines in the logs, `postfix/postsuper[pid]: …`, as far as this user may write
/// them.
public final class ToolLog implements AutoCloseable {
    private final Events log;
    private final LogTag tag;

    private ToolLog(Events log, LogTag tag) {
        this.log = log;
        this.tag = tag;
    }

    public static ToolLog open(ServiceSettings settings, String program) {
        String name = ToolConfig.text(settings, "syslog_name", 1) + "/" + program;
        LogTag tag = new LogTag(name, ProcessHandle.current().pid());
        try {
            return new ToolLog(Logs.command(settings, tag, false), tag);
        } catch (ConfigException e) {
            throw new CommandException(1, String.valueOf(e.getMessage()));
        }
    }

    /// For lines under another name than the command's, by who may: root makes the log's file, too.
    public static ToolLog named(ServiceSettings settings, String name) {
        LogTag tag = new LogTag(name, ProcessHandle.current().pid());
        boolean root = "root".equals(System.getProperty("user.name"));
        try {
            return new ToolLog(Logs.command(settings, tag, root), tag);
        } catch (ConfigException e) {
            throw new CommandException(1, String.valueOf(e.getMessage()));
        }
    }

    /// One line of a command that ends by it. Says nothing where even the log cannot be found.
    public static void failed(Path directory, String program, String text) {
        try {
            ServiceSettings settings = Server.settings(directory);
            try (ToolLog log = open(settings, program)) {
                log.info(text);
            }
        } catch (ConfigException | CommandException e) {
            // What cannot be read says where the log is.
        }
    }

    public void line(Severity severity, String text) {
        log.event(tag, new Event.Text(severity, text));
    }

    /// A line of a program whose work this command does, too.
    public void line(String program, Severity severity, String text) {
        String name = tag.name().substring(0, tag.name().lastIndexOf('/') + 1) + program;
        log.event(new LogTag(name, tag.pid()), new Event.Text(severity, text));
    }

    public void info(String text) {
        log.info(tag, text);
    }

    public void warning(String text) {
        log.warning(tag, text);
    }

    @Override
    public void close() {
        log.close();
    }
}

package org.postrider.command;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.config.ServiceSettings;
import org.postrider.log.LogTag;
import org.postrider.log.MailLogWriter;
import org.postrider.master.MasterParams;
import org.postrider.master.Server;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// A command's own lines in the mail log, `postfix/postsuper[pid]: …`, where maillog_file names a
/// file that this user may write.
final class ToolLog implements AutoCloseable {
    private static final Path SYSTEM_LOG = Path.of("/dev/log");

    private final @Nullable MailLogWriter log;
    private final LogTag tag;

    private ToolLog(@Nullable MailLogWriter log, LogTag tag) {
        this.log = log;
        this.tag = tag;
    }

    static ToolLog open(ServiceSettings settings, String program) {
        String name = ToolConfig.text(settings, "syslog_name", 1) + "/" + program;
        LogTag tag = new LogTag(name, ProcessHandle.current().pid());
        String file = ToolConfig.text(settings, "maillog_file", 1);
        if (file.isEmpty() && Files.isWritable(SYSTEM_LOG)) {
            return new ToolLog(
                    MailLogWriter.syslog(Supervisor.alone(), Clock.system(), SYSTEM_LOG, "mail"),
                    tag);
        }
        if (file.isEmpty() || file.startsWith("/dev/") || !Files.isWritable(Path.of(file))) {
            return new ToolLog(null, tag);
        }
        String host = ToolConfig.text(settings, "myhostname", 1);
        int dot = host.indexOf('.');
        return new ToolLog(
                new MailLogWriter(
                        Supervisor.alone(),
                        Clock.system(),
                        Path.of(file),
                        settings.get(MasterParams.MAILLOG_PERMISSIONS),
                        dot < 0 ? host : host.substring(0, dot)),
                tag);
    }

    /// One line of a command that ends by it. Says nothing where even the log cannot be found.
    static void failed(Path directory, String program, String text) {
        try {
            ServiceSettings settings = Server.settings(directory);
            try (ToolLog log = open(settings, program)) {
                log.info(text);
            }
        } catch (ConfigException | CommandException e) {
            // What cannot be read says where the log is.
        }
    }

    void info(String text) {
        if (log != null) {
            log.info(tag, text);
        }
    }

    void warning(String text) {
        if (log != null) {
            log.warning(tag, text);
        }
    }

    @Override
    public void close() {
        if (log != null) {
            log.close();
        }
    }
}

package org.postrider.master;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.config.Settings;
import org.postrider.log.LogTag;
import org.postrider.log.MailLogWriter;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// Opens the server's mail log where the settings say (MAILLOG_README).
final class ServerLog {
    private ServerLog() {}

    /// @throws ConfigException where maillog_file may not be written
    static MailLogWriter open(Supervisor threads, Settings settings, Clock clock) {
        String file = settings.get(MasterParams.MAILLOG_FILE);
        if (file.isEmpty() && Files.exists(Server.SYSTEM_LOG)) {
            return Server.systemLog(threads, settings, clock);
        }
        if (file.isEmpty() || file.equals("/dev/stdout")) {
            return writer(threads, settings, clock, null);
        }
        boolean allowed = false;
        for (String prefix : settings.get(MasterParams.MAILLOG_PREFIXES)) {
            allowed |= file.startsWith(prefix);
        }
        if (!allowed) {
            throw new ConfigException(
                    "maillog_file value '"
                            + file
                            + "' does not match any prefix in maillog_file_prefixes");
        }
        return writer(threads, settings, clock, Path.of(file));
    }

    private static MailLogWriter writer(
            Supervisor threads, Settings settings, Clock clock, @Nullable Path file) {
        try {
            return new MailLogWriter(
                    threads,
                    clock,
                    file,
                    settings.get(MasterParams.MAILLOG_PERMISSIONS),
                    Server.logHost(settings));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(String.valueOf(e.getMessage()));
        }
    }

    /// That the server before this one died, in the words of Postfix's master.
    static void formerEnd(MailLogWriter log, LogTag tag, Path queueDirectory) {
        FormerEnd former = FormerEnd.of(queueDirectory);
        if (former != null) {
            log.warning(tag, former.how());
        }
    }
}

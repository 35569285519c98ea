package org.postrider.master;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postrider.config.CommonParameters;
import org.postrider.config.ConfigException;
import org.postrider.config.Settings;
import org.postrider.log.Events;
import org.postrider.log.JsonLog;
import org.postrider.log.LogTag;
import org.postrider.log.Logging;
import org.postrider.log.MailLog;
import org.postrider.log.PostfixLog;
import org.postrider.log.TraceLog;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// Opens the mail log and the JSON log where the settings say (MAILLOG_README, docs/json-log.md),
/// and what posttrace reads (docs/queue-tools.md).
public final class Logs {
    private static final Path SYSTEM_LOG = Path.of("/dev/log");
    private static final String STDOUT = "/dev/stdout";

    private final Settings settings;
    private final Logging logging;

    private Logs(Settings settings, Logging logging) {
        this.settings = settings;
        this.logging = logging;
    }

    /// The server's logs.
    ///
    /// @param self who speaks when a log is in trouble
    /// @throws ConfigException for a log that may not lie there, and for a mode or a facility that
    ///   there is not
    public static Events server(Supervisor threads, Settings settings, Clock clock, LogTag self) {
        Logs logs = of(threads, settings, clock, self);
        String file = settings.get(MasterParams.MAILLOG_FILE);
        String json = settings.get(MasterParams.MAILLOG_JSON_FILE);
        logs.check("maillog_file", file);
        logs.check("maillog_json_file", json);
        if (!json.isEmpty() && json.equals(file)) {
            throw new ConfigException("maillog_json_file and maillog_file are the same file");
        }
        if (file.isEmpty() && Files.exists(SYSTEM_LOG)) {
            logs.system();
        } else {
            logs.mail(file.isEmpty() || file.equals(STDOUT) ? null : Path.of(file));
        }
        if (!json.isEmpty()) {
            logs.json(json.equals(STDOUT) ? null : Path.of(json));
        }
        long trace = settings.get(MasterParams.TRACE_SIZE_LIMIT);
        if (trace > 0) {
            TraceLog.server(
                    logs.logging,
                    Path.of(settings.get(MasterParams.DATA_DIRECTORY)),
                    trace,
                    settings.get(MasterParams.TRACE_LIFETIME).toMillis());
        }
        return logs.logging.events();
    }

    /// Those of the logs that this user may write, for a command's own lines.
    ///
    /// @param makes files that are not there are made
    public static Events command(Settings settings, LogTag self, boolean makes) {
        if (makes) {
            make(settings);
        }
        Logs logs = of(Supervisor.alone(), settings, Clock.system(), self);
        String file = settings.get(MasterParams.MAILLOG_FILE);
        if (file.isEmpty() && Files.isWritable(SYSTEM_LOG)) {
            logs.system();
        } else if (writable(file, makes)) {
            logs.mail(Path.of(file));
        }
        String json = settings.get(MasterParams.MAILLOG_JSON_FILE);
        if (writable(json, makes)) {
            logs.json(Path.of(json));
        }
        Path data = Path.of(settings.get(MasterParams.DATA_DIRECTORY));
        if (settings.get(MasterParams.TRACE_SIZE_LIMIT) > 0
                && Files.isWritable(data.resolve("trace"))) {
            TraceLog.command(logs.logging, data);
        }
        return logs.logging.events();
    }

    /// Makes what is not there of the files that the server writes, for root: a file of root's
    /// would be closed to the server, which runs as mail_owner and may not be able to make one in
    /// its place.
    public static void make(Settings settings) {
        if (!settings.get(MasterParams.DROP_PRIVILEGES)
                || !"root".equals(System.getProperty("user.name"))) {
            return;
        }
        for (Path file : files(settings)) {
            if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
                make(file, settings);
            }
        }
    }

    /// The logs that are files.
    public static List<Path> files(Settings settings) {
        return Stream.of(MasterParams.MAILLOG_FILE, MasterParams.MAILLOG_JSON_FILE)
                .map(settings::get)
                .filter(file -> file.startsWith("/") && !file.startsWith("/dev/"))
                .map(Path::of)
                .toList();
    }

    private static void make(Path file, Settings settings) {
        try {
            UserPrincipal owner =
                    file.getFileSystem()
                            .getUserPrincipalLookupService()
                            .lookupPrincipalByName(settings.get(MasterParams.MAIL_OWNER));
            PostfixLog.make(file, settings.get(MasterParams.MAILLOG_PERMISSIONS));
            if (Integer.valueOf(1)
                    .equals(Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS))) {
                Files.getFileAttributeView(
                                file, FileOwnerAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                        .setOwner(owner);
            }
        } catch (IOException | IllegalArgumentException e) {
            // Whoever writes it says what is wrong.
        }
    }

    private static boolean writable(String file, boolean makes) {
        return file.startsWith("/")
                && !file.startsWith("/dev/")
                && (makes || Files.isWritable(Path.of(file)));
    }

    private static Logs of(Supervisor threads, Settings settings, Clock clock, LogTag self) {
        long patience = settings.get(MasterParams.LOG_PATIENCE).toNanos();
        return new Logs(settings, new Logging(threads, clock, new Events(clock, self), patience));
    }

    private void check(String parameter, String file) {
        CommonParameters.checkLogPlace(
                parameter, file, settings.get(MasterParams.MAILLOG_PREFIXES));
    }

    private void system() {
        try {
            PostfixLog.syslog(logging, SYSTEM_LOG, settings.get(MasterParams.SYSLOG_FACILITY));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(String.valueOf(e.getMessage()));
        }
    }

    private void mail(@Nullable Path file) {
        String name = String.valueOf(settings.text("myhostname"));
        int dot = name.indexOf('.');
        String host = dot < 0 ? name : name.substring(0, dot);
        try {
            PostfixLog.file(logging, file, settings.get(MasterParams.MAILLOG_PERMISSIONS), host);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(String.valueOf(e.getMessage()));
        }
    }

    private void json(@Nullable Path file) {
        try {
            JsonLog.file(logging, file, settings.get(MasterParams.MAILLOG_PERMISSIONS));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(String.valueOf(e.getMessage()));
        }
    }

    /// That the server before this one died, in the words of Postfix's master.
    static void formerEnd(MailLog log, LogTag tag, Path queueDirectory) {
        FormerEnd former = FormerEnd.of(queueDirectory);
        if (former != null) {
            log.warning(tag, former.how());
        }
    }
}

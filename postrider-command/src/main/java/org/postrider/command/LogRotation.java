package org.postrider.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Reason;
import org.postrider.config.Settings;
import org.postrider.disk.RealDisk;
import org.postrider.master.Logs;
import org.postrider.master.MasterParams;
import org.postrider.time.Clock;
import org.postrider.time.Strftime;

/// `postfix logrotate`: gives maillog_file, and maillog_json_file where there is one, the name with
/// maillog_file_rotate_suffix and has maillog_file_compressor make it small. The server goes on in
/// a new file, which root makes for it where it could not itself.
final class LogRotation {
    private final Settings settings;

    LogRotation(Settings settings) {
        this.settings = settings;
    }

    /// Null when it was done, else why not.
    @Nullable String rotate() {
        boolean none = true;
        for (var log : List.of(MasterParams.MAILLOG_FILE, MasterParams.MAILLOG_JSON_FILE)) {
            String file = settings.get(log);
            if (!file.isEmpty() && !file.startsWith("/dev/")) {
                none = false;
                String refused = rotate(Path.of(file));
                if (refused != null) {
                    return refused;
                }
            }
        }
        return none
                ? "maillog_file names no file: the system's log is rotated by the system"
                : null;
    }

    private @Nullable String rotate(Path from) {
        Path to =
                from.resolveSibling(
                        from.getFileName()
                                + "."
                                + dated(settings.get(CommandParams.MAILLOG_FILE_ROTATE_SUFFIX)));
        try {
            if (Files.exists(to)) {
                return to + ": File exists";
            }
            new RealDisk().rename(from, to);
            Logs.make(settings);
            String compressor = settings.get(CommandParams.MAILLOG_FILE_COMPRESSOR);
            int status =
                    new ProcessBuilder(compressor, to.toString()).inheritIO().start().waitFor();
            return status == 0 ? null : compressor + " " + to + ": exit status " + status;
        } catch (IOException e) {
            return from + ": " + Reason.of(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    private static String dated(String pattern) {
        return Strftime.of(
                pattern, Instant.ofEpochMilli(Clock.system().wallMillis()).atZone(Clock.zone()));
    }
}

package org.postrider.master.life;

import java.nio.file.Path;
import org.postrider.anvil.Anvil;
import org.postrider.anvil.AnvilParams;
import org.postrider.anvil.SavedRates;
import org.postrider.anvil.StatusReport;
import org.postrider.config.Settings;
import org.postrider.disk.Disk;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.master.MasterParams;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// What is counted of clients and of mail, over all services and reloads.
public final class Counting implements AutoCloseable {
    private final StatusReport report;
    private final SavedRates saved;
    private final Anvil anvil;

    public Counting(Settings settings, Disk disk, MailLog log, Supervisor threads, Clock clock) {
        LogTag tag = tag(settings);
        saved =
                new SavedRates(
                        disk,
                        Path.of(settings.get(MasterParams.DATA_DIRECTORY)).toAbsolutePath(),
                        threads,
                        clock,
                        settings.get(AnvilParams.RATE_LIMIT_KEYS),
                        settings.get(AnvilParams.RATE_LIMIT_SAVE_TIME).toMillis(),
                        text -> log.warning(tag, text));
        anvil = new Anvil(clock, saved::rates);
        report =
                new StatusReport(
                        anvil,
                        log,
                        tag,
                        threads,
                        clock,
                        settings.get(AnvilParams.STATUS_UPDATE_TIME),
                        settings.get(AnvilParams.MAX_IDLE));
    }

    private static LogTag tag(Settings settings) {
        return new LogTag(
                settings.get(MasterParams.SYSLOG_NAME) + "/anvil", ProcessHandle.current().pid());
    }

    public Anvil anvil() {
        return anvil;
    }

    /// Counts stay; what they were at most is logged, as Postfix's anvil does when it is replaced.
    public void reload(Settings settings) {
        saved.set(
                settings.get(AnvilParams.RATE_LIMIT_KEYS),
                settings.get(AnvilParams.RATE_LIMIT_SAVE_TIME).toMillis());
        report.reload(
                tag(settings),
                settings.get(AnvilParams.STATUS_UPDATE_TIME),
                settings.get(AnvilParams.MAX_IDLE));
    }

    @Override
    public void close() {
        report.close();
        saved.close();
    }
}

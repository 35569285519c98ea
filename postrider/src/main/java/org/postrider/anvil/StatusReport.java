package org.postrider.anvil;

import java.time.Duration;
import java.util.List;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.threads.Loop;
import org.postrider.threads.Supervisor;
import org.postrider.threads.Work;
import org.postrider.time.Clock;

/// Logs the peaks every anvil_status_update_time from the first count on, when clients have been
/// away for as long as Postfix's idle daemons stay (twice max_idle), and when it is told to. Asleep
/// while nothing is counted.
public final class StatusReport implements AutoCloseable {
    private static final Work WORK = Work.of("anvil-status", "logs the peaks of what is counted");

    private final Anvil anvil;
    private final MailLog log;
    private final Clock clock;
    private final Loop loop;
    private volatile LogTag tag;
    private volatile long everyNanos;
    private volatile long idleNanos;
    private boolean counting;
    private long begun;

    /// @param tag `postfix/anvil`
    public StatusReport(
            Anvil anvil,
            MailLog log,
            LogTag tag,
            Supervisor threads,
            Clock clock,
            Duration every,
            Duration maxIdle) {
        this.anvil = anvil;
        this.log = log;
        this.tag = tag;
        this.clock = clock;
        this.everyNanos = every.toNanos();
        this.idleNanos = 2 * maxIdle.toNanos();
        loop = threads.loop(WORK, this::step);
        anvil.onFirstCount(loop::wake);
        loop.start();
    }

    /// A reload: reports, and goes on with these settings.
    public void reload(LogTag newTag, Duration every, Duration maxIdle) {
        report();
        tag = newTag;
        everyNanos = every.toNanos();
        idleNanos = 2 * maxIdle.toNanos();
        loop.wake();
    }

    /// Logs what was counted since the last time, if anything was.
    public void report() {
        List<String> lines = anvil.report(Clock.zone());
        for (String line : lines) {
            log.info(tag, line);
        }
    }

    private long step() {
        if (!anvil.counted()) {
            counting = false;
            return Loop.UNTIL_WOKEN;
        }
        long now = clock.nanos();
        if (!counting) {
            counting = true;
            begun = now;
        }
        long left = begun + everyNanos - now;
        if (anvil.connections() == 0) {
            left = Math.min(left, anvil.lastNanos() + idleNanos - now);
        }
        if (left <= 0) {
            begun = now;
            report();
            return 0;
        }
        return Math.min(left, idleNanos);
    }

    @Override
    public void close() {
        loop.close();
    }
}

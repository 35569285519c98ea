package org.postrider.master.life;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Settings;
import org.postrider.log.Events;
import org.postrider.log.LogTag;
import org.postrider.master.Logs;
import org.postrider.master.MasterParams;
import org.postrider.metrics.MailCounters;
import org.postrider.threads.Steps;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// What a server has before it has anything else: a clock, the supervisor of its threads, its logs;
/// and a hold on all that is to be closed at its end, the last first. Used by the thread that
/// starts the server, then by the one that ends it.
public final class Base implements AutoCloseable {
    private final Clock clock = Clock.system();
    private final Supervisor threads;
    private final LogTag tag;
    private final Events log;
    private final Deque<AutoCloseable> held = new ArrayDeque<>();
    private @Nullable MailCounters counted;

    /// @param steps told of each step of each thread
    /// @throws org.postrider.config.ConfigException for a log that may not lie where it should
    public Base(Settings settings, Steps steps) {
        threads = new Supervisor(clock, steps);
        tag = tag(settings, "master");
        log = Logs.server(threads, settings, clock, tag);
        held.push(log);
        held.push(threads);
    }

    public Clock clock() {
        return clock;
    }

    public Supervisor threads() {
        return threads;
    }

    public Events log() {
        return log;
    }

    /// Who speaks for the server itself.
    public LogTag tag() {
        return tag;
    }

    /// Who speaks for one of its parts.
    public static LogTag tag(Settings settings, String part) {
        return new LogTag(
                settings.get(MasterParams.SYSLOG_NAME) + "/" + part, ProcessHandle.current().pid());
    }

    /// What is counted of all that happens; from the first call on.
    public synchronized MailCounters counted() {
        MailCounters known = counted;
        if (known == null) {
            known = new MailCounters();
            counted = known;
            log.subscribe("metrics", known);
        }
        return known;
    }

    public void warn(String text) {
        log.warning(tag, text);
    }

    /// To be closed before all that is held already.
    public <T extends AutoCloseable> T hold(T made) {
        held.push(made);
        return made;
    }

    /// Closes what is held, each whatever the others do.
    @Override
    public void close() {
        for (AutoCloseable each = held.poll(); each != null; each = held.poll()) {
            try {
                each.close();
            } catch (Throwable e) {
                log.panic(tag, "close", e);
            }
        }
    }
}

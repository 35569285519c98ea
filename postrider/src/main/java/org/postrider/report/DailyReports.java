package org.postrider.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.Disk;
import org.postrider.threads.Family;
import org.postrider.threads.Loop;
import org.postrider.threads.Supervisor;
import org.postrider.threads.Work;
import org.postrider.time.Clock;

/// The mail system's reports of one kind: counts are read from data_directory when results are
/// first to be taken, and written there by a thread of its own once a minute. Where another mail
/// system holds the directory nothing is counted, and the log says so. Any thread.
///
/// @param <R> a result
public final class DailyReports<R> implements AutoCloseable {
    private final World world;
    private final Kind<R> kind;
    private final Consumer<String> warnings;
    private final Reporter<R> reporter;
    private final Loop loop;
    private @Nullable AutoCloseable owned;
    private boolean running;
    private boolean sends;
    private boolean started;
    private boolean closed;

    /// What the server has.
    ///
    /// @param directory data_directory
    public record World(Disk disk, Path directory, Supervisor threads, Clock clock) {}

    /// Its threads.
    ///
    /// @param loop counts, saves, sends
    /// @param task asks a domain, or sends one report
    public record Works(Work loop, Work task) {}

    /// @param most octets of memory
    public DailyReports(World world, Kind<R> kind, Works works, long most, Reporter.Says log) {
        this.world = world;
        this.kind = kind;
        warnings = log.warnings();
        Family tasks = world.threads().family(works.task());
        loop = world.threads().loop(works.loop(), this::step);
        reporter =
                new Reporter<>(
                        new LedgerFile<>(world.disk(), world.directory(), kind, log.warnings()),
                        kind,
                        most,
                        new Reporter.Outside(tasks::start, new SplittableRandom(), log),
                        world.clock());
    }

    /// A reload. What is counted stays.
    ///
    /// @param most octets of memory
    public void set(long most) {
        reporter.set(most);
    }

    /// The first call begins to count, and no report goes out before [#start].
    ///
    /// @return null where nothing is counted
    public synchronized @Nullable Reporter<R> results() {
        if (owned == null && !closed && own()) {
            reporter.begin(loop);
            running = true;
            go();
        }
        return running ? reporter : null;
    }

    /// The server is there: reports can go out.
    public synchronized void start() {
        sends = true;
        go();
    }

    private void go() {
        if (running && sends && !started && !closed) {
            started = true;
            loop.start();
        }
    }

    private long step() {
        return reporter.step();
    }

    private boolean own() {
        String why = world.directory() + " is in use by another mail system";
        try {
            owned = world.disk().tryLock(LedgerFile.lock(world.directory(), kind));
            if (owned != null) {
                return true;
            }
        } catch (IOException e) {
            why = String.valueOf(e.getMessage());
        }
        warnings.accept(kind.names().all() + ": nothing is counted: " + why);
        owned = () -> {};
        return false;
    }

    /// Saves all and lets go of the directory. What is being sent is sent again after a start.
    @Override
    public void close() {
        AutoCloseable holding;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            holding = owned;
        }
        try {
            loop.end(0);
            if (running) {
                reporter.save();
            }
            if (holding != null) {
                holding.close();
            }
        } catch (Exception e) {
            warnings.accept(kind.names().all() + ": " + e.getMessage());
        }
    }
}

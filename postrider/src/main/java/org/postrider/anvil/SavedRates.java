package org.postrider.anvil;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.Disk;
import org.postrider.threads.Loop;
import org.postrider.threads.Supervisor;
import org.postrider.threads.Work;
import org.postrider.time.Clock;

/// The mail system's [Rates], read from data_directory when first asked for and written there by a
/// thread of its own: every smtpd_rate_limit_save_time while there is something to write, forced
/// every ten seconds and at the end. Where another mail system holds the directory, or it cannot be
/// written, counts live in memory, and the log says so. Any thread.
public final class SavedRates implements AutoCloseable {
    private static final long FORCE_NANOS = 10_000_000_000L;

    private static final Work WORK =
            Work.of("rates", "saves the counts of smtpd_rate_limits").onPlatform();

    private final Supervisor threads;
    private final Disk disk;
    private final Path directory;
    private final Clock clock;
    private final Consumer<String> warnings;
    private final Rates rates;
    private final RateFile file;
    private volatile long saveNanos;
    private volatile boolean changed;
    private volatile boolean closed;
    private @Nullable Loop loop;

    // The loop's.
    private long forced;
    private long saved;
    private boolean unforced;

    private @Nullable AutoCloseable owned;

    /// @param mostKeys smtpd_rate_limit_keys
    /// @param saveMillis smtpd_rate_limit_save_time
    public SavedRates(
            Disk disk,
            Path directory,
            Supervisor threads,
            Clock clock,
            int mostKeys,
            long saveMillis,
            Consumer<String> warnings) {
        this.threads = threads;
        this.disk = disk;
        this.directory = directory;
        this.clock = clock;
        this.warnings = warnings;
        this.rates = new Rates(clock, mostKeys, warnings);
        this.file = new RateFile(disk, directory, rates, warnings);
        this.saveNanos = saveMillis * 1_000_000;
    }

    /// A reload.
    public void set(int mostKeys, long saveMillis) {
        rates.mostKeys(mostKeys);
        saveNanos = saveMillis * 1_000_000;
    }

    /// The counts; the first call reads them and begins to save them.
    public synchronized Rates rates() {
        if (loop == null && owned == null && !closed && own()) {
            Loop made = threads.loop(WORK, this::step);
            rates.collect(() -> changed(made));
            file.load();
            forced = clock.nanos();
            saved = forced - saveNanos;
            changed = true;
            loop = made;
            made.start();
        }
        return rates;
    }

    private boolean own() {
        try {
            owned = disk.tryLock(directory.resolve(RateFile.LOCK));
            if (owned == null) {
                warnings.accept(
                        "rate limits: "
                                + directory
                                + " is in use by another mail system: counts are not saved");
                owned = () -> {};
                return false;
            }
            return true;
        } catch (IOException e) {
            warnings.accept("rate limits: counts are not saved: " + e.getMessage());
            owned = () -> {};
            return false;
        }
    }

    private void changed(Loop saving) {
        changed = true;
        saving.wake();
    }

    private long step() {
        long now = clock.nanos();
        if (changed && now - saved >= saveNanos) {
            save(now - forced >= FORCE_NANOS);
            return 0;
        }
        if (changed) {
            return saveNanos - (now - saved);
        }
        if (!unforced) {
            return Loop.UNTIL_WOKEN;
        }
        if (now - forced >= FORCE_NANOS) {
            save(true);
            return 0;
        }
        return FORCE_NANOS - (now - forced);
    }

    private void save(boolean force) {
        boolean done = false;
        saved = clock.nanos();
        changed = false;
        try {
            file.save(force);
            forced = force ? saved : forced;
            unforced = !force;
            done = true;
        } finally {
            if (!done) {
                changed = true;
            }
        }
    }

    /// Saves all and lets go of the directory.
    @Override
    public void close() {
        Loop running;
        AutoCloseable holding;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            running = loop;
            holding = owned;
        }
        try {
            if (running != null) {
                running.end(0);
                file.close();
            }
            if (holding != null) {
                holding.close();
            }
        } catch (Exception e) {
            warnings.accept("rate limits: " + e.getMessage());
        }
    }
}

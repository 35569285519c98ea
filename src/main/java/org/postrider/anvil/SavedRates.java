package org.postrider.anvil;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.Disk;
import org.postrider.time.Clock;

/// The mail system's [Rates], read from data_directory when first asked for and written there by a
/// thread of its own: every smtpd_rate_limit_save_time while there is something to write, forced
/// every ten seconds and at the end. Where another mail system holds the directory, or it cannot be
/// written, counts live in memory, and the log says so. Any thread.
public final class SavedRates implements AutoCloseable {
    private static final long FORCE_NANOS = 10_000_000_000L;

    private final Disk disk;
    private final Path directory;
    private final Clock clock;
    private final Consumer<String> warnings;
    private final Rates rates;
    private final RateFile file;
    private volatile long saveNanos;
    private volatile boolean changed;
    private volatile boolean closed;
    private @Nullable Thread thread;
    private @Nullable AutoCloseable owned;

    /// @param mostKeys smtpd_rate_limit_keys
    /// @param saveMillis smtpd_rate_limit_save_time
    public SavedRates(
            Disk disk,
            Path directory,
            Clock clock,
            int mostKeys,
            long saveMillis,
            Consumer<String> warnings) {
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
        if (thread == null && owned == null && !closed && own()) {
            rates.collect(this::changed);
            file.load();
            Thread t = Thread.ofPlatform().daemon().name("rates").unstarted(this::run);
            thread = t;
            changed = true;
            t.start();
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

    private void changed() {
        changed = true;
        LockSupport.unpark(thread);
    }

    private void run() {
        long forced = clock.nanos();
        long saved = forced - saveNanos;
        boolean unforced = false;
        while (!closed) {
            long now = clock.nanos();
            if (changed && now - saved >= saveNanos) {
                changed = false;
                boolean force = now - forced >= FORCE_NANOS;
                save(force);
                saved = now;
                forced = force ? now : forced;
                unforced = !force;
            } else if (changed) {
                LockSupport.parkNanos(this, saveNanos - (now - saved));
            } else if (unforced && now - forced >= FORCE_NANOS) {
                save(true);
                forced = now;
                unforced = false;
            } else if (unforced) {
                LockSupport.parkNanos(this, FORCE_NANOS - (now - forced));
            } else {
                LockSupport.park(this);
            }
        }
    }

    /// A bug of ours costs one write.
    private void save(boolean force) {
        try {
            file.save(force);
        } catch (RuntimeException e) {
            warnings.accept("rate limits: cannot save counts: " + e);
        }
    }

    /// Saves all and lets go of the directory.
    @Override
    public void close() {
        Thread running;
        AutoCloseable holding;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            running = thread;
            holding = owned;
        }
        try {
            if (running != null) {
                LockSupport.unpark(running);
                running.join();
                file.close();
            }
            if (holding != null) {
                holding.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            warnings.accept("rate limits: " + e.getMessage());
        }
    }
}

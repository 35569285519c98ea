package org.postrider.verify;

import java.io.IOException;
import java.util.AbstractList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.maps.Opening;
import org.postrider.maps.TableException;
import org.postrider.memory.Budget;
import org.postrider.threads.Loop;
import org.postrider.threads.Supervisor;
import org.postrider.threads.Work;
import org.postrider.time.Clock;

/// What is known of addresses, over all services and reloads that name the same address_verify_map,
/// and which of them are asked for now. In memory, bounded by entries and octets; a thread of its
/// own saves it while it changes and forgets what is too old. Any thread.
public final class SavedCache implements AutoCloseable {
    private static final long SAVE_NANOS = 1_000_000_000L;

    /// A save may take this part of the time.
    private static final int SAVE_SHARE = 20;

    /// The key under which Postfix's cache has the time of the last clean-up.
    private static final String CLEANED = "_LAST_CACHE_CLEANUP_COMPLETED_";

    private static final int PER_PROBE = 8192;
    private static final int MEMORY_PERCENT = 6;

    /// As long as a command line may be by default: Postfix remembers them all.
    private static final int LONGEST_KEY = 2048;

    private static final Work WORK =
            Work.of("verify", "saves and cleans what is known of addresses").onPlatform();

    /// How it is bounded.
    ///
    /// @param cleanupSeconds 0 for never
    record Bounds(int most, long cleanupSeconds, Ages ages) {}

    /// An address that is asked for. What is taken of memory for it is given back at its end.
    static final class Asked {
        private final CountDownLatch over = new CountDownLatch(1);
        private final Budget.Share memory;

        private Asked(Budget.Share memory) {
            this.memory = memory;
        }

        /// Waits for its answer, or its end.
        void await(long nanos) {
            try {
                boolean inTime = over.await(nanos, TimeUnit.NANOSECONDS);
                assert inTime || nanos > 0;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /// The answer is there.
        void answered() {
            over.countDown();
        }
    }

    private final String name;
    private final @Nullable CacheFile file;
    private final Clock clock;
    private final Consumer<String> info;
    private final Consumer<String> warnings;
    private final Budget budget;
    private final Budget.Share memory;
    private final Loop loop;

    // Guarded by this.
    private final LinkedHashMap<String, CacheEntry> entries = new LinkedHashMap<>();
    private final Map<String, Asked> asked = new LinkedHashMap<>();
    private Bounds bounds;
    private long cleaned;
    private boolean changed;

    // The loop's.
    private long savedNanos;
    private long pauseNanos = SAVE_NANOS;
    private boolean failed;

    /// Reads what there is, and begins to save.
    ///
    /// @param map address_verify_map; empty: nothing is saved
    /// @param info gets what Postfix's verify says of its cache
    /// @throws org.postrider.config.ConfigException for a table that cannot be written
    SavedCache(
            String map,
            Bounds bounds,
            Opening opening,
            Supervisor threads,
            Consumer<String> info,
            Consumer<String> warnings) {
        this.name = map;
        this.bounds = bounds;
        this.file = CacheFile.of(map, opening);
        this.clock = opening.clock();
        this.info = info;
        this.warnings = warnings;
        budget =
                new Budget(
                        "verified addresses", Budget.ofHeap(MEMORY_PERCENT), Budget.ofHeap(1), 0);
        memory = budget.share();
        savedNanos = clock.nanos() - SAVE_NANOS;
        load();
        loop = threads.loop(WORK, this::step);
        loop.start();
    }

    /// A reload.
    synchronized void set(Bounds now) {
        bounds = now;
        while (entries.size() > bounds.most()) {
            forgetEldest();
        }
        loop.wake();
    }

    private long seconds() {
        return clock.wallMillis() / 1000;
    }

    // ---- what is known

    synchronized @Nullable CacheEntry get(String key) {
        return entries.get(key);
    }

    /// Remembers it; where there is no room, others are forgotten, the oldest first.
    synchronized void put(String key, CacheEntry entry) {
        if (key.length() > LONGEST_KEY) {
            return;
        }
        forget(key);
        long octets = entry.memory(key);
        while (entries.size() >= bounds.most() || !memory.take(octets)) {
            if (!forgetEldest()) {
                return;
            }
        }
        entries.put(key, entry);
        changed();
    }

    private void forget(String key) {
        CacheEntry had = entries.remove(key);
        if (had != null) {
            memory.give(had.memory(key));
            changed();
        }
    }

    private boolean forgetEldest() {
        Iterator<Map.Entry<String, CacheEntry>> all = entries.entrySet().iterator();
        if (!all.hasNext()) {
            return false;
        }
        Map.Entry<String, CacheEntry> eldest = all.next();
        memory.give(eldest.getValue().memory(eldest.getKey()));
        all.remove();
        changed();
        return true;
    }

    private void changed() {
        changed = true;
        if (file != null && loop != null) {
            loop.wake();
        }
    }

    synchronized int size() {
        return entries.size();
    }

    // ---- what is asked for

    /// The address as it is asked for now; null where it is not.
    synchronized @Nullable Asked asked(String key) {
        return asked.get(key);
    }

    /// How many are asked for.
    synchronized int pending() {
        return asked.size();
    }

    /// It is asked for from now on, until [#over].
    ///
    /// @return null where it is already, or there is no memory for one more
    synchronized @Nullable Asked ask(String key) {
        if (asked.containsKey(key)) {
            return null;
        }
        Budget.Share share = budget.share();
        if (!share.take(PER_PROBE + 4L * key.length())) {
            return null;
        }
        Asked made = new Asked(share);
        asked.put(key, made);
        return made;
    }

    /// It is asked for no more. More than once is the same as once.
    synchronized void over(String key, Asked which) {
        if (asked.remove(key, which)) {
            which.memory.close();
        }
        which.answered();
    }

    // ---- the file, and what is too old

    private void load() {
        CacheFile from = file;
        if (from == null) {
            return;
        }
        int[] unread = {0};
        try {
            from.load((key, value) -> {
                CacheEntry entry = CacheEntry.parse(value);
                if (key.equals(CLEANED)) {
                    cleaned = value.matches("[0-9]{1,12}") ? Long.parseLong(value) : 0;
                } else if (entry != null) {
                    put(key, entry);
                } else if (!value.startsWith(AddressStatus.UNKNOWN.ordinal() + ":")) {
                    unread[0]++;
                }
            });
        } catch (TableException e) {
            String why = String.valueOf(e.getMessage());
            if (!why.contains("No such file")) {
                warnings.accept("cache " + name + ": " + why + ": addresses are asked for anew");
            }
        }
        if (unread[0] > 0) {
            warnings.accept("cache " + name + ": " + unread[0] + " entries cannot be read");
        }
        synchronized (this) {
            changed = false;
        }
    }

    private long step() {
        long now = clock.nanos();
        long next = clean();
        CacheFile to = file;
        boolean unsaved;
        synchronized (this) {
            unsaved = changed;
        }
        if (to == null || !unsaved) {
            return next;
        }
        long left = pauseNanos - (now - savedNanos);
        if (left > 0) {
            return Math.min(next, left);
        }
        save(to);
        return 0;
    }

    /// @return nanoseconds until it is to be done again
    private long clean() {
        int retained;
        int dropped = 0;
        synchronized (this) {
            long interval = bounds.cleanupSeconds();
            if (interval == 0) {
                return Loop.UNTIL_WOKEN;
            }
            long now = seconds();
            long left = cleaned + interval - now;
            // A clock that was set back does not put it off.
            if (left > 0 && cleaned <= now) {
                return TimeUnit.SECONDS.toNanos(left);
            }
            for (String key : List.copyOf(entries.keySet())) {
                CacheEntry entry = entries.get(key);
                if (entry != null && bounds.ages().done(entry, now)) {
                    forget(key);
                    dropped++;
                }
            }
            retained = entries.size();
            cleaned = now;
            changed = true;
        }
        if (retained + dropped == 0) {
            // Postfix's service, and with it its cache, is there only once somebody asked.
            return 0;
        }
        info.accept(
                "cache "
                        + name
                        + " full cleanup: retained="
                        + retained
                        + " dropped="
                        + dropped
                        + " entries");
        return 0;
    }

    /// What is to be saved, each line made when it is written.
    private static final class Snapshot extends AbstractList<Map.Entry<String, String>> {
        private final List<String> keys;
        private final List<CacheEntry> entries;
        private final long cleaned;

        Snapshot(List<String> keys, List<CacheEntry> entries, long cleaned) {
            this.keys = keys;
            this.entries = entries;
            this.cleaned = cleaned;
        }

        @Override
        public Map.Entry<String, String> get(int i) {
            return i < keys.size()
                    ? Map.entry(keys.get(i), entries.get(i).line())
                    : Map.entry(CLEANED, Long.toString(cleaned));
        }

        @Override
        public int size() {
            return keys.size() + (cleaned > 0 ? 1 : 0);
        }
    }

    private void save(CacheFile to) {
        Snapshot all;
        synchronized (this) {
            all =
                    new Snapshot(
                            List.copyOf(entries.keySet()), List.copyOf(entries.values()), cleaned);
            changed = false;
        }
        long begun = clock.nanos();
        boolean saved = false;
        try {
            to.save(all);
            saved = true;
        } catch (IOException e) {
            if (!failed) {
                warnings.accept("cache " + name + ": cannot be saved: " + e.getMessage());
            }
        } finally {
            failed = !saved;
            if (failed) {
                synchronized (this) {
                    changed = true;
                }
            }
            savedNanos = clock.nanos();
            long pause = SAVE_SHARE * (savedNanos - begun);
            pauseNanos = Math.max(failed ? 10 * SAVE_NANOS : SAVE_NANOS, pause);
        }
    }

    /// Saves what there is.
    @Override
    public void close() {
        loop.end(0);
        CacheFile to = file;
        boolean unsaved;
        synchronized (this) {
            unsaved = changed;
        }
        if (to != null && unsaved) {
            save(to);
        }
    }
}

package org.postrider.anvil;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.time.Clock;

/// How much mail each login, sender and domain had in windows that slide (docs/internals/rates.md).
/// A window is counted in [#SLICES] slices and the one begun: no more than the limit ever falls in
/// any window of that length, and a count is forgotten after between one and 1.1 lengths. Room is
/// taken before a mail is accepted and kept or given back with it, so sessions at the same time
/// never overshoot together. Any thread; one lock, held for less than a microsecond but for
/// eviction and snapshots.
public final class Rates {
    /// Slices of a window.
    public static final int SLICES = 10;

    private static final int MOST_KEY_LENGTH = 320;
    private static final double KEPT_BY_EVICTION = 0.9;
    private static final long WARN_NANOS = 600_000_000_000L;

    /// What is counted for whom. Written to disk by ordinal: add at the end only.
    public enum Kind {
        LOGIN,
        SENDER,
        SENDER_DOMAIN,
        RECIPIENT_DOMAIN,
        DESTINATION
    }

    /// Written to disk by ordinal: add at the end only.
    public enum Unit {
        MESSAGES,
        RECIPIENTS
    }

    /// Whose counts.
    public record Key(Kind kind, String name) {
        /// Long names are cut to what identifies them well enough and keeps memory bounded.
        public Key {
            if (name.length() > MOST_KEY_LENGTH) {
                name =
                        name.substring(0, MOST_KEY_LENGTH / 2)
                                + "#"
                                + Integer.toHexString(name.hashCode())
                                + "#"
                                + name.substring(name.length() - MOST_KEY_LENGTH / 4);
            }
        }
    }

    /// @param most how many in a window
    /// @param seconds the window's length
    public record Limit(int most, int seconds, Unit unit) {}

    /// Counts of one window, to be written: so many more in this slice.
    record Change(Key key, Limit limit, long slice) {}

    /// One window of one key.
    static final class Window {
        final int seconds;
        final Unit unit;
        final int[] counts = new int[SLICES + 1];
        int most;
        long newest;
        int sum;
        int taken;

        Window(Limit limit) {
            seconds = limit.seconds();
            unit = limit.unit();
            most = limit.most();
        }

        long slice(long millis) {
            return millis / length();
        }

        /// Forgets what is older than the window.
        void advance(long millis) {
            long slice = slice(millis);
            if (slice <= newest) {
                return;
            }
            if (slice - newest >= counts.length) {
                Arrays.fill(counts, 0);
                sum = 0;
            } else {
                for (long s = newest + 1; s <= slice; s++) {
                    sum -= counts[at(s)];
                    counts[at(s)] = 0;
                }
            }
            newest = slice;
        }

        /// Counts in a slice that may be an earlier one.
        void add(long slice, int amount) {
            if (slice > newest - counts.length && slice <= newest) {
                counts[at(slice)] += amount;
                sum += amount;
            }
        }

        int at(long slice) {
            return (int) (slice % counts.length);
        }

        /// When so many that count now have been forgotten, of [Rates#now].
        long freed(int many) {
            int left = many;
            long last = newest;
            for (long s = newest - counts.length + 1; s <= newest && left > 0; s++) {
                left -= s < 0 ? 0 : counts[at(s)];
                last = s;
            }
            return (left > 0 ? newest : last) * length() + counts.length * length();
        }

        private long length() {
            return seconds * 1000L / SLICES;
        }

        double fill() {
            return (sum + taken) / (double) most;
        }
    }

    private final Clock clock;
    private final Consumer<String> warnings;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Key, Window[]> keys = new HashMap<>();
    private Map<Change, Integer> changes = new LinkedHashMap<>();
    private long offsetMillis;
    private int mostKeys;
    private int evictAt;
    private boolean saved;
    private volatile Runnable onChange = () -> {};
    private long warnedNanos;
    private boolean warned;

    /// @param mostKeys smtpd_rate_limit_keys
    /// @param warnings gets a line when keys that still count had to be forgotten
    public Rates(Clock clock, int mostKeys, Consumer<String> warnings) {
        this.clock = clock;
        this.mostKeys = mostKeys;
        this.warnings = warnings;
        offsetMillis = clock.wallMillis() - clock.nanos() / 1_000_000;
    }

    /// A time that goes on over restarts and never goes back, near the wall's.
    long now() {
        return offsetMillis + clock.nanos() / 1_000_000;
    }

    /// Counts were saved at this time: ours is not earlier, whatever the machine's clock says.
    void notBefore(long millis) {
        offsetMillis += Math.max(0, millis - now());
    }

    public void mostKeys(int most) {
        lock.lock();
        try {
            mostKeys = most;
        } finally {
            lock.unlock();
        }
    }

    /// Takes room for a mail on its way.
    ///
    /// @param anyway also where the limit is exceeded
    /// @return how many the window then holds; over `limit.most()` nothing was taken but `anyway`
    public int take(Key key, Limit limit, int amount, boolean anyway) {
        lock.lock();
        try {
            Window window = window(key, limit);
            int count = window.sum + window.taken + amount;
            if (count <= limit.most() || anyway) {
                window.taken += amount;
            }
            return count;
        } finally {
            lock.unlock();
        }
    }

    /// The mail was accepted: what was taken counts from now on.
    public void keep(Key key, Limit limit, int amount) {
        boolean first;
        lock.lock();
        try {
            Window window = window(key, limit);
            window.taken = Math.max(0, window.taken - amount);
            window.add(window.newest, amount);
            first = saved && changes.isEmpty();
            if (saved) {
                changes.merge(new Change(key, limit, window.newest), amount, Integer::sum);
            }
        } finally {
            lock.unlock();
        }
        if (first) {
            onChange.run();
        }
    }

    /// The mail was not accepted.
    public void giveBack(Key key, Limit limit, int amount) {
        lock.lock();
        try {
            Window window = window(key, limit);
            window.taken = Math.max(0, window.taken - amount);
        } finally {
            lock.unlock();
        }
    }

    /// How many the window holds now, without what is taken.
    public int count(Key key, Limit limit) {
        lock.lock();
        try {
            Window known = find(keys.get(key), limit);
            if (known == null) {
                return 0;
            }
            known.advance(now());
            return known.sum;
        } finally {
            lock.unlock();
        }
    }

    /// How long until the window has room for so many more.
    ///
    /// @param amount more than the limit are as many as the limit: they need an empty window
    /// @return milliseconds, 0 where there is room; what is taken and not yet kept is thought to be
    ///   kept now, so that it may be sooner if it is given back
    public long untilRoom(Key key, Limit limit, int amount) {
        lock.lock();
        try {
            Window known = find(keys.get(key), limit);
            if (known == null) {
                return 0;
            }
            long now = now();
            known.advance(now);
            int over = known.sum + known.taken + Math.min(amount, limit.most()) - limit.most();
            return over <= 0 ? 0 : known.freed(over) - now;
        } finally {
            lock.unlock();
        }
    }

    /// How many keys are known.
    public int size() {
        lock.lock();
        try {
            return keys.size();
        } finally {
            lock.unlock();
        }
    }

    private static @Nullable Window find(Window @Nullable [] windows, Limit limit) {
        if (windows != null) {
            for (Window each : windows) {
                if (each.seconds == limit.seconds() && each.unit == limit.unit()) {
                    return each;
                }
            }
        }
        return null;
    }

    private Window window(Key key, Limit limit) {
        Window[] known = keys.get(key);
        Window window = find(known, limit);
        if (window == null) {
            window = new Window(limit);
            if (known == null) {
                if (keys.size() >= Math.max(mostKeys, evictAt)) {
                    evict();
                    // Where nobody may go there is no use in looking again for each new key.
                    evictAt = keys.size() + mostKeys / 100;
                }
                keys.put(key, new Window[] {window});
            } else {
                Window[] more = Arrays.copyOf(known, known.length + 1);
                more[known.length] = window;
                keys.put(key, more);
            }
        }
        window.most = limit.most();
        window.advance(now());
        return window;
    }

    private record Ranked(Key key, double fill, long newestMillis) {}

    /// Forgets who counts for nothing; then, down to nine tenths of the room, who is farthest from
    /// a limit; who is at a limit only where all are. Mail on its way keeps its key.
    private void evict() {
        long now = now();
        List<Ranked> ranked = new ArrayList<>(keys.size());
        var all = keys.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<Key, Window[]> each = all.next();
            double fill = 0;
            int taken = 0;
            long newest = 0;
            for (Window w : each.getValue()) {
                w.advance(now);
                fill = Math.max(fill, w.fill());
                taken += w.taken;
                newest = Math.max(newest, lastCounted(w));
            }
            if (fill == 0) {
                all.remove();
            } else if (taken == 0) {
                ranked.add(new Ranked(each.getKey(), fill, newest));
            }
        }
        int surplus = keys.size() - (int) (mostKeys * KEPT_BY_EVICTION);
        if (surplus <= 0) {
            return;
        }
        ranked.sort(
                Comparator.comparingDouble((Ranked r) -> Math.min(1, r.fill()))
                        .thenComparingLong(Ranked::newestMillis));
        int below = 0;
        while (below < ranked.size() && ranked.get(below).fill() < 1) {
            below++;
        }
        // Those at a limit go only behind all others, and then few at a time.
        int few = Math.max(below, Math.max(1, mostKeys / 100));
        int gone = Math.min(surplus, few);
        for (Ranked each : ranked.subList(0, Math.min(gone, ranked.size()))) {
            keys.remove(each.key());
        }
        if (!warned || clock.nanos() - warnedNanos > WARN_NANOS) {
            warned = true;
            warnedNanos = clock.nanos();
            warnings.accept(
                    "rate limits: more than smtpd_rate_limit_keys = "
                            + mostKeys
                            + " logins, senders and domains at a time: those farthest from their"
                            + " limits are forgotten");
        }
    }

    private static long lastCounted(Window w) {
        for (long s = w.newest; s > w.newest - w.counts.length && s >= 0; s--) {
            if (w.counts[w.at(s)] > 0) {
                return s * (w.seconds * 1000L / SLICES);
            }
        }
        return 0;
    }

    // ---- what RateFile saves and restores

    /// From now on changes are collected for [#changes]; the runnable hears of the first.
    void collect(Runnable told) {
        lock.lock();
        try {
            onChange = told;
            saved = true;
        } finally {
            lock.unlock();
        }
    }

    /// What was kept since the last call.
    Map<Change, Integer> changes() {
        lock.lock();
        try {
            Map<Change, Integer> out = changes;
            changes = new LinkedHashMap<>();
            return out;
        } finally {
            lock.unlock();
        }
    }

    /// Gets every window that counts for something, under the lock.
    interface Visitor {
        void window(Key key, Window window);
    }

    /// All counts, and what was kept since the last call of [#changes], of one moment.
    Map<Change, Integer> snapshot(Visitor visitor) {
        lock.lock();
        try {
            long now = now();
            for (Map.Entry<Key, Window[]> each : keys.entrySet()) {
                for (Window w : each.getValue()) {
                    w.advance(now);
                    if (w.sum > 0) {
                        visitor.window(each.getKey(), w);
                    }
                }
            }
            return changes();
        } finally {
            lock.unlock();
        }
    }

    /// Counts of an earlier run.
    void restore(Key key, Limit limit, long slice, int amount) {
        lock.lock();
        try {
            window(key, limit).add(slice, amount);
        } finally {
            lock.unlock();
        }
    }
}

package org.postrider.verify;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.postrider.config.Settings;
import org.postrider.maps.Opening;
import org.postrider.threads.Supervisor;

/// The caches of one mail system, one for each address_verify_map that a generation names: they
/// outlive reloads that keep it. Any thread.
public final class VerifyCaches implements AutoCloseable {
    private final Supervisor threads;
    private final Map<String, SavedCache> known = new HashMap<>();

    /// How often each was given and not released.
    private final Map<SavedCache, Integer> users = new HashMap<>();

    private boolean closed;

    public VerifyCaches(Supervisor threads) {
        this.threads = threads;
    }

    /// The cache of a service, under its settings from now on. To be given back with [#release].
    ///
    /// @param info gets what Postfix's verify says of its cache
    /// @throws org.postrider.config.ConfigException for a table that cannot be written
    public synchronized SavedCache cache(
            Settings settings, Opening opening, Consumer<String> info, Consumer<String> warnings) {
        String map = settings.get(VerifyParams.MAP).strip();
        SavedCache.Bounds bounds =
                new SavedCache.Bounds(
                        settings.get(VerifyParams.CACHE_LIMIT),
                        settings.get(VerifyParams.CLEANUP_INTERVAL).toSeconds(),
                        Ages.of(settings));
        SavedCache cache = known.get(map);
        if (cache == null) {
            cache = new SavedCache(map, bounds, opening, threads, info, warnings);
            known.put(map, cache);
            if (closed) {
                cache.close();
            }
        } else {
            cache.set(bounds);
        }
        users.merge(cache, 1, Integer::sum);
        return cache;
    }

    /// A service that was given it has gone. With the last one it is saved, and forgotten.
    public synchronized void release(SavedCache cache) {
        if (users.merge(cache, -1, Integer::sum) <= 0) {
            users.remove(cache);
            known.values().remove(cache);
            cache.close();
        }
    }

    /// Opens nothing.
    ///
    /// @throws org.postrider.config.ConfigException where the cache of a service cannot be
    public static void check(Settings settings) {
        CacheFile.check(settings.get(VerifyParams.MAP).strip());
        Ages.of(settings);
    }

    /// Saves all of them.
    @Override
    public synchronized void close() {
        closed = true;
        known.values().forEach(SavedCache::close);
    }
}

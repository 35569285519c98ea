package org.postrider.postscreen;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Settings;
import org.postrider.disk.Disk;
import org.postrider.postscreen.cache.SavedCache;
import org.postrider.threads.Each;

/// The caches that lines of postscreen name (postscreen_cache_map); one for each file, whatever
/// lines name it and over reloads. Any thread.
public final class Caches implements AutoCloseable {
    /// Types of Postfix's whose file is ours here.
    private static final Set<String> SAVED = Set.of("btree", "hash", "lmdb", "sdbm", "dbm");

    private static final String MEMORY = "internal";
    private static final String PROXY = "proxy:";

    private final Disk disk;
    private final Path directory;
    private final Consumer<String> warnings;
    private final Map<String, SavedCache> open = new HashMap<>();

    /// @param directory that relative names are in
    public Caches(Disk disk, Path directory, Consumer<String> warnings) {
        this.disk = disk;
        this.directory = directory.toAbsolutePath();
        this.warnings = warnings;
    }

    private static String spec(Settings settings) {
        String spec = settings.get(PostscreenParams.CACHE_MAP).strip();
        return spec.startsWith(PROXY) ? spec.substring(PROXY.length()) : spec;
    }

    private static String type(String spec) {
        int colon = spec.indexOf(':');
        return colon < 0 ? "" : spec.substring(0, colon);
    }

    /// What is not done as configured, a part of a sentence; null if all is.
    public static @Nullable String problem(Settings settings) {
        String spec = spec(settings);
        String type = type(spec);
        return spec.isEmpty() || SAVED.contains(type) || type.equals(MEMORY)
                ? null
                : PostscreenParams.CACHE_MAP.name()
                        + ": a cache of the type \""
                        + type
                        + "\" is not built: who passes is remembered in memory only, and by no"
                        + " other host";
    }

    /// The cache of these settings.
    public synchronized Cache cache(Settings settings) {
        String spec = spec(settings);
        if (spec.isEmpty()) {
            return Cache.NONE;
        }
        String type = type(spec);
        boolean saved = SAVED.contains(type);
        int most = settings.get(PostscreenParams.CACHE_LIMIT);
        SavedCache there =
                open.computeIfAbsent(
                        (saved ? "" : type + ":") + spec.substring(spec.indexOf(':') + 1),
                        name ->
                                new SavedCache(
                                        saved ? disk : null,
                                        directory.resolve(saved ? name + ".journal" : "."),
                                        most,
                                        warnings));
        there.most(most);
        return there;
    }

    @Override
    public synchronized void close() {
        Each.of(open.values(), SavedCache::close);
        open.clear();
    }
}

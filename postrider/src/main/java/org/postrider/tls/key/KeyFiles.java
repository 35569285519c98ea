package org.postrider.tls.key;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.disk.FileStamp;
import org.postrider.time.Clock;

/// Keys and chains from files, read anew when the files change: that is looked at when a handshake
/// asks, at most once a second. Files that cannot be used leave the old keys in use, with one
/// warning for each change. Any thread.
public final class KeyFiles {
    private static final long LOOK_NANOS = 1_000_000_000L;

    private final List<Path> files;
    private final Supplier<List<KeyAndChain>> reader;
    private final Consumer<String> warnings;
    private final Clock clock;
    private final ReentrantLock looking = new ReentrantLock();
    private List<@Nullable FileStamp> stamps;
    private String warned = "";
    private volatile List<KeyAndChain> keys;
    private volatile long lookedNanos;

    /// @throws ConfigException if the files cannot be used
    public KeyFiles(
            List<Path> files,
            Supplier<List<KeyAndChain>> reader,
            Consumer<String> warnings,
            Clock clock) {
        this.files = List.copyOf(files);
        this.reader = reader;
        this.warnings = warnings;
        this.clock = clock;
        stamps = stamps();
        lookedNanos = clock.nanos();
        keys = List.copyOf(reader.get());
    }

    /// Of chain files, else of pairs.
    ///
    /// @param chainFiles keys, each followed by its chain; if empty, `pairs` count
    /// @param pairs certificate file and key file, one after the other
    /// @throws ConfigException if the files cannot be used
    public static KeyFiles of(
            List<Path> chainFiles, List<Path> pairs, Consumer<String> warnings, Clock clock) {
        return chainFiles.isEmpty()
                ? new KeyFiles(pairs, () -> pairs(pairs), warnings, clock)
                : new KeyFiles(chainFiles, () -> Pem.chains(chainFiles), warnings, clock);
    }

    /// What certificate files and key files hold, one after the other.
    ///
    /// @throws ConfigException if one cannot be used
    public static List<KeyAndChain> pairs(List<Path> files) {
        List<KeyAndChain> out = new ArrayList<>();
        for (int i = 0; i < files.size(); i += 2) {
            Path file = files.get(i);
            out.add(KeyAndChain.of(Pem.key(files.get(i + 1)), Pem.certificates(file), file));
        }
        return out;
    }

    /// The keys to use now.
    public List<KeyAndChain> now() {
        if (clock.nanos() - lookedNanos >= LOOK_NANOS && looking.tryLock()) {
            try {
                lookedNanos = clock.nanos();
                look();
            } finally {
                looking.unlock();
            }
        }
        return keys;
    }

    private void look() {
        List<@Nullable FileStamp> seen = stamps();
        if (same(seen, stamps)) {
            return;
        }
        stamps = seen;
        try {
            keys = List.copyOf(reader.get());
            warned = "";
        } catch (ConfigException e) {
            String why = e.getMessage() + ": the former certificate stays in use";
            if (!why.equals(warned)) {
                warnings.accept(why);
            }
            warned = why;
        }
    }

    private static boolean same(List<@Nullable FileStamp> now, List<@Nullable FileStamp> before) {
        for (int i = 0; i < now.size(); i++) {
            FileStamp a = now.get(i);
            FileStamp b = before.get(i);
            if (a == null ? b != null : b == null || !a.same(b)) {
                return false;
            }
        }
        return true;
    }

    private List<@Nullable FileStamp> stamps() {
        List<@Nullable FileStamp> out = new ArrayList<>();
        for (Path file : files) {
            try {
                out.add(FileStamp.of(file, clock.wallMillis()));
            } catch (IOException e) {
                out.add(null);
            }
        }
        return out;
    }
}

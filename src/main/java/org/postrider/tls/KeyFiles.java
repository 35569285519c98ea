package org.postrider.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.time.Clock;

/// Keys and chains from files, read anew when the files change: their time, size and inode are
/// looked at when a handshake asks, at most once a second. Files that cannot be used leave the old
/// keys in use, with one warning for each change. Any thread.
final class KeyFiles {
    private static final long LOOK_NANOS = 1_000_000_000L;

    private record Stamp(long modified, long size, @Nullable Object inode) {}

    private final List<Path> files;
    private final Supplier<List<KeyAndChain>> reader;
    private final Consumer<String> warnings;
    private final Clock clock;
    private final ReentrantLock looking = new ReentrantLock();
    private List<Stamp> stamps;
    private volatile List<KeyAndChain> keys;
    private volatile long lookedNanos;

    /// @throws ConfigException where the files cannot be used
    KeyFiles(
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

    /// The keys to use now.
    List<KeyAndChain> now() {
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
        List<Stamp> seen = stamps();
        if (seen.equals(stamps)) {
            return;
        }
        stamps = seen;
        try {
            keys = List.copyOf(reader.get());
        } catch (ConfigException e) {
            warnings.accept(e.getMessage() + ": the former certificate stays in use");
        }
    }

    private List<Stamp> stamps() {
        List<Stamp> out = new ArrayList<>();
        for (Path file : files) {
            try {
                BasicFileAttributes a = Files.readAttributes(file, BasicFileAttributes.class);
                out.add(new Stamp(a.lastModifiedTime().toMillis(), a.size(), a.fileKey()));
            } catch (IOException e) {
                out.add(new Stamp(-1, -1, null));
            }
        }
        return out;
    }
}

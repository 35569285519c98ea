package org.postrider.maps;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;
import org.postrider.time.Clock;

/// A table read whole from a text file; looks for a change at most once a second and swaps. A file
/// that cannot be read fails lookups until it can; once read, the last good state goes on.
final class FileTable implements Table {
    private static final long LOOK_NANOS = 1_000_000_000L;

    /// Makes a table of a file's text.
    interface Reader {
        Table read(String text);
    }

    private record State(@Nullable Table table, String fault, long stamp, long size, long looked) {}

    private final String name;
    private final Path file;
    private final Clock clock;
    private final Reader reader;
    private volatile @Nullable State state;

    FileTable(String name, String file, Clock clock, Reader reader) {
        this.name = name;
        this.file = Path.of(file);
        this.clock = clock;
        this.reader = reader;
    }

    @Override
    public @Nullable String lookup(String key) {
        return current().lookup(key);
    }

    @Override
    public boolean patterned() {
        try {
            return current().patterned();
        } catch (TableException e) {
            return false;
        }
    }

    @Override
    public String name() {
        return name;
    }

    private Table current() {
        State now = state;
        if (now == null || clock.nanos() - now.looked() > LOOK_NANOS) {
            now = look(now);
        }
        if (now.table() == null) {
            throw new TableException(now.fault());
        }
        return now.table();
    }

    private synchronized State look(@Nullable State old) {
        State now = state;
        if (now != null && now != old) {
            return now;
        }
        State next = reread(old);
        state = next;
        return next;
    }

    private State reread(@Nullable State old) {
        long looked = clock.nanos();
        try {
            BasicFileAttributes a = Files.readAttributes(file, BasicFileAttributes.class);
            long stamp = a.lastModifiedTime().toMillis();
            if (old != null
                    && old.table() != null
                    && old.stamp() == stamp
                    && old.size() == a.size()) {
                return new State(old.table(), "", stamp, a.size(), looked);
            }
            String text = Files.readString(file, StandardCharsets.ISO_8859_1);
            return new State(reader.read(text), "", stamp, a.size(), looked);
        } catch (IOException | IllegalArgumentException e) {
            String why =
                    e instanceof java.nio.file.NoSuchFileException
                            ? "open " + file + ": No such file or directory"
                            : "open " + file + ": " + e.getMessage();
            if (old != null && old.table() != null) {
                return new State(old.table(), why, old.stamp(), old.size(), looked);
            }
            return new State(null, why, 0, -1, looked);
        }
    }

    /// Logical lines of a table file: comments and blank lines out, continuations joined.
    static java.util.List<String> logicalLines(String text) {
        java.util.List<String> out = new java.util.ArrayList<>();
        for (String line : text.split("\n", -1)) {
            String trimmed = line.strip();
            if (trimmed.isEmpty() || trimmed.charAt(0) == '#') {
                continue;
            }
            boolean continues = line.charAt(0) == ' ' || line.charAt(0) == '\t';
            if (continues && !out.isEmpty()) {
                out.set(out.size() - 1, out.getLast() + " " + trimmed);
            } else {
                out.add(trimmed);
            }
        }
        return out;
    }
}

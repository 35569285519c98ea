package org.postrider.postscreen.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.Disk;
import org.postrider.postscreen.Cache;

/// A cache in memory, and in a file that holds a line for each change, the last of a client counts
/// (docs/internals/postscreen.md). It is read when the server starts; a line that is cut short or
/// damaged costs that line. The file is written anew when most of its lines are of the past. Where
/// it cannot be written the cache lives in memory, and the log says so once.
public final class SavedCache implements Cache, AutoCloseable {
    private static final String HEADER = "postscreen 1";
    private static final int LONGEST_LINE = 300;
    private static final int BUFFER = 64 << 10;
    private static final int SPARE_LINES = 1000;

    private final @Nullable Disk disk;
    private final Path file;
    private final Consumer<String> warnings;
    private final Map<String, long[]> known = new LinkedHashMap<>();
    private int most;
    private int lines;
    private long position;
    private boolean told;
    private Disk.@Nullable File open;
    private @Nullable AutoCloseable lock;

    /// @param disk null to remember in memory only
    /// @param most clients; who was not seen for the longest time is forgotten for one more
    public SavedCache(@Nullable Disk disk, Path file, int most, Consumer<String> warnings) {
        this.disk = disk;
        this.file = file;
        this.most = most;
        this.warnings = warnings;
        if (disk != null) {
            try {
                begin(disk);
            } catch (IOException e) {
                inMemoryOnly(e.getMessage());
            }
        }
    }

    /// A reload.
    public synchronized void most(int clients) {
        most = clients;
    }

    @Override
    public synchronized long @Nullable [] lookup(String client) {
        long[] found = known.get(client);
        return found == null ? null : found.clone();
    }

    @Override
    public synchronized void update(String client, long[] stamps) {
        remember(client, stamps.clone());
        append(client, stamps);
    }

    private void remember(String client, long[] stamps) {
        known.remove(client);
        known.put(client, stamps);
        if (known.size() > most) {
            known.remove(known.keySet().iterator().next());
        }
    }

    @Override
    public synchronized Cleaned cleanUp(Predicate<long[]> keep) {
        int before = known.size();
        known.values().removeIf(stamps -> !keep.test(stamps));
        if (open != null && known.size() < before) {
            rewritten();
        }
        return new Cleaned(known.size(), before - known.size());
    }

    // ---- the file

    private void begin(Disk on) throws IOException {
        lock = on.tryLock(file.resolveSibling(file.getFileName() + ".lock"));
        if (lock == null) {
            inMemoryOnly("it is in use by another mail system");
            return;
        }
        int damaged = read(on);
        if (damaged > 0) {
            warnings.accept(file + ": " + damaged + " damaged lines are left out");
        }
        rewritten();
    }

    /// @return how many lines could not be read, but for one that was cut short at the end
    private int read(Disk on) throws IOException {
        Disk.File in;
        try {
            in = on.openToRead(file);
        } catch (java.nio.file.NoSuchFileException e) {
            return 0;
        }
        int damaged = 0;
        try (in) {
            ByteBuffer some = ByteBuffer.allocate(BUFFER);
            StringBuilder line = new StringBuilder();
            boolean header = true;
            long at = 0;
            for (int n = in.read(some.clear(), at); n > 0; n = in.read(some.clear(), at)) {
                at += n;
                for (int i = 0; i < n; i++) {
                    char c = (char) (some.get(i) & 0xff);
                    if (c != '\n') {
                        if (line.length() <= LONGEST_LINE) {
                            line.append(c);
                        }
                        continue;
                    }
                    boolean good = header ? HEADER.contentEquals(line) : taken(line.toString());
                    damaged += good ? 0 : 1;
                    header = false;
                    line.setLength(0);
                }
            }
        }
        return damaged;
    }

    /// `ADDRESS STAMP;STAMP;… SUM`
    private boolean taken(String line) {
        int sum = line.lastIndexOf(' ');
        int blank = line.indexOf(' ');
        if (blank <= 0 || sum <= blank || !line.substring(sum + 1).equals(sum(line, sum))) {
            return false;
        }
        String[] words = line.substring(blank + 1, sum).split(";", -1);
        long[] stamps = new long[Cache.STAMPS];
        Arrays.fill(stamps, DISABLED);
        try {
            for (int i = 0; i < Math.min(words.length, stamps.length); i++) {
                stamps[i] = Long.parseLong(words[i]);
            }
        } catch (NumberFormatException e) {
            return false;
        }
        remember(line.substring(0, blank), stamps);
        return true;
    }

    private static String sum(String line, int length) {
        CRC32C crc = new CRC32C();
        crc.update(line.substring(0, length).getBytes(StandardCharsets.ISO_8859_1));
        return Long.toHexString(crc.getValue());
    }

    private static String line(String client, long[] stamps) {
        StringBuilder out = new StringBuilder(client).append(' ');
        for (int i = 0; i < stamps.length; i++) {
            out.append(i > 0 ? ";" : "").append(stamps[i]);
        }
        String line = out.toString();
        return line + ' ' + sum(line, line.length()) + '\n';
    }

    private void append(String client, long[] stamps) {
        Disk.File to = open;
        if (to == null) {
            return;
        }
        if (lines > 2 * known.size() + SPARE_LINES) {
            rewritten();
            return;
        }
        try {
            write(to, line(client, stamps));
            lines++;
        } catch (IOException e) {
            inMemoryOnly(e.getMessage());
        }
    }

    private void write(Disk.File to, String text) throws IOException {
        byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
        to.write(ByteBuffer.wrap(octets), position);
        position += octets.length;
    }

    /// What is known, and nothing of the past; the old file stays until the new one is whole.
    private void rewritten() {
        Disk on = disk;
        if (on == null) {
            return;
        }
        Path next = file.resolveSibling(file.getFileName() + ".new");
        try {
            boolean _ = on.delete(next);
            Disk.File made = on.open(next);
            boolean good = false;
            try {
                position = 0;
                StringBuilder some = new StringBuilder(HEADER).append('\n');
                for (Map.Entry<String, long[]> each : known.entrySet()) {
                    some.append(line(each.getKey(), each.getValue()));
                    if (some.length() > BUFFER) {
                        write(made, some.toString());
                        some.setLength(0);
                    }
                }
                write(made, some.toString());
                made.force();
                on.rename(next, file);
                Path directory = file.getParent();
                if (directory != null) {
                    on.forceDirectory(directory);
                }
                good = true;
            } finally {
                if (!good) {
                    made.close();
                }
            }
            Disk.File former = open;
            open = made;
            lines = known.size();
            told = false;
            if (former != null) {
                former.close();
            }
        } catch (IOException e) {
            inMemoryOnly(e.getMessage());
        }
    }

    private void inMemoryOnly(@Nullable String why) {
        if (!told) {
            told = true;
            warnings.accept(file + ": " + why + ": who passes is remembered in memory only");
        }
        Disk.File was = open;
        open = null;
        try {
            if (was != null) {
                was.close();
            }
        } catch (IOException e) {
            // It is of no more use.
        }
    }

    @Override
    public synchronized void close() {
        try {
            Disk.File last = open;
            open = null;
            if (last != null) {
                last.force();
                last.close();
            }
            if (lock != null) {
                lock.close();
            }
        } catch (Exception e) {
            warnings.accept(file + ": " + e.getMessage());
        }
    }
}

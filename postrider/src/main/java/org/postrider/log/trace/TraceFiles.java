package org.postrider.log.trace;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postrider.log.file.LineSink;
import org.postrider.time.Clock;

/// A ring of files below one directory, `00000017.trace` and on: all together take no more than a
/// limit, and none is kept longer than a time. Readable by their owner only. One thread.
public final class TraceFiles implements LineSink {
    /// In how many the limit is parted: what is deleted at a time.
    private static final int PARTS = 8;

    private static final long LEAST_PART = 4096;
    private static final long HOUR_MILLIS = 3_600_000;
    private static final Pattern NAME = Pattern.compile("\\d{8,18}\\.trace");

    private final Path directory;
    private final long limit;
    private final long lifetimeMillis;
    private final Clock clock;
    private @Nullable FileChannel channel;
    private long filled;
    private long begunMillis;
    private long lookedMillis;

    /// @param limit octets of all files together
    public TraceFiles(Path directory, long limit, long lifetimeMillis, Clock clock) {
        this.directory = directory;
        this.limit = limit;
        this.lifetimeMillis = lifetimeMillis;
        this.clock = clock;
    }

    /// The files that there are, the oldest first; none where there is no directory.
    ///
    /// @throws IOException where it cannot be read
    static List<Path> all(Path directory) throws IOException {
        List<Path> out = new ArrayList<>();
        try (var found = Files.newDirectoryStream(directory)) {
            for (Path each : found) {
                if (NAME.matcher(String.valueOf(each.getFileName())).matches()) {
                    out.add(each);
                }
            }
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (java.nio.file.DirectoryIteratorException e) {
            throw e.getCause();
        }
        Collections.sort(out, java.util.Comparator.comparingLong(TraceFiles::number));
        return out;
    }

    /// No link is followed, and nobody at the other end of a FIFO is waited for: a command of
    /// root's opens what mail_owner could put there.
    static FileChannel open(Path file, StandardOpenOption... how) throws IOException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(file + ": not a regular file");
        }
        Set<OpenOption> all = new HashSet<>(List.of(how));
        all.add(LinkOption.NOFOLLOW_LINKS);
        return FileChannel.open(
                file,
                all,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    private static long number(Path file) {
        String name = String.valueOf(file.getFileName());
        return Long.parseLong(name.substring(0, name.indexOf('.')));
    }

    private long part() {
        return Math.max(LEAST_PART, limit / PARTS);
    }

    @Override
    public void look() throws IOException {
        long now = clock.wallMillis();
        if (channel != null && (filled >= part() || now - begunMillis > lifetimeMillis / PARTS)) {
            close();
        }
        if (channel == null) {
            begin(now);
        } else if (now - lookedMillis > HOUR_MILLIS) {
            drop(now);
        }
    }

    private void begin(long now) throws IOException {
        try {
            Files.createDirectories(
                    directory,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
            drop(now);
            List<Path> all = all(directory);
            long next = all.isEmpty() ? 1 : number(all.getLast()) + 1;
            Path file = directory.resolve("%08d.trace".formatted(next));
            // Commands add lines to it, too: each goes behind what is there.
            channel = open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new IOException(directory + ": " + reason(e), e);
        }
        filled = 0;
        begunMillis = now;
    }

    /// Deletes what is too old, and the oldest until there is room for one part more.
    private void drop(long now) throws IOException {
        lookedMillis = now;
        List<Path> all = all(directory);
        long octets = channel == null ? part() : part() - filled;
        List<Long> sizes = new ArrayList<>();
        for (Path each : all) {
            sizes.add(Files.size(each));
            octets += sizes.getLast();
        }
        int last = channel == null ? all.size() : all.size() - 1;
        for (int i = 0; i < last; i++) {
            FileTime written = Files.getLastModifiedTime(all.get(i));
            if (octets > Math.max(limit, 2 * LEAST_PART)
                    || now - written.toMillis() > lifetimeMillis) {
                Files.delete(all.get(i));
                octets -= sizes.get(i);
            }
        }
    }

    /// In the system's words.
    private static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> "No such file or directory";
            case AccessDeniedException _ -> "Permission denied";
            case FileSystemException f when f.getReason() != null -> f.getReason();
            default -> String.valueOf(e.getMessage());
        };
    }

    /// Whole lines up to what the file has room for, and at least one.
    @Override
    public int write(byte[] octets, int from, int to) throws IOException {
        FileChannel out = channel;
        if (out == null) {
            look();
            out = channel;
        }
        if (out == null) {
            throw new IOException(directory + ": not open");
        }
        int end = end(octets, from, to);
        int n;
        try {
            n = out.write(ByteBuffer.wrap(octets, from, end - from));
        } catch (IOException e) {
            throw new IOException("write " + directory + ": " + e.getMessage(), e);
        }
        filled += n;
        return n;
    }

    private int end(byte[] octets, int from, int to) {
        long room = part() - filled;
        if (to - from <= room) {
            return to;
        }
        for (int i = from + (int) Math.max(0, room) - 1; i >= from; i--) {
            if (octets[i] == '\n') {
                return i + 1;
            }
        }
        for (int i = from; i < to; i++) {
            if (octets[i] == '\n') {
                return i + 1;
            }
        }
        return to;
    }

    @Override
    public void close() throws IOException {
        FileChannel out = channel;
        channel = null;
        if (out != null) {
            out.close();
        }
    }
}

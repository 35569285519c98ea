package org.postrider.disk;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.postrider.threads.Supervisor;

/// The door through which files are read that the administrator or the machine names: settings,
/// tables, keys, templates, hosts, `/proc`. Links are followed, as Postfix does. Only regular files
/// and `/dev/null` are opened: a FIFO or a device would keep the caller, or never end. No more than
/// the caller's limit is read, however the file grows meanwhile. A virtual thread that reads holds
/// no carrier ([Supervisor#aside]).
///
/// What strangers may put into a directory and exchange there is opened by [ForeignFile].
///
/// Errors are `IOException`s of the path with the system's words for a reason: No such file or
/// directory, Permission denied, Is a directory, File too large; Not a regular file. Any thread.
public final class Reading {
    /// For files of some lines: settings, templates, keys, `/proc`.
    public static final long SHORT = 16L << 20;

    /// For lists of accounts, which may be long: `/etc/passwd`.
    public static final long ACCOUNTS = 128L << 20;

    /// The device number of /dev/null on Linux.
    private static final long NULL_DEVICE = 0x103;

    private Reading() {}

    /// For a table, in octets: a third of the heap, so that a file which does not fit is refused
    /// and not the end of the server.
    public static long table() {
        return Runtime.getRuntime().maxMemory() / 3;
    }

    /// The whole file.
    ///
    /// @param most octets that it may have
    public static byte[] octets(Path file, long most) throws IOException {
        // The commands' main thread has no carrier to spare, and loads few classes.
        return Thread.currentThread().isVirtual()
                ? read(() -> whole(file, most))
                : whole(file, most);
    }

    private static byte[] whole(Path file, long most) throws IOException {
        try (InputStream in = open(file, most)) {
            byte[] all = in.readNBytes((int) Math.min(most + 1, Integer.MAX_VALUE - 16));
            if (all.length > most) {
                throw tooLarge(file);
            }
            return all;
        }
    }

    /// The whole file, octets as chars.
    ///
    /// @param most octets that it may have
    public static String text(Path file, long most) throws IOException {
        return new String(octets(file, most), StandardCharsets.ISO_8859_1);
    }

    /// The lines of the file without their ends, octets as chars.
    ///
    /// @param most octets that it may have
    public static List<String> lines(Path file, long most) throws IOException {
        return text(file, most).lines().toList();
    }

    /// Shows the lines of the file without keeping them, until one is enough.
    ///
    /// @param most octets that are looked at
    /// @param line returns false if no more need be seen
    public static void each(Path file, long most, Predicate<String> line) throws IOException {
        read(() -> {
            try (InputStream in = open(file, most);
                    BufferedReader lines =
                            new BufferedReader(
                                    new InputStreamReader(
                                            new Counted(file, in, most),
                                            StandardCharsets.ISO_8859_1))) {
                String next = lines.readLine();
                while (next != null && line.test(next)) {
                    next = lines.readLine();
                }
                return Boolean.TRUE;
            }
        });
    }

    private static <T> T read(Callable<T> read) throws IOException {
        try {
            return Supervisor.aside(read);
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    /// Runs what reads and understands a file so that a virtual thread holds no carrier meanwhile.
    public static <T> T aside(Supplier<T> read) {
        try {
            return read(read::get);
        } catch (IOException e) {
            // Interrupted: without waiting for others.
            return read.get();
        }
    }

    private static InputStream open(Path file, long most) throws IOException {
        try {
            look(file, most);
            return Files.newInputStream(file);
        } catch (AccessDeniedException e) {
            // Of the file, or of a directory above it.
            return new ByteArrayInputStream(kept(file, e));
        }
    }

    /// Opens a file for reading here and there, which is small or is not copied: an index. To be
    /// closed by the caller. A pipe that this process was given by a number keeps nobody waiting
    /// where it is opened, and is.
    public static FileChannel channel(Path file) throws IOException {
        try {
            if (!given(file)) {
                look(file, Long.MAX_VALUE);
            }
            return FileChannel.open(file, StandardOpenOption.READ);
        } catch (AccessDeniedException e) {
            return MemoryFile.of(kept(file, e));
        }
    }

    private static boolean given(Path file) {
        return file.startsWith("/dev/fd")
                || file.startsWith("/proc/self/fd")
                || file.equals(Path.of("/dev/stdin"));
    }

    /// What this process may not read, by who may: root's helper reads what main.cf names.
    private static byte[] kept(Path file, AccessDeniedException denied) throws IOException {
        Supervisor.Keeper keeper = Supervisor.keeper();
        if (keeper == null) {
            throw denied;
        }
        return keeper.read(file.toAbsolutePath());
    }

    /// Refuses what may not be opened, for one who opens the file himself: opening a FIFO waits for
    /// its other end.
    ///
    /// @param most octets that it may have
    public static void look(Path file, long most) throws IOException {
        BasicFileAttributes seen = attributes(file);
        if (seen.isDirectory()) {
            throw new FileSystemException(file.toString(), null, "Is a directory");
        }
        if (!seen.isRegularFile() && !isNull(file)) {
            throw new FileSystemException(file.toString(), null, "Not a regular file");
        }
        if (seen.size() > most) {
            throw tooLarge(file);
        }
    }

    /// The JDK says that there is no file where its directory is a file.
    private static BasicFileAttributes attributes(Path file) throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class);
        } catch (NoSuchFileException e) {
            Path above = file.getParent();
            if (above != null && Files.exists(above) && !Files.isDirectory(above)) {
                throw new NotDirectoryException(file.toString());
            }
            throw e;
        }
    }

    private static boolean isNull(Path file) throws IOException {
        Object device = Files.getAttribute(file, "unix:rdev");
        return Objects.equals(device, NULL_DEVICE);
    }

    private static FileSystemException tooLarge(Path file) {
        return new FileSystemException(file.toString(), null, "File too large");
    }

    /// Throws at the octet that is one too many.
    private static final class Counted extends InputStream {
        private final Path file;
        private final InputStream in;
        private long left;

        Counted(Path file, InputStream in, long most) {
            this.file = file;
            this.in = in;
            left = most;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            int n = in.read(into, from, (int) Math.min(length, left + 1));
            left -= Math.max(n, 0);
            if (left < 0) {
                throw tooLarge(file);
            }
            return n;
        }
    }
}

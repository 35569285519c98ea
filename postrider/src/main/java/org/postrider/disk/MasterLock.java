package org.postrider.disk;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The lock that Postfix's master takes on `pid/master.pid` and `data_directory/master.lock`, so
/// that two mail systems never run on one queue, whichever they are: flock(2), which the JDK does
/// not have (its locks are fcntl's, and the two do not see each other). The file stays when the
/// lock is given back, as Postfix's does. Any thread.
public final class MasterLock implements AutoCloseable {
    private static final int O_RDWR = 2;
    private static final int O_CREAT = 0x40;
    private static final int O_CLOEXEC = 0x80000;
    private static final int LOCK_EXCLUSIVE_AT_ONCE = 2 | 4;
    private static final int LOCK_SHARED_AT_ONCE = 1 | 4;
    private static final int ATTEMPTS = 5;
    private static final long PAUSE_NANOS = 20_000_000L;
    private static final int LOOKS = 1000;
    private static final long LOOK_NANOS = 1_000_000L;
    private static final int EWOULDBLOCK = 11;

    /// Nobody else may open it: a lock on it needs no more.
    private static final int OWNER_ONLY = 0600;

    private static final Path LOCKS = Path.of("/proc/locks");
    private static final Path PROCESSES = Path.of("/proc");

    /// A master takes its lock before it listens, so that it is one of these.
    private static final int FIRST_DESCRIPTORS = 32;

    /// What a file may have that names a process, in octets.
    private static final long PID_FILE = 64;

    private final int descriptor;
    private boolean closed;

    private MasterLock(int descriptor) {
        this.descriptor = descriptor;
    }

    /// @param file made when it is missing, readable by its owner only
    /// @return null when another process, or another server of this one, holds it
    /// @throws IOException when the file cannot be opened; the message is the system's
    public static @Nullable MasterLock take(Path file) throws IOException {
        int held = 0;
        int looks = 0;
        MasterLock lock = attempt(file, LOCK_EXCLUSIVE_AT_ONCE);
        while (lock == null && held < ATTEMPTS && looks < LOOKS) {
            // Who only looks has it for a moment: ours shared, Postfix's `master -t` exclusively.
            boolean onlyLooks = !lockedExclusively(file);
            held += onlyLooks ? 0 : 1;
            looks += onlyLooks ? 1 : 0;
            if (held < ATTEMPTS) {
                LockSupport.parkNanos(onlyLooks ? LOOK_NANOS : PAUSE_NANOS);
                lock = attempt(file, LOCK_EXCLUSIVE_AT_ONCE);
            }
        }
        return lock;
    }

    private static boolean lockedExclusively(Path file) throws IOException {
        try (MasterLock lock = attempt(file, LOCK_SHARED_AT_ONCE)) {
            return lock == null;
        }
    }

    private static @Nullable MasterLock attempt(Path file, int how) throws IOException {
        int descriptor = open(file);
        boolean kept = false;
        try {
            SystemCalls.mode(descriptor, OWNER_ONLY);
            int error = -SystemCalls.flock(descriptor, how);
            if (error != 0 && error != EWOULDBLOCK) {
                throw new IOException(file + ": flock: error " + error);
            }
            kept = error == 0;
            return kept ? new MasterLock(descriptor) : null;
        } finally {
            if (!kept) {
                SystemCalls.close(descriptor);
            }
        }
    }

    /// Takes it and writes a process id into it, 32 octets wide and a line end, as Postfix does.
    ///
    /// @return null when another holds it; nothing is written then
    public static @Nullable MasterLock take(Path file, long pid) throws IOException {
        MasterLock lock = take(file);
        if (lock != null) {
            boolean good = false;
            try {
                Files.writeString(file, "%32d\n".formatted(pid), StandardCharsets.ISO_8859_1);
                good = true;
            } finally {
                if (!good) {
                    lock.close();
                }
            }
        }
        return lock;
    }

    /// Whether somebody holds it now.
    public static boolean held(Path file) throws IOException {
        if (Files.notExists(file)) {
            return false;
        }
        return listed(file) || lockedExclusively(file);
    }

    /// Whether the kernel names an exclusive lock on the file, not one that is waited for: among
    /// the first descriptors of the process that the file names or of its children
    /// (proc_pid_fdinfo(5)), else in its list of all locks (proc_locks(5)), for which it waits 8 to
    /// 17 ms where nobody has just asked. Both show those of this process's PID namespace only:
    /// what they do not show is asked by trying. A system call of our own costs a command 40 ms;
    /// these are files.
    public static boolean listed(Path file) {
        try {
            return namedByHolder(file) || named(LOCKS, identity(file));
        } catch (IOException e) {
            // No such list here, or no such file: the attempt says it.
            return false;
        }
    }

    /// As the kernel writes it in a lock's line: device and inode.
    private static String identity(Path file) throws IOException {
        Map<String, Object> a =
                Files.readAttributes(file, "unix:dev,ino", LinkOption.NOFOLLOW_LINKS);
        long device = ((Number) Objects.requireNonNull(a.get("dev"))).longValue();
        return padded((device >> 8 & 0xfff) | (device >> 32 & ~0xfffL))
                + ":"
                + padded((device & 0xff) | (device >> 12 & 0xffffff00L))
                + ":"
                + a.get("ino");
    }

    /// Whether the process that the file names has the lock, or one that it began: a package's
    /// master is the loop that starts the server.
    static boolean namedByHolder(Path file) {
        try {
            String itself = identity(file);
            String pid = Reading.text(file, PID_FILE).strip();
            boolean number = !pid.isEmpty() && pid.chars().allMatch(c -> c >= '0' && c <= '9');
            if (!number) {
                return false;
            }
            String begun = PROCESSES + "/" + pid + "/task/" + pid + "/children";
            String all = pid + " " + Reading.text(Path.of(begun), Reading.SHORT);
            for (String each : all.strip().split(" ", -1)) {
                if (namedByProcess(each, itself)) {
                    return true;
                }
            }
        } catch (IOException e) {
            // Nobody's, another user's, or it ended: the list of all says it.
        }
        return false;
    }

    private static boolean namedByProcess(String pid, String itself) throws IOException {
        Path descriptors = PROCESSES.resolve(pid).resolve("fdinfo");
        for (int n = 0; n < FIRST_DESCRIPTORS; n++) {
            Path descriptor = descriptors.resolve(Integer.toString(n));
            if (Files.exists(descriptor) && named(descriptor, itself)) {
                return true;
            }
        }
        return false;
    }

    private static boolean named(Path list, String itself) throws IOException {
        try (BufferedReader locks = Files.newBufferedReader(list, StandardCharsets.ISO_8859_1)) {
            for (String line = locks.readLine(); line != null; line = locks.readLine()) {
                if (line.contains(": FLOCK ")
                        && line.contains(" WRITE ")
                        && line.contains(" " + itself + " ")) {
                    return true;
                }
            }
        }
        return false;
    }

    private static String padded(long number) {
        return (number < 0x10 ? "0" : "") + Long.toHexString(number);
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            SystemCalls.close(descriptor);
        }
    }

    private static int open(Path file) throws IOException {
        int flags = O_RDWR | O_CREAT | ForeignFile.NOFOLLOW | O_CLOEXEC;
        int descriptor = SystemCalls.open(file, flags, OWNER_ONLY);
        if (descriptor < 0) {
            throw new IOException(file + ": " + reason(-descriptor));
        }
        return descriptor;
    }

    private static String reason(int error) {
        return switch (error) {
            case 2 -> "No such file or directory";
            case 13 -> "Permission denied";
            case 21 -> "Is a directory";
            case 30 -> "Read-only file system";
            case 40 -> "Too many levels of symbolic links";
            default -> "error " + error;
        };
    }
}

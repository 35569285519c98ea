package org.postrider.rights.system;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.postrider.rights.Errno;
import org.postrider.rights.FileFacts;
import org.postrider.rights.FileFacts.FileNumber;

/// System calls of Linux by their numbers, as syscalls(2) has them: the C library's own functions
/// change the rights of all threads at once, these of the calling one. A negative result is an
/// error number. Never on a virtual thread.
public final class Posix {
    public static final int RDONLY = 0;
    public static final int WRONLY = 1;
    public static final int RDWR = 2;
    public static final int CREAT = 0100;
    public static final int EXCL = 0200;
    public static final int NOCTTY = 0400;
    public static final int APPEND = 02000;
    public static final int NONBLOCK = 04000;
    public static final int CLOEXEC = 02000000;
    public static final int PATH = 010000000;

    static final boolean X86 = System.getProperty("os.arch").equals("amd64");

    /// These two differ between the processors.
    private static final int REMOVE_DIRECTORY = 0x200;

    public static final int DIRECTORY = X86 ? 0200000 : 040000;

    public static final int NOFOLLOW = X86 ? 0400000 : 0100000;

    public static final int POLLIN = 1;
    public static final int POLLOUT = 4;
    static final int SIGKILL = 9;
    static final int SIGPIPE = 13;
    static final int SIGXFSZ = 25;

    private static final int AT_CWD = -100;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int AT_EACCESS = 0x200;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int STATX_BASIC = 0x7ff;
    private static final int STATX_OCTETS = 256;
    private static final int RANGE_WRITE = 2;
    private static final int RANGE_WAIT_AFTER = 4;
    private static final int UNIX = 1;
    private static final int STREAM = 1;

    /// Octets of a path, the 0 at its end among them.
    private static final int LONGEST_PATH = 4096;

    /// Octets of `sun_path`, the 0 at its end among them.
    private static final int LONGEST_SOCKET = 108;

    private static final int EXECUTE = 1;
    private static final int RENAME_NOREPLACE = 1;
    private static final int LOCK_EXCLUSIVE_AT_ONCE = 2 | 4;
    private static final int OFD_SETLK = 37;
    private static final int READ_AND_WRITE = 1 | 2;
    private static final int MAP_SHARED = 1;
    private static final int FIONREAD = 0x541B;
    private static final int SETPIPE_SZ = 1031;
    private static final int MEMFD_CLOEXEC = 1;
    private static final int MAY_BE_RUN = 0x10;

    /// The calls, with their numbers on x86-64 and on the others (aarch64, riscv64).
    enum Call {
        READ(0, 63),
        WRITE(1, 64),
        CLOSE(3, 57),
        FCNTL(72, 25),
        FLOCK(73, 32),
        FSYNC(74, 82),
        FTRUNCATE(77, 46),
        FCHOWN(93, 55),
        UMASK(95, 166),
        GETEUID(107, 175),
        GETEGID(108, 177),
        GETPPID(110, 173),
        SETGROUPS(116, 159),
        SETRESUID(117, 147),
        SETRESGID(119, 149),
        PRCTL(157, 167),
        SOCKET(41, 198),
        CONNECT(42, 203),
        CHDIR(80, 49),
        CHROOT(161, 51),
        EXECVE(59, 221),
        EXIT_GROUP(231, 94),
        PRLIMIT(302, 261),
        CAPSET(126, 91),
        MEMFD_CREATE(319, 279),
        KILL(62, 129),
        WAIT4(61, 260),
        RT_SIGACTION(13, 134),
        OPENAT(257, 56),
        MKDIRAT(258, 34),
        UNLINKAT(263, 35),
        LINKAT(265, 37),
        PPOLL(271, 73),
        PIPE2(293, 59),
        READLINKAT(267, 78),
        RENAMEAT2(316, 276),
        STATX(332, 291),
        PIDFD_OPEN(434, 434),
        FACCESSAT2(439, 439),
        PREAD(17, 67),
        SYNC_FILE_RANGE(277, 84),
        MMAP(9, 222),
        MUNMAP(11, 215),
        IOCTL(16, 29);

        final int x86;
        final int other;
        final long number;

        Call(int x86, int other) {
            this.x86 = x86;
            this.other = other;
            number = X86 ? x86 : other;
        }
    }

    private static final ValueLayout.OfLong J = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfInt I = ValueLayout.JAVA_INT;
    private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final MethodHandle SYSCALL =
            Linker.nativeLinker()
                    .downcallHandle(
                            Linker.nativeLinker().defaultLookup().findOrThrow("syscall"),
                            FunctionDescriptor.of(J, J, J, J, J, J, J, J),
                            Linker.Option.firstVariadicArg(1),
                            Linker.Option.captureCallState("errno"));

    /// Memory of the calling thread for what a call is given and gives: its error number, what is
    /// known of a file, and up to two paths. Made once for a thread, since making it costs more
    /// than most calls; no call keeps anything there.
    private static final ThreadLocal<MemorySegment> ROOM =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(2 * LONGEST_PATH + 512, 8));

    private static final int AT_VALUES = 64;
    private static final int AT_PATH = 512;

    private Posix() {}

    private static long call(Call which, long a, long b, long c, long d, long e, long f) {
        try {
            MemorySegment state = ROOM.get();
            long result;
            do {
                result = (long) SYSCALL.invokeExact(state, which.number, a, b, c, d, e, f);
            } while (result < 0
                    && (int) ERRNO.get(state, 0L) == Errno.EINTR
                    && which != Call.CLOSE);
            return result < 0 ? -(int) ERRNO.get(state, 0L) : result;
        } catch (RuntimeException | Error bug) {
            throw bug;
        } catch (Throwable bug) {
            throw new IllegalStateException(bug);
        }
    }

    static int number(Call which, long a, long b, long c, long d, long e) {
        return (int) call(which, a, b, c, d, e, 0);
    }

    /// Whether the system can have such a name: octets, none of them 0.
    public static boolean name(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == 0 || text.charAt(i) > 0xff) {
                return false;
            }
        }
        return true;
    }

    /// Room for what the next call of this thread is given or gives, 0 at first.
    static MemorySegment values(int octets) {
        return ROOM.get().asSlice(AT_VALUES, octets).fill((byte) 0);
    }

    static MemorySegment text(Arena arena, String text) {
        return arena.allocateFrom(text, StandardCharsets.ISO_8859_1);
    }

    /// Puts a path where a call finds it.
    ///
    /// @param place 0 or 1
    /// @return its address, or an error number for what no path can be
    private static long path(int place, String path) {
        if (!name(path)) {
            return -Errno.EINVAL;
        }
        byte[] octets = path.getBytes(StandardCharsets.ISO_8859_1);
        if (octets.length >= LONGEST_PATH) {
            return -Errno.ENAMETOOLONG;
        }
        MemorySegment room = ROOM.get();
        long at = AT_PATH + (long) place * LONGEST_PATH;
        MemorySegment.copy(octets, 0, room, ValueLayout.JAVA_BYTE, at, octets.length);
        room.set(ValueLayout.JAVA_BYTE, at + octets.length, (byte) 0);
        return room.address() + at;
    }

    private static int named(Call which, String path, long b, long c, long d) {
        long at = path(0, path);
        return at < 0 ? (int) at : number(which, AT_CWD, at, b, c, d);
    }

    /// A new descriptor, closed in children.
    public static int open(String path, int flags, int mode) {
        return named(Call.OPENAT, path, flags | CLOEXEC, mode, 0);
    }

    public static int close(int descriptor) {
        return number(Call.CLOSE, descriptor, 0, 0, 0, 0);
    }

    /// Octets read, 0 at the end.
    public static int read(int descriptor, MemorySegment into) {
        return number(Call.READ, descriptor, into.address(), into.byteSize(), 0, 0);
    }

    /// The next two numbers of 8 octets each; null if they are not there.
    static long @Nullable [] two(int descriptor) {
        MemorySegment both = values(2 * Long.BYTES);
        return read(descriptor, both) == both.byteSize() ? both.toArray(J) : null;
    }

    /// Octets read, from that place of the file.
    public static int read(int descriptor, MemorySegment into, long from) {
        return number(Call.PREAD, descriptor, into.address(), into.byteSize(), from, 0);
    }

    /// The first octets of a file as memory: what is stored there is in the file at once, and stays
    /// when this process is killed. Given back when nobody has it any more.
    static MemorySegment map(int descriptor, long size) throws Act {
        long at = call(Call.MMAP, 0, size, READ_AND_WRITE, MAP_SHARED, descriptor, 0);
        if (at < 0 && at > -4096) {
            throw Act.failed("mmap", (int) at);
        }
        return MemorySegment.ofAddress(at)
                .reinterpret(
                        size,
                        Arena.ofAuto(),
                        gone -> number(Call.MUNMAP, gone.address(), size, 0, 0, 0));
    }

    /// Octets that are still to be read of a pipe or a file.
    public static int unread(int descriptor) {
        MemorySegment octets = values(Integer.BYTES);
        int done = number(Call.IOCTL, descriptor, FIONREAD, octets.address(), 0, 0);
        return done < 0 ? done : octets.get(I, 0);
    }

    /// Octets written.
    public static int write(int descriptor, MemorySegment from) {
        return number(Call.WRITE, descriptor, from.address(), from.byteSize(), 0, 0);
    }

    /// Octets written.
    public static int write(int descriptor, byte[] from) {
        try (Arena arena = Arena.ofConfined()) {
            return write(descriptor, arena.allocateFrom(ValueLayout.JAVA_BYTE, from));
        }
    }

    public static int sync(int descriptor) {
        return number(Call.FSYNC, descriptor, 0, 0, 0, 0);
    }

    /// Begins to write a file's octets to the disk, and waits for nothing: what is forced later is
    /// on its way. Of files that are begun together a file system with a journal makes one
    /// transaction, and forcing each of them is the same wait. Nothing is durable by this. What a
    /// file system cannot place it may say here alone.
    public static int beginSync(int descriptor) {
        return range(descriptor, RANGE_WRITE);
    }

    /// Waits until what was begun is written. A file's trouble is told once: what this call says is
    /// not said by [#sync] again.
    public static int awaitSync(int descriptor) {
        return range(descriptor, RANGE_WAIT_AFTER);
    }

    private static int range(int descriptor, int what) {
        int done = number(Call.SYNC_FILE_RANGE, descriptor, 0, 0, what, 0);
        // A system that cannot: all of it is left to sync.
        return done == -Errno.ENOSYS || done == -Errno.EINVAL ? 0 : done;
    }

    public static int truncate(int descriptor, long length) {
        return number(Call.FTRUNCATE, descriptor, length, 0, 0, 0);
    }

    static int owner(int descriptor, int uid, int gid) {
        return number(Call.FCHOWN, descriptor, uid, gid, 0, 0);
    }

    public static int makeDirectory(String path, int mode) {
        return named(Call.MKDIRAT, path, mode, 0, 0);
    }

    public static int unlink(String path) {
        return named(Call.UNLINKAT, path, 0, 0, 0);
    }

    /// Forces the names in a directory. Of one that the user may not read, or of a file system that
    /// forces none, only the kernel can say when they are written.
    public static int syncDirectory(String path) {
        int descriptor = open(path, RDONLY | DIRECTORY, 0);
        if (descriptor < 0) {
            return descriptor == -Errno.EACCES ? 0 : descriptor;
        }
        int done = sync(descriptor);
        close(descriptor);
        return done == -Errno.EINVAL ? 0 : done;
    }

    /// An empty one.
    public static int removeDirectory(String path) {
        return named(Call.UNLINKAT, path, REMOVE_DIRECTORY, 0, 0);
    }

    /// Gives it another name, which nothing may have yet.
    public static int rename(String from, String to) {
        long a = path(0, from);
        long b = path(1, to);
        if (a < 0 || b < 0) {
            return (int) Math.min(a, b);
        }
        int done = number(Call.RENAMEAT2, AT_CWD, a, AT_CWD, b, RENAME_NOREPLACE);
        if (done != -Errno.EINVAL) {
            return done;
        }
        // A filesystem that cannot (NFS).
        done = number(Call.LINKAT, AT_CWD, a, AT_CWD, b, 0);
        return done < 0 ? done : unlink(from);
    }

    /// What a link says, null where it is none.
    public static @Nullable String target(String path) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(LONGEST_PATH);
            int length = named(Call.READLINKAT, path, out.address(), out.byteSize(), 0);
            if (length < 0) {
                return null;
            }
            byte[] octets = out.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
            return new String(octets, StandardCharsets.ISO_8859_1);
        }
    }

    /// By the caller's effective rights.
    public static int mayExecute(String path) {
        return named(Call.FACCESSAT2, path, EXECUTE, AT_EACCESS, 0);
    }

    /// What is known of a file, or why nothing is.
    public sealed interface Stat {
        record Known(FileFacts facts, long changedSeconds) implements Stat {}

        record Unknown(int errno) implements Stat {}
    }

    public static Stat stat(int descriptor) {
        return stat(descriptor, "", AT_EMPTY_PATH);
    }

    /// @param follow a link as the last part of the path
    public static Stat stat(String path, boolean follow) {
        return stat(AT_CWD, path, follow ? 0 : AT_SYMLINK_NOFOLLOW);
    }

    private static Stat stat(int at, String path, int flags) {
        long name = path(0, path);
        MemorySegment s = ROOM.get().asSlice(AT_VALUES, STATX_OCTETS);
        int done =
                name < 0
                        ? (int) name
                        : number(Call.STATX, at, name, flags, STATX_BASIC, s.address());
        if (done < 0) {
            return new Stat.Unknown(-done);
        }
        int mode = s.get(ValueLayout.JAVA_SHORT, 28) & 0xffff;
        long device = device(s.get(I, 136), s.get(I, 140));
        FileNumber number = new FileNumber(device, s.get(J, 32), s.get(I, 16));
        FileFacts facts =
                new FileFacts(
                        mode, s.get(I, 20), s.get(I, 24), s.get(J, 40), s.get(J, 112), number);
        return new Stat.Known(facts, s.get(J, 96));
    }

    /// As the C library makes one number of the two.
    private static long device(long major, long minor) {
        return ((major & 0xfffff000L) << 32)
                | ((major & 0xfffL) << 8)
                | ((minor & 0xffffff00L) << 12)
                | (minor & 0xffL);
    }

    public static int flock(int descriptor) {
        return number(Call.FLOCK, descriptor, LOCK_EXCLUSIVE_AT_ONCE, 0, 0, 0);
    }

    /// The lock of fcntl(2), held by the open file: with that of a process two threads would not
    /// see each other, and closing any descriptor of the file would give it back.
    public static int lock(int descriptor) {
        MemorySegment whole = values(32);
        whole.set(ValueLayout.JAVA_SHORT, 0, (short) 1);
        return number(Call.FCNTL, descriptor, OFD_SETLK, whole.address(), 0, 0);
    }

    /// @param ends gets the reading and the writing end, neither of which waits
    public static int pipe(int[] ends) {
        MemorySegment both = values(2 * Integer.BYTES);
        int done = number(Call.PIPE2, both.address(), CLOEXEC, 0, 0, 0);
        ends[0] = both.get(I, 0);
        ends[1] = both.get(I, Integer.BYTES);
        return done;
    }

    /// A file of memory alone that holds a program, which this process may run.
    static int program(byte[] octets) {
        try (Arena arena = Arena.ofConfined()) {
            long name = text(arena, "start").address();
            int made = number(Call.MEMFD_CREATE, name, MAY_BE_RUN | MEMFD_CLOEXEC, 0, 0, 0);
            if (made == -Errno.EINVAL) {
                // Linux before 6.3, where each may be run.
                made = number(Call.MEMFD_CREATE, name, MEMFD_CLOEXEC, 0, 0, 0);
            }
            int done = made < 0 ? made : write(made, octets);
            if (made >= 0 && done != octets.length) {
                close(made);
                return done < 0 ? done : -Errno.ENOSPC;
            }
            return made;
        }
    }

    /// How much a pipe is to hold; not every user may have as much as he wishes.
    public static int capacity(int pipe, int octets) {
        return number(Call.FCNTL, pipe, SETPIPE_SZ, octets, 0, 0);
    }

    /// A connection to a UNIX socket.
    static int connect(String path) {
        if (!name(path) || path.length() >= LONGEST_SOCKET) {
            return -Errno.EINVAL;
        }
        int descriptor = number(Call.SOCKET, UNIX, STREAM | CLOEXEC, 0, 0, 0);
        if (descriptor < 0) {
            return descriptor;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(2 + LONGEST_SOCKET, 2);
            address.set(ValueLayout.JAVA_SHORT, 0, (short) UNIX);
            MemorySegment.copy(text(arena, path), 0, address, 2, path.length());
            int done =
                    number(Call.CONNECT, descriptor, address.address(), address.byteSize(), 0, 0);
            if (done == 0) {
                return descriptor;
            }
            close(descriptor);
            return done;
        }
    }

    public static int nonBlocking(int descriptor) {
        return number(Call.FCNTL, descriptor, 4, NONBLOCK, 0, 0);
    }

    /// Waits for any of the descriptors.
    ///
    /// @param fds `struct pollfd` one behind another; what happened is in them
    public static int poll(MemorySegment fds, long nanos) {
        MemorySegment time = values(2 * Long.BYTES);
        time.set(J, 0, Math.max(0, nanos) / 1_000_000_000L);
        time.set(J, Long.BYTES, Math.max(0, nanos) % 1_000_000_000L);
        return number(Call.PPOLL, fds.address(), fds.byteSize() / 8, time.address(), 0, 0);
    }

    /// A descriptor that can be read once the process has ended.
    static int processDescriptor(int pid) {
        return number(Call.PIDFD_OPEN, pid, 0, 0, 0, 0);
    }

    /// The `wait` status of a child that has ended.
    static int await(int pid) {
        MemorySegment status = values(Integer.BYTES);
        int done = number(Call.WAIT4, pid, status.address(), 0, 0, 0);
        return done < 0 ? done : status.get(I, 0);
    }

    /// @param pid negative for a process group
    static int kill(int pid, int signal) {
        return number(Call.KILL, pid, signal, 0, 0, 0);
    }

    /// In this process, and in those that it starts. The JVM itself does nothing at SIGPIPE and
    /// SIGXFSZ either, but by handlers, which nobody inherits.
    static int ignore(int signal) {
        MemorySegment action = values(64);
        action.set(J, 0, 1);
        return number(Call.RT_SIGACTION, signal, action.address(), 0, Long.BYTES, 0);
    }

    /// The calling thread's effective user.
    public static int user() {
        return number(Call.GETEUID, 0, 0, 0, 0, 0);
    }

    /// The calling thread's effective group.
    public static int group() {
        return number(Call.GETEGID, 0, 0, 0, 0, 0);
    }

    /// Who started this process, another one once that has ended.
    public static int parent() {
        return number(Call.GETPPID, 0, 0, 0, 0, 0);
    }
}

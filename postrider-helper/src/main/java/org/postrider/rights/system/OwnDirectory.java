package org.postrider.rights.system;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.postrider.rights.Errno;
import org.postrider.rights.FileFacts;
import org.postrider.rights.ReadRules;
import org.postrider.rights.Trouble.Kind;

/// A directory that is this process's alone, whoever it runs as: for what is kept of acts that are
/// under way, for contents that are too large for memory, and for programs where memory may not be
/// run. Threads of the system, with the rights that the process began with.
public final class OwnDirectory implements AutoCloseable {
    private static final int PRIVATE = 0700;
    private static final int OTHERS = 077;
    private static final int PAGE = 4 << 10;
    private static final int SHORT = 256;

    /// The process before this one may still be ending.
    private static final int LOOKS = 400;

    private static final long LOOK_NANOS = 100_000_000L;

    private final int directory;
    private final MemorySegment memory;
    private final String boot;
    private final AtomicLong serial = new AtomicLong();
    private volatile boolean closed;

    private OwnDirectory(int directory, MemorySegment memory, String boot) {
        this.directory = directory;
        this.memory = memory;
        this.boot = boot;
    }

    /// Waits for the end of a process that still has it.
    ///
    /// @param path made if it is missing
    /// @param size octets of its file `under-way`
    /// @throws Act if it is not this user's alone
    public static OwnDirectory open(String path, int size) throws Act {
        Posix.makeDirectory(path, PRIVATE);
        int directory = Posix.open(path, Posix.RDONLY | Posix.DIRECTORY | Posix.NOFOLLOW, 0);
        Act.must("open " + path, directory);
        try {
            FileFacts facts = facts(directory);
            if (facts.uid() != Posix.user() || (facts.mode() & OTHERS) != 0) {
                throw Act.unsafe(Errno.EPERM, path + " is not for this user alone");
            }
            // The directory and not the file, which its mapping keeps open.
            lock(directory, path);
            return new OwnDirectory(directory, map(directory, path, size), thisBoot());
        } catch (Act | RuntimeException | Error e) {
            Posix.close(directory);
            throw e;
        }
    }

    private static MemorySegment map(int directory, String path, int size) throws Act {
        String name = inside(directory) + "under-way";
        int file = Posix.open(name, Posix.RDWR | Posix.CREAT | Posix.NOFOLLOW, PRIVATE & ~0100);
        Act.must("open " + path + "/under-way", file);
        try {
            fill(file, path, size);
            return Posix.map(file, size);
        } finally {
            Posix.close(file);
        }
    }

    /// A descriptor's directory is this one, whatever becomes of its name.
    private static String inside(int directory) {
        return "/proc/self/fd/" + directory + "/";
    }

    private static FileFacts facts(int descriptor) throws Act {
        return UserFile.facts("fstat", Posix.stat(descriptor));
    }

    private static void lock(int directory, String path) throws Act {
        int done = Posix.flock(directory);
        for (int i = 0; i < LOOKS && done == -Errno.EAGAIN; i++) {
            LockSupport.parkNanos(LOOK_NANOS);
            done = Posix.flock(directory);
        }
        Act.must("another process has " + path, done);
    }

    /// All of it is there before it is mapped: a full disk is met here and not later.
    private static void fill(int file, String path, int size) throws Act {
        FileFacts facts = facts(file);
        if (!facts.regular() || facts.number().links() != 1) {
            throw Act.unsafe(Errno.EPERM, path + "/under-way is not this process's own");
        }
        if (facts.size() == size) {
            return;
        }
        Act.must("truncate " + path + "/under-way", Posix.truncate(file, 0));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment nothing = arena.allocate(PAGE);
            for (int done = 0; done < size; ) {
                // Page by page: of what is written at once all is in memory when one page is.
                int part = Math.min(size - done, PAGE);
                int result = Posix.write(file, nothing.asSlice(0, part));
                Act.must("write " + path + "/under-way", result);
                done += result;
            }
        }
    }

    /// Its file: what is stored there stays when this process is killed.
    public MemorySegment memory() {
        return memory;
    }

    /// The kernel's name of this run of the machine.
    public String boot() {
        return boot;
    }

    private static String thisBoot() throws Act {
        String id = "/proc/sys/kernel/random/boot_id";
        ReadRules anybodys = new ReadRules(SHORT, false, true);
        return UserFile.read(id, anybodys, 0).octets().strip();
    }

    /// @throws Act once it is closed
    public void beOpen() throws Act {
        if (closed) {
            throw new Act(Kind.UNAVAILABLE, 0, "the mail system ends");
        }
    }

    /// A new file without a name, for what nobody is to find.
    ///
    /// @param ends gets a descriptor to read it by, and one to write it by
    void nameless(int[] ends) throws Act {
        beOpen();
        String name = inside(directory) + serial.incrementAndGet();
        Posix.unlink(name);
        int made = Posix.open(name, Posix.WRONLY | Posix.CREAT | Posix.EXCL, PRIVATE & ~0100);
        Act.must("cannot create file", made);
        int read = Posix.open(name, Posix.RDONLY | Posix.NOFOLLOW, 0);
        Posix.unlink(name);
        if (read < 0) {
            Posix.close(made);
            throw Act.failed("cannot create file", read);
        }
        ends[0] = read;
        ends[1] = made;
    }

    /// A file that holds a program, which this process may run and nobody finds: of memory, or, on
    /// a system that lets no such file be run (vm.memfd_noexec), in this directory.
    ///
    /// @return a descriptor to run it by; nobody has one to write to it but children that are just
    ///   being started, for a moment
    int program(byte[] octets) throws Act {
        int memory = Posix.program(octets);
        if (memory != -Errno.EACCES) {
            Act.must("memfd_create", memory);
            return memory;
        }
        beOpen();
        String name = inside(directory) + serial.incrementAndGet();
        Posix.unlink(name);
        int made = Posix.open(name, Posix.WRONLY | Posix.CREAT | Posix.EXCL, PRIVATE);
        Act.must("cannot create file", made);
        try {
            int done = Posix.write(made, octets);
            Act.must("cannot write file", done == octets.length ? 0 : Math.min(done, -Errno.EIO));
            int read = Posix.open(name, Posix.RDONLY | Posix.NOFOLLOW, 0);
            Act.must("cannot open file", read);
            return read;
        } finally {
            Posix.close(made);
            Posix.unlink(name);
        }
    }

    /// Lets the next process have it, once nothing is under way.
    @Override
    public void close() {
        closed = true;
        Posix.close(directory);
    }
}

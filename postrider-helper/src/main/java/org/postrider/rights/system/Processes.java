package org.postrider.rights.system;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// Other processes: how one is started, and its end.
///
/// Started is by posix_spawn(3): a child in a session of its own, with the calling thread's rights,
/// no signal blocked, the descriptors that it is given and no more. As Postfix's children it finds
/// SIGPIPE and SIGXFSZ ignored, and no other signal: one to which nobody listens any more does not
/// die of what it says.
public final class Processes {
    private static final long LONG_NANOS = 3_600_000_000_000L;

    private static final short SETSIGDEF = 0x04;
    private static final short SETSIGMASK = 0x08;
    private static final short SETSID = 0x80;

    /// Larger than `posix_spawnattr_t`, `posix_spawn_file_actions_t` and `sigset_t` of any Linux.
    private static final int STRUCTURE = 512;

    /// What ps(1) calls it until it is a command.
    private static final String NAME = "postfix/start";

    private static final int[] IGNORED = {Posix.SIGPIPE, Posix.SIGXFSZ};

    private static final ValueLayout.OfInt I = ValueLayout.JAVA_INT;
    private static final ValueLayout A = ValueLayout.ADDRESS;

    private static final MethodHandle SPAWN = handle("posix_spawn", A, A, A, A, A, A);
    private static final MethodHandle ACTIONS = handle("posix_spawn_file_actions_init", A);
    private static final MethodHandle DUPLICATE =
            handle("posix_spawn_file_actions_adddup2", A, I, I);
    private static final MethodHandle ENTER = handle("posix_spawn_file_actions_addfchdir_np", A, I);
    private static final MethodHandle CLOSE_FROM =
            handle("posix_spawn_file_actions_addclosefrom_np", A, I);
    private static final MethodHandle ACTIONS_END = handle("posix_spawn_file_actions_destroy", A);
    private static final MethodHandle ATTRIBUTES = handle("posix_spawnattr_init", A);
    private static final MethodHandle FLAGS =
            handle("posix_spawnattr_setflags", A, ValueLayout.JAVA_SHORT);
    private static final MethodHandle DEFAULTS = handle("posix_spawnattr_setsigdefault", A, A);
    private static final MethodHandle ALL_SIGNALS = handle("sigfillset", A);
    private static final MethodHandle DELETE_SIGNAL = handle("sigdelset", A, I);

    private Processes() {}

    private static MethodHandle handle(String name, ValueLayout... arguments) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(I, arguments));
    }

    /// Starts it.
    ///
    /// @param descriptors which are its first ones, 0 and on, and all that it has
    /// @param program that of them which is the program's file
    /// @param directory a descriptor of where it begins, negative to leave it
    /// @return the child's number, or a negative error number
    public static int spawn(int[] descriptors, int program, int directory) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment actions = arena.allocate(STRUCTURE, 16);
            MemorySegment attributes = arena.allocate(STRUCTURE, 16);
            MemorySegment signals = arena.allocate(STRUCTURE, 16);
            must((int) ACTIONS.invokeExact(actions));
            for (int i = 0; i < descriptors.length; i++) {
                if (descriptors[i] < descriptors.length) {
                    throw new IllegalStateException("a standard descriptor was closed");
                }
                must((int) DUPLICATE.invokeExact(actions, descriptors[i], i));
            }
            if (directory >= 0) {
                must((int) ENTER.invokeExact(actions, directory));
            }
            must((int) CLOSE_FROM.invokeExact(actions, descriptors.length));
            must((int) ATTRIBUTES.invokeExact(attributes));
            // The mask is empty as it was made.
            short flags = SETSIGDEF | SETSIGMASK | SETSID;
            must((int) FLAGS.invokeExact(attributes, flags));
            must((int) ALL_SIGNALS.invokeExact(signals));
            for (int signal : IGNORED) {
                must((int) DELETE_SIGNAL.invokeExact(signals, signal));
                must(-Posix.ignore(signal));
            }
            must((int) DEFAULTS.invokeExact(attributes, signals));
            MemorySegment pid = arena.allocate(I);
            MemorySegment words = arena.allocate(A, 2);
            words.set(ValueLayout.ADDRESS, 0, Posix.text(arena, NAME));
            MemorySegment settings = arena.allocate(A, 1);
            MemorySegment path = Posix.text(arena, "/proc/self/fd/" + program);
            int error = (int) SPAWN.invokeExact(pid, path, actions, attributes, words, settings);
            must((int) ACTIONS_END.invokeExact(actions));
            return error == 0 ? pid.get(I, 0) : -error;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static void must(int result) {
        if (result != 0) {
            throw new IllegalStateException("posix_spawn: error " + result);
        }
    }

    /// Waits until a process has ended, however it did; its number given to another is not it.
    public static void awaitEnd(int pid) {
        int process = Posix.processDescriptor(pid);
        if (process < 0) {
            return;
        }
        try {
            while (!ended(process, LONG_NANOS)) {
                // goes on
            }
        } finally {
            Posix.close(process);
        }
    }

    /// Waits until a process has ended, or so long.
    ///
    /// @param process its descriptor, or another one, for something to read there or its end
    public static boolean ended(int process, long nanos) {
        long until = Clock.nanos() + nanos;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment fds = arena.allocate(8, 8);
            fds.set(ValueLayout.JAVA_INT, 0, process);
            fds.set(ValueLayout.JAVA_SHORT, 4, (short) Posix.POLLIN);
            long left = nanos;
            while (left > 0 && Posix.poll(fds, Math.min(left, LONG_NANOS)) == 0) {
                left = until - Clock.nanos();
            }
            return left > 0;
        }
    }
}

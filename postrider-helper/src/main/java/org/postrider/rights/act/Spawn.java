package org.postrider.rights.act;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Map;

/// posix_spawn(3): a child in a session of its own, with the calling thread's rights, no signal
/// blocked, three descriptors and no more. As Postfix's children it finds SIGPIPE and SIGXFSZ
/// ignored, and no other signal: one to which nobody listens any more does not die of what it says.
final class Spawn {
    private static final short SETSIGDEF = 0x04;
    private static final short SETSIGMASK = 0x08;
    private static final short SETSID = 0x80;

    /// Larger than `posix_spawnattr_t`, `posix_spawn_file_actions_t` and `sigset_t` of any Linux.
    private static final int STRUCTURE = 512;

    private static final int FIRST_CLOSED = 3;
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

    private Spawn() {}

    private static MethodHandle handle(String name, ValueLayout... arguments) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(I, arguments));
    }

    /// Starts it.
    ///
    /// @param program its path; what is not absolute begins at the directory
    /// @param argv its words, of which the first is its name
    /// @param directory a descriptor of where it begins, negative to leave it
    /// @return the child's number, or a negative error number
    static int spawn(
            String program,
            List<String> argv,
            Map<String, String> environment,
            int in,
            int out,
            int directory) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment actions = arena.allocate(STRUCTURE, 16);
            MemorySegment attributes = arena.allocate(STRUCTURE, 16);
            MemorySegment signals = arena.allocate(STRUCTURE, 16);
            must((int) ACTIONS.invokeExact(actions));
            must((int) DUPLICATE.invokeExact(actions, in, 0));
            must((int) DUPLICATE.invokeExact(actions, out, 1));
            must((int) DUPLICATE.invokeExact(actions, out, 2));
            if (directory >= 0) {
                must((int) ENTER.invokeExact(actions, directory));
            }
            must((int) CLOSE_FROM.invokeExact(actions, FIRST_CLOSED));
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
            MemorySegment words = list(arena, argv);
            MemorySegment settings =
                    list(
                            arena,
                            environment.entrySet().stream()
                                    .map(e -> e.getKey() + "=" + e.getValue())
                                    .toList());
            MemorySegment path = Posix.text(arena, program);
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

    private static MemorySegment list(Arena arena, List<String> texts) {
        MemorySegment out = arena.allocate(ValueLayout.ADDRESS, texts.size() + 1L);
        for (int i = 0; i < texts.size(); i++) {
            out.setAtIndex(ValueLayout.ADDRESS, i, Posix.text(arena, texts.get(i)));
        }
        return out;
    }
}

package org.postrider.disk;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;

/// System calls of Linux that the JDK does not have, by their numbers (syscalls(2)). A negative
/// result is an error number. All are made by one handle: the JDK makes some fifteen classes for
/// each kind of call that there is. Any thread; each is over at once.
public final class SystemCalls {
    private static final boolean X86 = System.getProperty("os.arch").equals("amd64");
    private static final int AT_CWD = -100;

    private static final ValueLayout.OfLong J = ValueLayout.JAVA_LONG;
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

    private SystemCalls() {}

    /// @param x86 its number on x86-64
    /// @param other on the others (aarch64, riscv64)
    private static int call(int x86, int other, long a, long b, long c, long d) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            long number = X86 ? x86 : other;
            long result = (long) SYSCALL.invokeExact(state, number, a, b, c, d, 0L, 0L);
            return result < 0 ? -(int) ERRNO.get(state, 0L) : (int) result;
        } catch (RuntimeException | Error bug) {
            throw bug;
        } catch (Throwable bug) {
            throw new IllegalStateException(bug);
        }
    }

    /// A new descriptor.
    static int open(Path file, int flags, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            long name = arena.allocateFrom(file.toString()).address();
            return call(257, 56, AT_CWD, name, flags, mode);
        }
    }

    static int close(int descriptor) {
        return call(3, 57, descriptor, 0, 0, 0);
    }

    static int flock(int descriptor, int how) {
        return call(73, 32, descriptor, how, 0, 0);
    }

    static int mode(int descriptor, int mode) {
        return call(91, 52, descriptor, mode, 0, 0);
    }

    /// The descriptor of a file in memory.
    static int memory(String name, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            return call(319, 279, arena.allocateFrom(name).address(), flags, 0, 0);
        }
    }

    /// The parent of this process.
    public static int parent() {
        return call(110, 173, 0, 0, 0, 0);
    }

    /// Whether there is such a process, or nobody may know: 0, or an error number. No signal is
    /// sent.
    public static int look(int process) {
        return call(62, 129, process, 0, 0, 0);
    }
}

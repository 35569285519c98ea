package org.postrider.rights.act;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Other processes.
public final class Processes {
    private static final long LONG_NANOS = 3_600_000_000_000L;

    private Processes() {}

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
    /// @param process its descriptor
    static boolean ended(int process, long nanos) {
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

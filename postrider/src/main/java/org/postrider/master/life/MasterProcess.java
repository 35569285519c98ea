package org.postrider.master.life;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.threads.Loop;
import org.postrider.threads.Supervisor;
import org.postrider.threads.Work;

/// The process that `pid/master.pid` names: once it has ended, however it did, nobody could stop
/// this server by it, and so the server is told to stop (one that is its own master never is).
/// Looks once a second, by system calls that need no descriptor: a server short of those does not
/// take its master for dead (`ProcessHandle` would).
public final class MasterProcess implements AutoCloseable {
    private static final long LOOK_NANOS = 1_000_000_000L;
    private static final long CLOSE_MILLIS = 1_000;
    private static final int NO_SUCH_PROCESS = 3;
    private static final Work WORK =
            Work.of("master", "stops the mail system when the process of master.pid has ended");

    private final long pid;
    private final boolean parent;
    private final MailLog log;
    private final LogTag tag;
    private final Runnable stop;
    private final Loop loop;
    private boolean said;

    /// @param pid what `pid/master.pid` names
    /// @param stop asked for once a second from the end of that process on, so that one that is
    ///   struck is asked for again
    public MasterProcess(long pid, Supervisor threads, MailLog log, LogTag tag, Runnable stop) {
        this.pid = pid;
        this.log = log;
        this.tag = tag;
        this.stop = stop;
        parent = Native.parent() == pid;
        loop = threads.loop(WORK, this::step);
    }

    public void start() {
        loop.start();
    }

    private long step() {
        if (ended()) {
            if (!said) {
                said = true;
                log.warning(tag, "process " + pid + " of master.pid has ended: stopping");
            }
            stop.run();
        }
        return LOOK_NANOS;
    }

    /// A parent that ended has no children any more, reaped or not, and whoever gets its number
    /// next is no parent of ours.
    private boolean ended() {
        return parent ? Native.parent() != pid : Native.gone(pid);
    }

    @Override
    public void close() {
        loop.end(CLOSE_MILLIS);
    }

    /// The C library's calls.
    private static final class Native {
        private static final Linker LINKER = Linker.nativeLinker();
        private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
        private static final StructLayout STATE = Linker.Option.captureStateLayout();
        private static final VarHandle ERRNO =
                STATE.varHandle(java.lang.foreign.MemoryLayout.PathElement.groupElement("errno"));
        private static final MethodHandle PARENT = handle("getppid", FunctionDescriptor.of(INT));
        private static final MethodHandle SIGNAL =
                handle(
                        "kill",
                        FunctionDescriptor.of(INT, INT, INT),
                        Linker.Option.captureCallState("errno"));

        private static MethodHandle handle(
                String name, FunctionDescriptor type, Linker.Option... options) {
            return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type, options);
        }

        static long parent() {
            try {
                return (int) PARENT.invokeExact();
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }

        /// No signal is sent: only whether there is anybody to send one to.
        static boolean gone(long pid) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment state = arena.allocate(STATE);
                int result = (int) SIGNAL.invokeExact(state, (int) pid, 0);
                return result < 0 && (int) ERRNO.get(state, 0L) == NO_SUCH_PROCESS;
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }
    }
}

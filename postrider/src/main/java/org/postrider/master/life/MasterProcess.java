package org.postrider.master.life;

import org.postrider.disk.SystemCalls;
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
        parent = SystemCalls.parent() == pid;
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
        return parent
                ? SystemCalls.parent() != pid
                : SystemCalls.look((int) pid) == -NO_SUCH_PROCESS;
    }

    @Override
    public void close() {
        loop.end(CLOSE_MILLIS);
    }
}

package org.postrider.rights.system;

import java.nio.ByteBuffer;
import org.postrider.rights.Errno;

/// A process that was started for a command. It is killed as the user, and by nobody once it has
/// been waited for: its number may be another's by then. One thread's.
public final class Child implements AutoCloseable {
    private final int pid;
    private final Actor actor;
    private int descriptor;
    private boolean buried;

    Child(int pid, Actor actor) {
        this.pid = pid;
        this.actor = actor;
        descriptor = Posix.processDescriptor(pid);
    }

    /// A connection to a UNIX socket, with the calling thread's rights.
    ///
    /// @param number what is said there first
    public static int connection(String socket, long number) throws Act {
        int descriptor = Posix.connect(socket);
        Act.must("connect to " + socket, descriptor);
        byte[] octets = ByteBuffer.allocate(Long.BYTES).putLong(number).array();
        int done = Posix.write(descriptor, octets);
        if (done != octets.length) {
            Posix.close(descriptor);
            throw Act.failed("write to " + socket, done < 0 ? done : -Errno.EIO);
        }
        return descriptor;
    }

    public int number() {
        return pid;
    }

    /// It can be read once the process has ended; an error number if there is none.
    public int descriptor() {
        return descriptor;
    }

    /// It and its process group, with the user's rights. A group that is not there any more is no
    /// fault.
    public void kill() {
        actor.user();
        if (!buried && Posix.kill(-pid, Posix.SIGKILL) < 0) {
            Posix.kill(pid, Posix.SIGKILL);
        }
    }

    /// Waits for its end, once.
    ///
    /// @return its `wait` status
    public int await() {
        buried = true;
        return Posix.await(pid);
    }

    /// Of one that is not waited for any more, nothing is left.
    @Override
    public void close() {
        if (!buried) {
            kill();
            await();
        }
        if (descriptor >= 0) {
            Posix.close(descriptor);
            descriptor = -1;
        }
    }
}

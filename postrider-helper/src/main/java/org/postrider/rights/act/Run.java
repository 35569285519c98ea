package org.postrider.rights.act;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.postrider.rights.Command;
import org.postrider.rights.Content;
import org.postrider.rights.Ended;
import org.postrider.rights.Ended.How;
import org.postrider.rights.Errno;

/// A command from its start to its end, as pipe_command(3) has it: its message is there before it
/// begins, and what it says is read. Children that hold its output when it has ended belong to it
/// and are waited for; others go on, as what vacation(1) starts does. When its time ends, nothing
/// of its process group is left.
public final class Run {
    private static final int BUFFER = 64 << 10;
    private static final long LONGEST_WAIT_NANOS = 3_600_000_000_000L;
    private static final int SIGNALLED = 0x7f;
    private static final int STATUS_SHIFT = 8;

    /// Once it was killed it has ended at once, unless the kernel itself holds it.
    private static final long KILLED_NANOS = 10_000_000_000L;

    private final Command command;
    private final Actor actor;
    private final long untilNanos;
    private final MemorySegment buffer;
    private final MemorySegment fds;
    private final StringBuilder output = new StringBuilder();
    private int pid;
    private int process = -1;
    private int in = -1;
    private int out = -1;
    private boolean late;
    private boolean killed;
    private boolean gone;

    /// Nobody waits for it any more: its number may be another's.
    private boolean ended;

    private Run(Command command, Actor actor, Arena arena) {
        this.command = command;
        this.actor = actor;
        untilNanos = Clock.nanos() + Math.max(0, command.limits().time().toNanos());
        buffer = arena.allocate(BUFFER);
        fds = arena.allocate(16, 8);
    }

    /// Blocks until it has ended.
    ///
    /// @param starter whose user kills it: a user who changed his rights meanwhile is not to be
    ///   killed by root
    /// @param records which have room for a large content
    public static Ended run(Command command, Content content, Starter starter, Records records)
            throws Act {
        Actor actor = starter.actor();
        actor.opener();
        int in = Input.of(content, records);
        try (Arena arena = Arena.ofConfined()) {
            Run run = new Run(command, actor, arena);
            try {
                run.begin(starter, in);
                How how = run.ended();
                return new Ended(how, run.output.toString(), Input.taken(in));
            } catch (RuntimeException | Error e) {
                run.bury();
                throw e;
            } finally {
                run.shut();
            }
        } finally {
            Posix.close(in);
        }
    }

    /// A connection to a UNIX socket, with the calling thread's rights; to be given to [#serve].
    ///
    /// @param number what is said there first
    public static int connection(String socket, long number) throws Act {
        int descriptor = Posix.connect(socket);
        if (descriptor < 0) {
            throw Act.failed("connect to " + socket, descriptor);
        }
        byte[] octets = ByteBuffer.allocate(Long.BYTES).putLong(number).array();
        int done = Posix.write(descriptor, octets);
        if (done != octets.length) {
            Posix.close(descriptor);
            throw Act.failed("write to " + socket, done < 0 ? done : -Errno.EIO);
        }
        return descriptor;
    }

    /// A command that has a connection for its standard streams (spawn_command(3)). Blocks until it
    /// has ended, or its time is over and its process group is killed.
    ///
    /// @param connection is closed here in any case
    /// @param starter whose user kills it
    public static Ended serve(Command command, int connection, Starter starter) throws Act {
        int pid;
        try {
            pid = starter.start(command, connection, connection);
        } finally {
            Posix.close(connection);
        }
        int process = Posix.processDescriptor(pid);
        boolean over = process >= 0 && Processes.ended(process, command.limits().time().toNanos());
        if (!over) {
            starter.actor().user();
            if (Posix.kill(-pid, Posix.SIGKILL) < 0) {
                Posix.kill(pid, Posix.SIGKILL);
            }
        }
        int status = Posix.await(pid);
        if (process < 0) {
            throw Act.failed("pidfd_open", process);
        }
        Posix.close(process);
        return new Ended(over ? how(status) : new How.TimedOut(), Integer.toString(pid), true);
    }

    private void begin(Starter starter, int input) throws Act {
        in = input;
        int[] said = new int[2];
        int done = Posix.pipe(said);
        if (done < 0) {
            throw Act.failed("Delivery failed", done);
        }
        out = said[0];
        try {
            pid = starter.start(command, in, said[1]);
        } finally {
            Posix.close(said[1]);
        }
        Posix.nonBlocking(out);
        process = Posix.processDescriptor(pid);
        if (process < 0) {
            bury();
            throw Act.failed("Delivery failed", process);
        }
    }

    /// After a fault of this program's own: nothing is left of the process.
    private void bury() {
        if (pid > 0 && !ended) {
            ended = true;
            kill();
            Posix.await(pid);
        }
    }

    /// What one that was killed had said before; who else holds its output is not heard.
    private void hear() {
        for (int i = 0; i < BUFFER && output.length() < command.limits().output(); i++) {
            int before = output.length();
            if (out >= 0) {
                listen();
            }
            if (output.length() == before) {
                return;
            }
        }
    }

    private static int closed(int descriptor) {
        if (descriptor >= 0) {
            Posix.close(descriptor);
        }
        return -1;
    }

    private void shut() {
        out = closed(out);
        process = closed(process);
    }

    /// With the user's rights. A group that is not there any more is no fault.
    private void kill() {
        killed = true;
        actor.user();
        if (Posix.kill(-pid, Posix.SIGKILL) < 0) {
            Posix.kill(pid, Posix.SIGKILL);
        }
    }

    private void await() {
        long left = untilNanos - Clock.nanos();
        if (left <= 0) {
            late = true;
            kill();
            left = gone ? 0 : KILLED_NANOS;
        }
        entry(0, out);
        entry(1, gone ? -1 : process);
        int ready = Posix.poll(fds, Math.min(left, LONGEST_WAIT_NANOS));
        if (ready > 0 && happened(0)) {
            listen();
        }
        gone |= happened(1) || (late && ready == 0);
    }

    private void entry(int index, int descriptor) {
        fds.set(ValueLayout.JAVA_INT, index * 8L, descriptor);
        fds.set(ValueLayout.JAVA_SHORT, index * 8L + 4, (short) Posix.POLLIN);
        fds.set(ValueLayout.JAVA_SHORT, index * 8L + 6, (short) 0);
    }

    private boolean happened(int index) {
        return fds.get(ValueLayout.JAVA_SHORT, index * 8L + 6) != 0;
    }

    private void listen() {
        int got = Posix.read(out, buffer);
        if (got > 0) {
            int keep = Math.min(got, command.limits().output() - output.length());
            if (keep > 0) {
                byte[] octets = buffer.asSlice(0, keep).toArray(ValueLayout.JAVA_BYTE);
                output.append(new String(octets, StandardCharsets.ISO_8859_1));
            }
            boolean enough = output.length() >= command.limits().output();
            if (enough && (gone || Input.taken(in))) {
                // One that has its message and goes on talking hears that nobody listens.
                out = closed(out);
            }
        } else if (got != -Errno.EAGAIN) {
            out = closed(out);
        }
    }

    private How ended() {
        while (!gone || (out >= 0 && !killed)) {
            await();
        }
        hear();
        ended = true;
        int status = Posix.await(pid);
        if (late) {
            return new How.TimedOut();
        }
        return how(status);
    }

    /// What `wait` said of its end.
    static How how(int status) {
        int signal = status & SIGNALLED;
        return signal != 0 ? new How.Signal(signal) : new How.Exit(status >> STATUS_SHIFT & 0xff);
    }
}

package org.postrider.rights.act;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.postrider.rights.Command;
import org.postrider.rights.Content;
import org.postrider.rights.Ended;
import org.postrider.rights.Ended.How;
import org.postrider.rights.Errno;
import org.postrider.rights.system.Act;
import org.postrider.rights.system.Child;
import org.postrider.rights.system.Clock;
import org.postrider.rights.system.Posix;
import org.postrider.rights.system.Processes;
import org.postrider.rights.system.Starter;
import org.postrider.rights.system.Starter.Looked;

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
    private final Child child;
    private final int in;
    private final long untilNanos;
    private final MemorySegment buffer;
    private final MemorySegment fds;
    private final StringBuilder output = new StringBuilder();
    private int out;
    private boolean late;
    private boolean killed;
    private boolean gone;

    /// @param in its input, and `out` its output
    private Run(Command command, Child child, int in, int out, Arena arena) {
        this.command = command;
        this.child = child;
        this.in = in;
        this.out = out;
        untilNanos = Clock.nanos() + Math.max(0, command.limits().time().toNanos());
        buffer = arena.allocate(BUFFER);
        fds = arena.allocate(16, 8);
    }

    /// Blocks until it has ended.
    ///
    /// @param starter whose user kills it: a user who changed his rights meanwhile is not to be
    ///   killed by root
    public static Ended run(Command command, Content content, Starter starter) throws Act {
        starter.actor().user();
        int in = Input.of(content, starter);
        try {
            int[] said = new int[2];
            Act.must("Delivery failed", Posix.pipe(said));
            Posix.nonBlocking(said[0]);
            try (Child child = started(command, starter, in, said);
                    Arena arena = Arena.ofConfined()) {
                Act.must("Delivery failed", child.descriptor());
                Run run = new Run(command, child, in, said[0], arena);
                try {
                    How how = run.ended();
                    return new Ended(how, run.output.toString(), Input.taken(in));
                } finally {
                    said[0] = run.out;
                }
            } finally {
                closed(said[0]);
            }
        } finally {
            Posix.close(in);
        }
    }

    /// @param said a pipe for its output, whose writing end is closed here
    private static Child started(Command command, Starter starter, int in, int[] said) throws Act {
        try {
            return starter.start(CommandLine.look(command, starter.actor()), in, said[1]);
        } finally {
            Posix.close(said[1]);
        }
    }

    /// A command that has a connection for its standard streams (spawn_command(3)). Blocks until it
    /// has ended, or its time is over and its process group is killed.
    ///
    /// @param connection is closed here in any case
    /// @param starter whose user kills it
    public static Ended serve(Command command, int connection, Starter starter) throws Act {
        try (Child child = served(command, connection, starter)) {
            Act.must("pidfd_open", child.descriptor());
            long nanos = command.limits().time().toNanos();
            boolean over = Processes.ended(child.descriptor(), nanos);
            if (!over) {
                child.kill();
            }
            int status = child.await();
            String number = Integer.toString(child.number());
            return new Ended(over ? how(status) : new How.TimedOut(), number, true);
        }
    }

    private static Child served(Command command, int connection, Starter starter) throws Act {
        try {
            Looked looked = CommandLine.look(command, starter.actor());
            return starter.start(looked, connection, connection);
        } finally {
            Posix.close(connection);
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

    private void await() {
        long left = untilNanos - Clock.nanos();
        if (left <= 0) {
            late = true;
            killed = true;
            child.kill();
            left = gone ? 0 : KILLED_NANOS;
        }
        entry(0, out);
        entry(1, gone ? -1 : child.descriptor());
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
        int status = child.await();
        return late ? new How.TimedOut() : how(status);
    }

    /// What `wait` said of its end.
    private static How how(int status) {
        int signal = status & SIGNALLED;
        return signal != 0 ? new How.Signal(signal) : new How.Exit(status >> STATUS_SHIFT & 0xff);
    }
}

package org.postrider.rights.act;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.postrider.rights.Content;
import org.postrider.rights.Errno;
import org.postrider.rights.Trouble.Kind;
import org.postrider.rights.system.Act;
import org.postrider.rights.system.Posix;
import org.postrider.rights.system.Starter;

/// A command's standard input, which holds the whole content before the command is started: whoever
/// is killed meanwhile, no command sees an end that is none. A pipe, as Postfix's, as far as one
/// holds it; else a file without a name. Its thread's own.
final class Input extends OutputStream {
    /// What a pipe holds unless it is told otherwise: Postfix would still be writing what a command
    /// has not read beyond it.
    private static final int PIPE = 64 << 10;

    /// Memory of the kernel's that one command has at most.
    private static final int LARGEST_PIPE = 256 << 10;

    private final Starter starter;
    private final MemorySegment buffer;
    private int in = -1;
    private int out = -1;
    private boolean enlarged;
    private boolean large;

    /// That the system did not take it, apart from what the content may throw.
    private static final class FullException extends IOException {
        private static final long serialVersionUID = 1;
        private final transient Act act;

        FullException(Act act) {
            super(act.getMessage());
            this.act = act;
        }
    }

    private Input(Starter starter, Arena arena) {
        this.starter = starter;
        buffer = arena.allocate(PIPE);
    }

    /// Takes all of it.
    ///
    /// @param starter who makes a file that nobody finds
    /// @return a descriptor to read it by
    static int of(Content content, Starter starter) throws Act {
        try (Arena arena = Arena.ofConfined()) {
            Input input = new Input(starter, arena);
            boolean whole = false;
            try {
                input.begin();
                content.writeTo(input);
                whole = true;
                return input.in;
            } catch (FullException e) {
                throw e.act;
            } catch (IOException e) {
                throw new Act(Kind.CONTENT, 0, "error reading message: " + e.getMessage());
            } finally {
                if (input.out >= 0) {
                    Posix.close(input.out);
                }
                if (!whole && input.in >= 0) {
                    Posix.close(input.in);
                }
            }
        }
    }

    /// Whether a command has taken so much of it that Postfix would have written all.
    static boolean taken(int descriptor) {
        return Posix.unread(descriptor) <= PIPE;
    }

    private void begin() throws Act {
        int[] ends = new int[2];
        int done = Posix.pipe(ends);
        if (done < 0) {
            throw Act.failed("Delivery failed", done);
        }
        in = ends[0];
        out = ends[1];
        Posix.nonBlocking(out);
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] octets, int from, int length) throws IOException {
        for (int at = 0; at < length; ) {
            int part = Math.min(length - at, PIPE);
            MemorySegment.copy(octets, from + at, buffer, ValueLayout.JAVA_BYTE, 0, part);
            int done = Posix.write(out, buffer.asSlice(0, part));
            if (done == -Errno.EAGAIN && !large) {
                enlarge();
            } else if (done < 0) {
                throw new FullException(Act.failed("Delivery failed", done));
            } else {
                at += done;
            }
        }
    }

    /// First the pipe, as far as it goes; then what is in it goes into a file.
    private void enlarge() throws FullException {
        if (!enlarged && Posix.capacity(out, LARGEST_PIPE) > 0) {
            enlarged = true;
            return;
        }
        int[] file = new int[2];
        try {
            starter.nameless(file);
        } catch (Act e) {
            throw new FullException(e);
        }
        Posix.close(out);
        out = file[1];
        large = true;
        int pipe = in;
        in = file[0];
        try {
            move(pipe);
        } finally {
            Posix.close(pipe);
        }
    }

    /// What is in the pipe.
    private void move(int pipe) throws FullException {
        for (int got = Posix.read(pipe, buffer); got > 0; got = Posix.read(pipe, buffer)) {
            for (int done = 0; done < got; ) {
                int result = Posix.write(out, buffer.asSlice(done, got - done));
                if (result < 0) {
                    throw new FullException(Act.failed("Delivery failed", result));
                }
                done += result;
            }
        }
    }
}

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

/// A content on its way into an open file. Its thread's own.
final class FileSink extends OutputStream {
    static final int BUFFER = 64 << 10;
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    private final int descriptor;
    private final long most;
    private final Watch watch;
    private final MemorySegment buffer;
    private final MemorySegment waiting;
    private int filled;
    private long written;

    /// That the file did not take it, apart from what the content may throw.
    private static final class SinkException extends IOException {
        private static final long serialVersionUID = 1;
        private final int errno;

        SinkException(int errno) {
            super(Errno.text(errno));
            this.errno = errno;
        }
    }

    /// Told of each part before it is written.
    interface Watch {
        Watch NOBODY = (octets, total) -> {};

        /// The next part.
        ///
        /// @param total octets, from the first one on, of which these are the last
        void writes(MemorySegment octets, long total);
    }

    private FileSink(Arena arena, int descriptor, long most, int room, Watch watch) {
        this.descriptor = descriptor;
        this.most = most;
        this.watch = watch;
        buffer = arena.allocate(room);
        waiting = arena.allocate(8, 8);
    }

    /// Writes all of it.
    ///
    /// @param most octets that may be written
    static void copy(Content content, int descriptor, long most, Watch watch) throws Act {
        copy(content, BUFFER, descriptor, most, watch);
    }

    /// Writes all of it.
    ///
    /// @param octets that it has, as far as is known: room is made for so many, and not for more
    /// @param most octets that may be written
    static void copy(Content content, int octets, int descriptor, long most, Watch watch)
            throws Act {
        try (Arena arena = Arena.ofConfined()) {
            int room = Math.clamp(octets, 1, BUFFER);
            FileSink sink = new FileSink(arena, descriptor, most, room, watch);
            content.writeTo(sink);
            sink.flush();
        } catch (SinkException e) {
            throw Act.failed("error writing message", -e.errno);
        } catch (IOException e) {
            throw new Act(Kind.CONTENT, 0, "error reading message: " + e.getMessage());
        }
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] octets, int from, int length) throws IOException {
        int at = from;
        int left = length;
        while (left > 0) {
            int room = (int) buffer.byteSize();
            if (filled == room) {
                flush();
            }
            int part = Math.min(left, room - filled);
            MemorySegment.copy(octets, at, buffer, ValueLayout.JAVA_BYTE, filled, part);
            filled += part;
            at += part;
            left -= part;
        }
    }

    @Override
    public void flush() throws IOException {
        int done = 0;
        if (filled > 0 && written + filled > most) {
            throw new SinkException(Errno.EFBIG);
        }
        watch.writes(buffer.asSlice(0, filled), written + filled);
        while (done < filled) {
            int result = Posix.write(descriptor, buffer.asSlice(done, filled - done));
            if (result == -Errno.EAGAIN) {
                await();
            } else if (result < 0) {
                throw new SinkException(-result);
            } else {
                done += result;
            }
        }
        written += filled;
        filled = 0;
    }

    /// For a FIFO whose other end reads slowly.
    private void await() throws IOException {
        waiting.set(ValueLayout.JAVA_INT, 0, descriptor);
        waiting.set(ValueLayout.JAVA_INT, 4, Posix.POLLOUT);
        if (Posix.poll(waiting, PATIENCE_NANOS) == 0) {
            throw new SinkException(Errno.ETIMEDOUT);
        }
    }
}

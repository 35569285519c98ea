package org.postrider.log.file;

import java.io.IOException;
import java.util.Arrays;
import org.postrider.threads.Loop;
import org.postrider.threads.Supervisor;
import org.postrider.threads.Work;
import org.postrider.time.Clock;

/// Lines on their way to a file: callers append to a bounded buffer, one thread writes it, many
/// lines at a time. docs/decisions/0024 says what becomes of them when the file takes none:
///
/// - What cannot be written (disk full) is kept and tried again each second, from the octet where
///   it stopped, so that no line is broken or written twice.
/// - A caller who finds the buffer full waits for room. All callers together have one `patience`
///   until the writer has caught up; when it is used up, lines are lost, and counted, as long as
///   there is no room.
/// - That it stopped, that it goes on and how many lines were lost is told to all logs.
public final class LineBuffer implements AutoCloseable {
    private static final int BOUND = 1 << 20;
    private static final int FIRST = 64 << 10;
    private static final long GATHER_NANOS = 5_000_000L;
    private static final long RETRY_NANOS = 1_000_000_000L;
    private static final long CLOSE_MILLIS = 5_000;

    /// Octets that wait or are being written. Whole lines.
    private static final class Lines {
        byte[] octets = new byte[FIRST];
        int length;
        int written;

        void add(byte[] line, int n) {
            if (length + n > octets.length) {
                octets = Arrays.copyOf(octets, Math.max(octets.length * 2, length + n));
            }
            System.arraycopy(line, 0, octets, length, n);
            length += n;
        }

        boolean full(int more) {
            return length > 0 && length + more > BOUND;
        }

        /// The next octet begins a line.
        boolean betweenLines() {
            return written == 0 || octets[written - 1] == '\n';
        }

        long linesLeft() {
            long lines = 0;
            for (int at = written; at < length; at++) {
                lines += octets[at] == '\n' ? 1 : 0;
            }
            return lines;
        }

        void clear() {
            length = 0;
            written = 0;
        }
    }

    /// Hears what becomes of the lines. Called without any lock.
    public interface Told {
        /// Lines cannot be written now.
        void stopped(String reason);

        /// Lines are written again.
        ///
        /// @param lost lines that were not kept meanwhile
        void goesOn(long lost);

        /// The end, before all was written.
        void ended(long lost);
    }

    /// @param patienceNanos how long callers wait for room before lines are lost
    /// @param lastResort lines that are lost go to standard error
    public record Care(long patienceNanos, boolean lastResort, Told told) {}

    private final Clock clock;
    private final LineSink out;
    private final Care care;
    private final Loop writer;
    private final Object lock = new Object();

    /// The callers'.
    private Lines filling = new Lines();

    /// The writer's.
    private Lines writing = new Lines();

    private boolean asleep;

    /// All logs know that this one takes no lines.
    private boolean told;

    /// Callers wait for room, together until then.
    private boolean waiting;

    private long waitUntil;

    /// What is left of the callers' patience; whole again when all is written.
    private long patienceLeft;

    /// Callers have waited in vain, and there is still no room.
    private boolean overflowing;

    private long lost;
    private boolean closed;

    /// @param work what the writing thread is called
    public LineBuffer(Supervisor threads, Clock clock, Work work, LineSink out, Care care) {
        this.clock = clock;
        this.out = out;
        this.care = care;
        patienceLeft = care.patienceNanos();
        writer = threads.loop(work.onPlatform(), this::step).start();
    }

    /// Takes a line that ends with LF. Any thread.
    public void append(byte[] line, int length) {
        boolean telling;
        synchronized (lock) {
            if (!closed && hasRoom(length)) {
                filling.add(line, length);
                if (asleep) {
                    asleep = false;
                    writer.wake();
                }
                return;
            }
            lost++;
            telling = !told && overflowing;
            told |= telling;
        }
        if (care.lastResort()) {
            System.err.write(line, 0, length);
        }
        if (telling) {
            care.told().stopped("nothing could be written in time");
        }
    }

    /// Under the lock. The writer, that tells of its own trouble, would wait for itself.
    private boolean hasRoom(int length) {
        if (!filling.full(length) || writer.mine()) {
            return true;
        }
        if (!waiting) {
            waiting = true;
            waitUntil = clock.nanos() + patienceLeft;
        }
        boolean interrupted = false;
        while (filling.full(length) && !overflowing && !closed) {
            long left = waitUntil - clock.nanos();
            if (left <= 0) {
                overflowing = true;
                // The others have no longer to wait.
                lock.notifyAll();
                break;
            }
            try {
                lock.wait(Math.max(1, left / 1_000_000));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !closed && !filling.full(length);
    }

    private long step() {
        if (writing.length == 0 && !swap()) {
            return Loop.UNTIL_WOKEN;
        }
        try {
            write();
        } catch (IOException e) {
            stop(String.valueOf(e.getMessage()));
            return RETRY_NANOS;
        }
        writing.clear();
        goOn();
        // Lines come in flocks: the next write takes all that came meanwhile.
        return GATHER_NANOS;
    }

    /// @return false when there is nothing to write
    private boolean swap() {
        synchronized (lock) {
            if (filling.length == 0) {
                asleep = true;
                patienceLeft = care.patienceNanos();
                return false;
            }
            if (waiting) {
                waiting = false;
                patienceLeft = Math.max(0, waitUntil - clock.nanos());
            }
            Lines full = filling;
            filling = writing;
            writing = full;
            overflowing = false;
            lock.notifyAll();
            return true;
        }
    }

    private void write() throws IOException {
        while (writing.written < writing.length) {
            if (writing.betweenLines()) {
                out.look();
            }
            writing.written += out.write(writing.octets, writing.written, writing.length);
        }
    }

    private void stop(String reason) {
        boolean telling;
        synchronized (lock) {
            telling = !told;
            told = true;
        }
        if (telling) {
            care.told().stopped(reason);
        }
    }

    private void goOn() {
        boolean telling;
        long count;
        synchronized (lock) {
            if (overflowing) {
                // What came meanwhile is still lost: it is told when there is room.
                return;
            }
            count = lost;
            telling = told || count > 0;
            lost = 0;
            told = false;
        }
        if (telling) {
            care.told().goesOn(count);
        }
    }

    /// Writes what is left and ends; how much could not be written is told to the other logs.
    @Override
    public void close() {
        boolean ended = writer.end(CLOSE_MILLIS);
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
        try {
            while (ended && (writing.length > 0 || swap())) {
                write();
                writing.clear();
            }
            out.close();
        } catch (IOException e) {
            stop(String.valueOf(e.getMessage()));
        }
        long count = given(filling) + (ended ? given(writing) : 0);
        synchronized (lock) {
            count += lost;
        }
        if (count > 0) {
            care.told().ended(count);
        }
    }

    /// Lines that nobody will write any more.
    private long given(Lines up) {
        if (care.lastResort()) {
            System.err.write(up.octets, up.written, up.length - up.written);
        }
        return up.linesLeft();
    }
}

package org.postrider.postscreen;

import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import org.postrider.io.Connection;
import org.postrider.time.Clock;

/// What a client says to the engine, a line at a time. Its buffer is small while nothing is there,
/// and holds at most what Postfix reads at once. Session thread only.
final class Input {
    private static final int SMALL = 128;
    private static final int LARGE = 4096;
    private static final byte[] NONE = {};

    private final Clock clock;
    private final int lineLimit;
    private Connection connection;
    private byte[] buffer;
    private int start;
    private int end;
    private boolean bareLf;

    /// A line became longer than it may.
    static final class TooLongException extends IOException {
        private static final long serialVersionUID = 1;
    }

    /// @param first what has been read already; kept, not copied
    Input(Connection connection, byte[] first, int lineLimit, Clock clock) {
        this.connection = connection;
        this.lineLimit = lineLimit;
        this.clock = clock;
        buffer = first;
        end = first.length;
    }

    /// What is there of the old one is dropped.
    void replace(Connection other) {
        connection = other;
        start = 0;
        end = 0;
        buffer = NONE;
    }

    /// The next line without its end.
    ///
    /// @param millis for all of it
    /// @throws TooLongException for one that is too long
    /// @throws EOFException at the end of input
    String line(long millis) throws IOException {
        long until = clock.nanos() + millis * 1_000_000;
        if (start == end) {
            fill(until);
        }
        StringBuilder line = new StringBuilder();
        while (true) {
            if (start == end) {
                fill(until);
            }
            char c = (char) (buffer[start++] & 0xff);
            boolean cr = !line.isEmpty() && line.charAt(line.length() - 1) == '\r';
            if (c == '\n') {
                bareLf = !cr;
                line.setLength(line.length() - (cr ? 1 : 0));
                return line.toString();
            }
            if (!cr && line.length() >= lineLimit) {
                throw new TooLongException();
            }
            line.append(c);
        }
    }

    private void fill(long until) throws IOException {
        start = 0;
        end = 0;
        if (buffer.length != SMALL) {
            buffer = new byte[SMALL];
        }
        connection.deadline(Math.max(1, (until - clock.nanos()) / 1_000_000));
        connection.idle(true);
        int n = connection.read(buffer, 0, buffer.length);
        connection.idle(false);
        if (n < 0) {
            throw new EOFException();
        }
        end = n;
        more();
    }

    /// As much as Postfix sees at once: what came with it is there, too.
    private void more() throws IOException {
        while (end == buffer.length && end < LARGE && connection.available() > 0) {
            buffer = Arrays.copyOf(buffer, LARGE);
            int n = connection.read(buffer, end, LARGE - end);
            end += Math.max(0, n);
        }
    }

    /// Of what came early.
    void earlyToo() throws IOException {
        if (start < end) {
            more();
        }
    }

    /// The last line ended in LF without CR.
    boolean bareLf() {
        return bareLf;
    }

    /// More has been sent behind the last line.
    boolean pending() {
        return start < end;
    }

    /// How that begins.
    String peek(int most) {
        return Escapes.of(buffer, start, Math.min(end, start + most));
    }
}

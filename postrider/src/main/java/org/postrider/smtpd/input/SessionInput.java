package org.postrider.smtpd.input;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Settings;
import org.postrider.io.Connection;
import org.postrider.smtpd.SmtpdParams;
import org.postrider.threads.Turn;
import org.postrider.time.Clock;

/// What a client sends: lines of commands, then content. One buffer, small while commands are read.
public final class SessionInput {
    private static final int SMALL = 4096;
    private static final int LARGE = 64 << 10;

    /// What the settings say.
    ///
    /// @param lineLimit octets of a command line
    public record Terms(int lineLimit, Patience.Terms patience) {
        public static Terms of(Settings settings) {
            return new Terms(
                    settings.get(SmtpdParams.LINE_LENGTH_LIMIT), Patience.Terms.of(settings));
        }
    }

    private Connection connection;
    private final int lineLimit;
    private final Patience patience;
    private byte[] buffer = new byte[SMALL];
    private int start;
    private int end;
    private boolean bareLf;
    private boolean cut;

    /// The last read found as much as there was room for.
    private boolean hurried;

    private final Turn turn = new Turn();

    public SessionInput(Connection connection, Terms terms, Clock clock) {
        this.connection = connection;
        lineLimit = terms.lineLimit();
        patience = new Patience(terms.patience(), clock);
    }

    /// Reads from another connection; what is there of the old one is dropped.
    public void replace(Connection other) {
        connection = other;
        start = 0;
        end = 0;
    }

    /// True where octets are there that have not been taken.
    public boolean pending() {
        return start < end;
    }

    /// The same, what lies in the socket included.
    public boolean arrived() throws IOException {
        return pending() || (connection.available() > 0 && fill());
    }

    /// True where a whole line is there.
    public boolean lineReady() {
        for (int i = start; i < end; i++) {
            if (buffer[i] == '\n') {
                return true;
            }
        }
        return end - start >= lineLimit;
    }

    /// A command line without its line end, or the first `lineLimit` octets of a longer one. Null
    /// at the end of input.
    public @Nullable String line() throws IOException {
        return line(lineLimit);
    }

    /// The same with a limit of its own.
    public @Nullable String line(int limit) throws IOException {
        patience.request();
        int scanned = start;
        while (true) {
            int stopAt = Math.min(end, start + limit);
            while (scanned < stopAt && buffer[scanned] != '\n') {
                scanned++;
            }
            if (scanned < stopAt) {
                bareLf = scanned == start || buffer[scanned - 1] != '\r';
                cut = false;
                int stop = scanned;
                while (stop > start && buffer[stop - 1] == '\r') {
                    stop--;
                }
                return taken(stop, scanned + 1);
            }
            if (end - start >= limit) {
                String line = taken(stopAt, stopAt);
                skipLine();
                bareLf = false;
                cut = true;
                return line;
            }
            int offset = scanned - start;
            if (!fill()) {
                return null;
            }
            scanned = start + offset;
        }
    }

    /// The rest of a line that is too long.
    private void skipLine() throws IOException {
        while (true) {
            while (start < end) {
                if (buffer[start++] == '\n') {
                    return;
                }
            }
            start = 0;
            end = 0;
            if (!fill()) {
                return;
            }
        }
    }

    /// The last line ended in LF without CR.
    public boolean bareLf() {
        return bareLf;
    }

    /// The last line was too long; its rest is gone.
    public boolean cut() {
        return cut;
    }

    private String taken(int stop, int next) {
        String line = new String(buffer, start, stop - start, StandardCharsets.ISO_8859_1);
        start = next;
        if (start == end) {
            start = 0;
            end = 0;
        }
        return line;
    }

    /// Reads more behind what is there; false at the end of input.
    public boolean fill() throws IOException {
        if (start > 0 && (start == end || end == buffer.length)) {
            System.arraycopy(buffer, start, buffer, 0, end - start);
            end -= start;
            start = 0;
        }
        if (end == buffer.length) {
            buffer = java.util.Arrays.copyOf(buffer, buffer.length * 2);
        }
        if (hurried) {
            turn.perhaps();
        }
        connection.deadline(patience.millis());
        int n = connection.read(buffer, end, buffer.length - end);
        if (n < 0) {
            return false;
        }
        boolean full = n == buffer.length - end;
        if (full && !hurried) {
            turn.begun();
        }
        hurried = full;
        patience.spent(n);
        end += n;
        return true;
    }

    /// Content begins.
    public void content() {
        patience.content();
        contentMode();
    }

    /// Room for content: the buffer becomes large.
    public void contentMode() {
        if (buffer.length < LARGE) {
            byte[] more = new byte[LARGE];
            System.arraycopy(buffer, start, more, 0, end - start);
            buffer = more;
            end -= start;
            start = 0;
        }
    }

    /// Room for commands: a large buffer is let go once it is empty.
    public void commandMode() {
        if (buffer.length > SMALL && end - start <= SMALL) {
            byte[] less = new byte[SMALL];
            System.arraycopy(buffer, start, less, 0, end - start);
            buffer = less;
            end -= start;
            start = 0;
        }
    }

    public byte[] buffer() {
        return buffer;
    }

    public int start() {
        return start;
    }

    public int end() {
        return end;
    }

    public void take(int octets) {
        start += octets;
    }

    /// True where no more fits behind an incomplete line.
    public boolean full() {
        return end - start == buffer.length;
    }
}

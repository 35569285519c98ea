package org.postrider.smtp.mail;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.postrider.io.Connection;
import org.postrider.message.Content;
import org.postrider.message.Facts;
import org.postrider.message.MimeState;
import org.postrider.queue.QueueException;
import org.postrider.time.Clock;
import org.postrider.wire.ClientDialogue;
import org.postrider.wire.ClientMail;

/// Sends a content behind 354, the final dot included. What receiving found decides whether it goes
/// as it lies or is stuffed and broken into lines on the way. Nothing but CRLF ends a line out
/// there. Immutable; any thread.
final class ContentSender {
    private static final byte[] END = {'.', '\r', '\n'};
    private static final int SMALL = 128 << 10;
    private static final int CHUNK = 64 << 10;

    private final int lineLimit;
    private final MimeState.Limits limits;
    private final Pace.Terms terms;
    private final Clock clock;
    private final int chunkOctets;

    /// @param lineLimit octets of a line without its end; 0 for no limit
    /// @param limits of parts that are converted
    /// @param chunkOctets of a chunk; 0: a content goes behind DATA
    ContentSender(
            int lineLimit,
            MimeState.Limits limits,
            Pace.Terms terms,
            Clock clock,
            int chunkOctets) {
        this.chunkOctets = chunkOctets;
        this.lineLimit = lineLimit == 0 ? Integer.MAX_VALUE : lineLimit;
        this.limits = limits;
        this.terms = terms;
        this.clock = clock;
    }

    /// How a content goes to a server.
    ///
    /// @param dotMillis how long the final dot waits; 0: it goes with what is before it
    Pace pace(ClientDialogue to, long dotMillis) {
        return new Pace(to, terms, clock, dotMillis);
    }

    /// How a content goes in chunks.
    Pace chunks(ClientDialogue to, ClientMail.Chunks chunks) {
        return new Pace(to, terms, clock, 0, chunks, chunkOctets);
    }

    int chunkOctets() {
        return chunkOctets;
    }

    int limit() {
        return lineLimit;
    }

    /// @param fields go before the content, with their line ends; empty for none
    /// @param downgrade 8-bit parts are sent as quoted-printable
    /// @param changes what pieces of it become; null where nothing is checked
    /// @param pace where it goes, of [#pace]
    /// @return true where a line was longer than goes out in one
    /// @throws Exchange.LocalTrouble where the content cannot be read
    /// @throws MimeFilter.Impossible where the content cannot be converted
    /// @throws MimeFilter.Unchecked where a table of checks cannot answer
    /// @throws IOException where the connection breaks
    boolean send(
            byte[] fields,
            Content content,
            boolean downgrade,
            MimeFilter.@Nullable Changes changes,
            Pace pace)
            throws IOException {
        Facts f = content.facts();
        boolean filtered = downgrade || changes != null;
        // What goes before a mail is nobody's to check or convert.
        boolean apart = filtered || fields.length == 0;
        byte[] header = apart ? content.header() : joined(fields, content.header());
        byte[] body = content.inlineBody();
        boolean plain =
                !filtered
                        && (!f.leadingDot() || pace.chunked())
                        && !f.bareCrOrLf()
                        && f.longestLine() <= lineLimit
                        && fields.length <= lineLimit;
        if (plain
                && body != null
                && header.length + body.length < SMALL
                && pace.atOnce()
                && !pace.chunked()) {
            small(header, body, pace);
            return false;
        }
        long length = fields.length + header.length + content.bodyLength();
        Out out = plain ? new Plain(pace) : new Stuffer(pace, lineLimit, length);
        if (filtered) {
            out.put(fields, 0, fields.length);
            out = new MimeFilter(out, limits, downgrade, changes);
        }
        if (body != null) {
            out.put(header, 0, header.length);
            for (int at = 0; at < body.length; at += CHUNK) {
                out.put(body, at, Math.min(CHUNK, body.length - at));
            }
        } else {
            stream(header, content, out);
        }
        return out.finish();
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] out = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, out, first.length, second.length);
        return out;
    }

    private static void small(byte[] header, byte[] body, Pace to) throws IOException {
        int length = header.length + body.length;
        byte[] tail = body.length > 0 ? body : header;
        int end = tail.length == 0 || tail[tail.length - 1] == '\n' ? 0 : 2;
        byte[] all = new byte[length + end + END.length];
        System.arraycopy(header, 0, all, 0, header.length);
        System.arraycopy(body, 0, all, header.length, body.length);
        if (end > 0) {
            all[length] = '\r';
            all[length + 1] = '\n';
        }
        System.arraycopy(END, 0, all, length + end, END.length);
        to.ends();
        to.write(all, 0, all.length);
    }

    private static void stream(byte[] header, Content content, Out out) throws IOException {
        byte[] chunk = new byte[CHUNK];
        out.put(header, 0, header.length);
        try (InputStream in = body(content)) {
            for (int n = read(in, chunk); n >= 0; n = read(in, chunk)) {
                out.put(chunk, 0, n);
                if (in instanceof Connection.Octets file) {
                    out.put(file);
                }
            }
        }
    }

    private static InputStream body(Content content) {
        try {
            return content.body();
        } catch (IOException | QueueException e) {
            throw new Exchange.LocalTrouble(e);
        }
    }

    private static int read(InputStream in, byte[] chunk) {
        try {
            return in.read(chunk);
        } catch (IOException | QueueException e) {
            throw new Exchange.LocalTrouble(e);
        }
    }

    /// Where the octets go.
    interface Out {
        void put(byte[] from, int offset, int count) throws IOException;

        /// The next octets of a file, as many as go by themselves; none where they must be looked
        /// at.
        default void put(Connection.Octets file) throws IOException {}

        /// Ends the last line and the content.
        boolean finish() throws IOException;
    }

    /// As it lies.
    private static final class Plain implements Out {
        private final Pace to;
        private byte last = '\n';

        Plain(Pace to) {
            this.to = to;
        }

        @Override
        public void put(byte[] from, int offset, int count) throws IOException {
            if (count > 0) {
                to.write(from, offset, count);
                last = from[offset + count - 1];
            }
        }

        @Override
        public void put(Connection.Octets file) throws IOException {
            if (to.write(file) > 0) {
                // A body in a file ends in CRLF: receiving saw to it.
                last = '\n';
            }
        }

        @Override
        public boolean finish() throws IOException {
            byte[] rest = {'\r', '\n', END[0], END[1], END[2]};
            int from = last == '\n' ? 2 : 0;
            if (to.chunked()) {
                to.write(rest, from, 2 - from);
                to.lastChunk();
                return false;
            }
            if (!to.atOnce()) {
                to.write(rest, from, 2 - from);
                to.beforeDot();
                from = 2;
            }
            to.ends();
            to.write(rest, from, rest.length - from);
            return false;
        }
    }

    /// Stuffs dots, breaks long lines (CRLF and a blank, as Postfix does), and turns stray CR and
    /// LF into blanks and line ends.
    private static final class Stuffer implements Out {
        private final Pace to;
        private final int limit;
        private final byte[] out;
        private int filled;
        private int column;
        private boolean cr;
        private boolean broken;

        Stuffer(Pace to, int limit, long length) {
            this.to = to;
            this.limit = limit;
            out = new byte[(int) Math.clamp(length + length / 8 + 64, 512, CHUNK)];
        }

        @Override
        public void put(byte[] from, int offset, int count) throws IOException {
            for (int i = offset; i < offset + count; i++) {
                octet(from[i]);
            }
        }

        private void octet(byte b) throws IOException {
            if (b == '\n') {
                cr = false;
                newline();
                return;
            }
            if (cr) {
                cr = false;
                text((byte) ' ');
            }
            if (b == '\r') {
                cr = true;
            } else {
                text(b);
            }
        }

        private void text(byte b) throws IOException {
            if (column == 0 && b == '.' && !to.chunked()) {
                raw((byte) '.');
            } else if (column >= limit) {
                broken = true;
                newline();
                raw((byte) ' ');
                column++;
            }
            raw(b);
            column++;
        }

        private void newline() throws IOException {
            raw((byte) '\r');
            raw((byte) '\n');
            column = 0;
        }

        private void raw(byte b) throws IOException {
            if (filled == out.length) {
                flush();
            }
            out[filled++] = b;
        }

        private void flush() throws IOException {
            to.write(out, 0, filled);
            filled = 0;
        }

        @Override
        public boolean finish() throws IOException {
            if (cr) {
                text((byte) ' ');
            }
            if (column > 0) {
                newline();
            }
            if (to.chunked()) {
                flush();
                to.lastChunk();
                return broken;
            }
            if (!to.atOnce()) {
                flush();
                to.beforeDot();
            }
            to.ends();
            for (byte b : END) {
                raw(b);
            }
            flush();
            return broken;
        }
    }
}

package org.postrider.smtp;

import java.io.IOException;
import java.io.InputStream;
import org.postrider.io.Connection;
import org.postrider.message.Content;
import org.postrider.message.Facts;

/// Sends a content behind 354, the final dot included. What receiving found decides whether it goes
/// as it lies or is stuffed and broken into lines on the way. Nothing but CRLF ends a line out
/// there.
final class ContentSender {
    private static final byte[] END = {'.', '\r', '\n'};
    private static final int SMALL = 256 << 10;

    private final int lineLimit;

    ContentSender(int lineLimit) {
        this.lineLimit = lineLimit;
    }

    void send(Content content, Connection to) throws IOException {
        Facts f = content.facts();
        byte[] header = content.header();
        byte[] body = content.inlineBody();
        boolean plain = !f.leadingDot() && !f.bareCrOrLf() && f.longestLine() <= lineLimit;
        if (plain && body != null && header.length + body.length < SMALL) {
            byte[] all = new byte[header.length + body.length + END.length];
            System.arraycopy(header, 0, all, 0, header.length);
            System.arraycopy(body, 0, all, header.length, body.length);
            System.arraycopy(END, 0, all, all.length - END.length, END.length);
            to.write(all, 0, all.length);
            return;
        }
        Stuffer out = new Stuffer(to, plain ? Integer.MAX_VALUE : lineLimit, plain);
        out.put(header, 0, header.length);
        try (InputStream in = content.body()) {
            byte[] chunk = new byte[64 << 10];
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                out.put(chunk, 0, n);
            }
        }
        out.finish();
    }

    /// Stuffs dots, breaks long lines (CRLF and a blank, as Postfix does), and turns stray CR and
    /// LF into line ends.
    private static final class Stuffer {
        private final Connection to;
        private final int limit;
        private final boolean plain;
        private final byte[] out = new byte[68 << 10];
        private int filled;
        private int column;
        private boolean cr;

        Stuffer(Connection to, int limit, boolean plain) {
            this.to = to;
            this.limit = limit;
            this.plain = plain;
        }

        void put(byte[] from, int offset, int count) throws IOException {
            if (plain) {
                flush();
                to.write(from, offset, count);
                column = count == 0 ? column : from[offset + count - 1] == '\n' ? 0 : 1;
                return;
            }
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
                // a CR of its own
                cr = false;
                raw((byte) ' ');
            }
            if (b == '\r') {
                cr = true;
                return;
            }
            if (column == 0 && b == '.') {
                raw((byte) '.');
            } else if (column >= limit) {
                newline();
                raw((byte) ' ');
            }
            raw(b);
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
            column++;
        }

        private void flush() throws IOException {
            if (filled > 0) {
                to.write(out, 0, filled);
                filled = 0;
            }
        }

        void finish() throws IOException {
            if (column > 0) {
                newline();
            }
            for (byte b : END) {
                if (filled == out.length) {
                    flush();
                }
                out[filled++] = b;
            }
            flush();
        }
    }
}

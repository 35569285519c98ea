package org.postrider.cleanup.author;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import org.postrider.message.Content;
import org.postrider.message.ContentReceiver;
import org.postrider.message.ContentWriter;
import org.postrider.message.Facts;
import org.postrider.message.MimeState;

/// A content in the form that every next hop takes: parts that say 8bit are quoted-printable, and
/// lines are no longer than smtp(8) sends them. What smtp(8) would do to it on the way is done
/// before it is signed. Immutable; any thread.
final class EveryHop {
    /// Octets of a line that are handed on at once, as smtp(8) does.
    private static final int PIECE = 2048;

    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] BREAK = {'\r', '\n', ' '};

    private final MimeState.Limits limits;
    private final int lineLimit;

    /// @param lineLimit smtp_line_length_limit
    EveryHop(MimeState.Limits limits, int lineLimit) {
        this.limits = limits;
        this.lineLimit = lineLimit == 0 ? Integer.MAX_VALUE : lineLimit;
    }

    boolean concerns(Facts facts) {
        return eightBit(facts) || facts.longestLine() > lineLimit;
    }

    /// As smtp(8) asks: what only says so, and has no such octet, is converted on the way, too.
    private static boolean eightBit(Facts facts) {
        return facts.mime().saysEightBit();
    }

    /// @param writer for another content
    /// @return null where its parts nest too deep to be converted
    @Nullable Content of(Content content, ContentWriter writer) throws IOException {
        Conversion to = new Conversion(writer, eightBit(content.facts()));
        to.octets(content.header(), content.header().length);
        byte[] chunk = new byte[16 << 10];
        try (InputStream in = content.body()) {
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                to.octets(chunk, n);
            }
        }
        return to.finish();
    }

    /// One content on its way. One thread.
    private final class Conversion implements MimeState.Output {
        private final ContentWriter writer;
        private final ContentReceiver receiver;
        private final MimeState mime;
        private final byte[] line = new byte[PIECE + 2];
        private int length;
        private int column;
        private boolean impossible;

        Conversion(ContentWriter writer, boolean encodes) {
            this.writer = writer;
            receiver = new ContentReceiver(writer, false, false, 0);
            mime =
                    new MimeState(
                            limits, encodes ? MimeState.Mode.DOWNGRADE : MimeState.Mode.FLAT, this);
        }

        void octets(byte[] from, int count) throws IOException {
            for (int i = 0; i < count; i++) {
                if (length == line.length) {
                    piece(PIECE, false);
                }
                line[length++] = from[i];
                if (from[i] == '\n') {
                    boolean crlf = length > 1 && line[length - 2] == '\r';
                    piece(length - (crlf ? 2 : 1), true);
                }
            }
        }

        private void piece(int text, boolean ends) throws IOException {
            mime.line(line, 0, text, ends);
            int left = ends ? 0 : length - text;
            System.arraycopy(line, text, line, 0, left);
            length = left;
        }

        @Nullable Content finish() throws IOException {
            if (length > 0) {
                piece(length, true);
            }
            mime.finish();
            return impossible ? null : writer.finish(receiver.finish());
        }

        @Override
        public void field(MimeState.Block block, byte[] field, int count) throws IOException {
            int from = 0;
            for (int i = 0; i <= count; i++) {
                if (i == count || field[i] == '\n') {
                    text(field, from, i);
                    lineEnd();
                    from = i + 1;
                }
            }
        }

        @Override
        public void body(byte[] from, int start, int end, boolean ends, long offset)
                throws IOException {
            text(from, start, end);
            if (ends) {
                lineEnd();
            }
        }

        /// A long line goes on in the next one behind a blank, as it would on the way.
        private void text(byte[] from, int start, int end) throws IOException {
            int at = start;
            while (at < end) {
                if (column >= lineLimit) {
                    receiver.lines(CRLF, 0, CRLF.length);
                    receiver.part(BREAK, 2, BREAK.length);
                    column = 1;
                }
                int count = Math.min(end - at, lineLimit - column);
                receiver.part(from, at, at + count);
                column += count;
                at += count;
            }
        }

        private void lineEnd() throws IOException {
            receiver.lines(CRLF, 0, CRLF.length);
            column = 0;
        }

        @Override
        public void fault(MimeState.Fault fault, byte[] text, int count) {
            impossible |= fault == MimeState.Fault.NESTING;
        }
    }
}

package org.postrider.smtp.mail;

import java.io.IOException;
import org.postrider.message.MimeState;

/// Turns 8-bit MIME parts into quoted-printable on the way to a server without 8BITMIME
/// ([MimeState.Mode#DOWNGRADE]). Memory is bounded: a long line passes in pieces. One thread.
final class Downgrade implements ContentSender.Out, MimeState.Output {
    /// Postfix keeps lines in pieces of line_length_limit; where a field is cut depends on it.
    private static final int PIECE = 2048;

    private static final byte[] CRLF = {'\r', '\n'};

    /// Not an [IOException]: the connection is well, the content is not.
    static final class Impossible extends RuntimeException {
        private static final long serialVersionUID = 1;

        Impossible(MimeState.Fault fault) {
            super(fault.text(), null, false, false);
        }
    }

    private final ContentSender.Out to;
    private final MimeState mime;
    private final byte[] line = new byte[PIECE + 2];
    private int length;

    Downgrade(ContentSender.Out to, MimeState.Limits limits) {
        this.to = to;
        this.mime = new MimeState(limits, MimeState.Mode.DOWNGRADE, this);
    }

    @Override
    public void put(byte[] from, int offset, int count) throws IOException {
        for (int i = offset; i < offset + count; i++) {
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

    @Override
    public boolean finish() throws IOException {
        if (length > 0) {
            piece(length, true);
        }
        mime.finish();
        return to.finish();
    }

    @Override
    public void field(MimeState.Block block, byte[] field, int count) throws IOException {
        int from = 0;
        for (int i = 0; i < count; i++) {
            if (field[i] == '\n') {
                to.put(field, from, i - from);
                to.put(CRLF, 0, 2);
                from = i + 1;
            }
        }
        to.put(field, from, count - from);
        to.put(CRLF, 0, 2);
    }

    @Override
    public void body(byte[] from, int start, int end, boolean ends, long offset)
            throws IOException {
        to.put(from, start, end - start);
        if (ends) {
            to.put(CRLF, 0, 2);
        }
    }

    @Override
    public void fault(MimeState.Fault fault, byte[] text, int count) {
        if (fault == MimeState.Fault.NESTING) {
            throw new Impossible(fault);
        }
    }
}

package org.postrider.message;

import java.io.IOException;
import java.util.Arrays;

/// What a content's parts say, found while it is received ([Facts.Mime]). A message without parts
/// costs a look at two of its header fields. One thread.
final class PartScan {
    /// Postfix's line_length_limit: a longer line is not looked at in one piece.
    private static final int PIECE = 2048;

    private static final MimeState.Output NOWHERE =
            new MimeState.Output() {
                @Override
                public void field(MimeState.Block block, byte[] field, int length) {}

                @Override
                public void body(byte[] from, int start, int end, boolean ends, long offset) {}

                @Override
                public void fault(MimeState.Fault fault, byte[] text, int length) {}
            };

    private final MimeState mime =
            new MimeState(MimeState.Limits.DEFAULT, MimeState.Mode.PARTS, NOWHERE);
    private byte[] field = new byte[0];
    private int filled;
    private boolean gathering;
    private boolean structured;
    private boolean openHeader;
    private boolean continuing;

    // ---- the message's own header

    /// A field of the message's own header begins; its octets follow.
    void fieldBegins(byte[] b, int from, int end, int name) throws IOException {
        endField();
        gathering =
                name == 12 && Headers.named(b, from, end, "content-type")
                        || name == 25 && Headers.named(b, from, end, "content-transfer-encoding");
    }

    void field(byte[] b, int from, int to) {
        // What is longer loses its end in cleanup.
        if (gathering && filled < MimeState.Limits.DEFAULT.header()) {
            int count = to - from;
            if (filled + count > field.length) {
                field = Arrays.copyOf(field, Math.max(2 * field.length, filled + count + 64));
            }
            System.arraycopy(b, from, field, filled, count);
            filled += count;
        }
    }

    void fieldLineEnds() throws IOException {
        if (gathering) {
            mime.line(field, 0, filled, true);
            filled = 0;
        }
    }

    private void endField() throws IOException {
        if (gathering && filled > 0) {
            fieldLineEnds();
        }
        gathering = false;
    }

    /// The empty line after it, whether it was there or is inserted.
    ///
    /// @param open it was not there
    void headerEnds(boolean open) throws IOException {
        openHeader = open;
        endField();
        mime.line(field, 0, 0, true);
        structured = mime.structured();
    }

    // ---- bodies

    boolean structured() {
        return structured;
    }

    boolean inHeader() {
        return mime.inPartHeader();
    }

    /// A line that begins so is body, whatever follows.
    boolean body(byte first) {
        return first != '-' && !mime.inPartHeader();
    }

    void line(byte[] b, int from, int to, boolean ends) throws IOException {
        if (continuing || mime.inPartHeader() || from < to && b[from] == '-') {
            for (int at = from; ; at += PIECE) {
                int end = Math.min(to, at + PIECE);
                mime.line(b, at, end, ends && end == to);
                if (end == to) {
                    break;
                }
            }
            continuing = !ends;
            structured = mime.structured() || continuing;
        }
    }

    Facts.Mime finish() throws IOException {
        endField();
        mime.finish();
        if (!mime.saysEightBit() && !mime.composite() && !openHeader) {
            return Facts.Mime.PLAIN;
        }
        return new Facts.Mime(
                mime.saysEightBit(),
                mime.declaredInPart(),
                mime.composite(),
                new Facts.Fields(mime.oddField(), mime.longestPartField(), openHeader),
                null);
    }
}

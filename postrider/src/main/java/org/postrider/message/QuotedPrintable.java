package org.postrider.message;

import java.io.IOException;

/// Writes lines as quoted-printable (RFC 2045 6.7) with Postfix's line breaks: a soft one before
/// the line would pass 72 octets. One thread.
final class QuotedPrintable {
    private static final int SOFT = 72;
    private static final String HEX = "0123456789ABCDEF";

    private final MimeState.Output out;
    private final byte[] line = new byte[SOFT + 8];
    private int filled;

    QuotedPrintable(MimeState.Output out) {
        this.out = out;
    }

    /// @param ends the line ends with this text
    void text(byte[] from, int start, int end, boolean ends) throws IOException {
        for (int i = start; i < end; i++) {
            if (filled > SOFT) {
                line[filled++] = '=';
                emit();
            }
            byte b = from[i];
            if (b < ' ' && b != '\t' || b == '=' || b == 127) {
                escape(b);
            } else {
                line[filled++] = b;
            }
        }
        if (ends) {
            byte last = filled > 0 ? line[filled - 1] : 0;
            if (last == ' ' || last == '\t') {
                filled--;
                escape(last);
            }
            emit();
        }
    }

    /// What is left of a line that had no end.
    void flush() throws IOException {
        if (filled > 0) {
            emit();
        }
    }

    private void escape(byte b) {
        line[filled++] = '=';
        line[filled++] = (byte) HEX.charAt(b >> 4 & 15);
        line[filled++] = (byte) HEX.charAt(b & 15);
    }

    private void emit() throws IOException {
        int n = filled;
        filled = 0;
        out.body(line, 0, n, true, 0);
    }
}

package org.postrider.message;

import java.nio.charset.StandardCharsets;

/// A header field that a table or a setting writes.
public final class HeaderText {
    /// A line that is longer is folded where it can be.
    private static final int FOLD = 70;

    private HeaderText() {}

    /// One field, whatever stands in the text: CRLF ends each line, other carriage returns are
    /// blanks, empty lines (they would end the header) are left out, and a line that is no
    /// continuation is made one (RFC 5322 2.2.3).
    public static byte[] field(String text) {
        StringBuilder out = new StringBuilder(text.length() + 2);
        for (String line : text.replace("\r\n", "\n").replace('\r', ' ').split("\n", -1)) {
            if (line.isBlank()) {
                continue;
            }
            if (!out.isEmpty() && line.charAt(0) != ' ' && line.charAt(0) != '\t') {
                out.append('\t');
            }
            out.append(line).append("\r\n");
        }
        return out.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /// One field of addresses, of which each stands on a line, separated by LF: lines are joined as
    /// long as they are short, folds begin with white space (cleanup_fold_header).
    public static byte[] folded(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        int length = 0;
        int at = 0;
        while (at <= text.length()) {
            int end = text.indexOf('\n', at);
            end = end < 0 ? text.length() : end;
            if (at > 0) {
                if (length + 1 + end - at < FOLD) {
                    out.append(' ');
                    length++;
                } else {
                    out.append("\r\n\t");
                    length = 0;
                }
            }
            out.append(text, at, end);
            length += end - at;
            at = end + 1;
        }
        return out.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}

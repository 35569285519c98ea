package org.postrider.message;

import java.nio.charset.StandardCharsets;

/// A header field that a table or a setting writes.
public final class HeaderText {
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
}

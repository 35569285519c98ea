package org.postrider.dsn;

import org.jspecify.annotations.Nullable;

/// A text that may begin with an enhanced status code: `5.1.1 no such user`.
///
/// @param status the leading code, else the default given
/// @param text what follows, without leading white space
public record DsnSplit(Status status, String text) {
    /// Takes a leading `D.S.N` off a text. A code needs a class of 2, 4 or 5, one to three digits
    /// each after the dots, and white space or the end after it (RFC 3463).
    public static DsnSplit of(Status otherwise, String text) {
        int start = skipBlanks(text, 0);
        int end = codeEnd(text, start);
        if (end < 0) {
            return new DsnSplit(otherwise, text.substring(start));
        }
        int dot = text.indexOf('.', start + 2);
        Status status =
                new Status(
                        text.charAt(start) - '0',
                        Integer.parseInt(text, start + 2, dot, 10),
                        Integer.parseInt(text, dot + 1, end, 10));
        return new DsnSplit(status, text.substring(skipBlanks(text, end)));
    }

    /// The status at the start of a text; null if there is none.
    public static @Nullable Status status(String text) {
        int end = codeEnd(text, 0);
        if (end < 0) {
            return null;
        }
        int dot = text.indexOf('.', 2);
        return new Status(
                text.charAt(0) - '0',
                Integer.parseInt(text, 2, dot, 10),
                Integer.parseInt(text, dot + 1, end, 10));
    }

    /// What stands after the code.
    public static String rest(String text) {
        int end = codeEnd(text, 0);
        return end < 0 ? text : text.substring(end).strip();
    }

    private static int codeEnd(String text, int start) {
        if (start >= text.length() || "245".indexOf(text.charAt(start)) < 0) {
            return -1;
        }
        int at = start + 1;
        for (int part = 0; part < 2; part++) {
            if (at >= text.length() || text.charAt(at) != '.') {
                return -1;
            }
            int digits = at + 1;
            at = digits;
            while (at < text.length() && Character.isDigit(text.charAt(at)) && at - digits < 4) {
                at++;
            }
            if (at == digits || at - digits > 3) {
                return -1;
            }
        }
        return at == text.length() || blank(text.charAt(at)) ? at : -1;
    }

    private static int skipBlanks(String text, int from) {
        int at = from;
        while (at < text.length() && blank(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static boolean blank(char c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
    }
}

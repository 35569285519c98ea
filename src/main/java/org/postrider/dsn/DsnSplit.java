package org.postrider.dsn;

import org.jspecify.annotations.Nullable;

/// Finds an enhanced status code at the beginning of a text.
public final class DsnSplit {
    private DsnSplit() {}

    /// The leading `D.S.N` that is followed by white space or the end; null where there is none.
    public static @Nullable Status status(String text) {
        int[] part = new int[3];
        int at = 0;
        for (int i = 0; i < 3; i++) {
            int begin = at;
            while (at < text.length() && at - begin < 3 && digit(text.charAt(at))) {
                part[i] = part[i] * 10 + text.charAt(at) - '0';
                at++;
            }
            if (at == begin || (i == 0 && at != 1)) {
                return null;
            }
            if (i < 2) {
                if (at >= text.length() || text.charAt(at) != '.') {
                    return null;
                }
                at++;
            }
        }
        if (at < text.length() && text.charAt(at) != ' ' && text.charAt(at) != '\t') {
            return null;
        }
        int kind = part[0];
        return kind == 2 || kind == 4 || kind == 5 ? new Status(kind, part[1], part[2]) : null;
    }

    private static boolean digit(char c) {
        return c >= '0' && c <= '9';
    }

    /// What stands behind the code.
    public static String rest(String text) {
        Status own = status(text);
        if (own == null) {
            return text;
        }
        int end = 0;
        while (end < text.length() && text.charAt(end) != ' ' && text.charAt(end) != '\t') {
            end++;
        }
        return text.substring(end).strip();
    }
}

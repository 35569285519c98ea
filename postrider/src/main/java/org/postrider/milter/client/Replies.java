package org.postrider.milter.client;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.dsn.DsnSplit;
import org.postrider.dsn.Status;
import org.postrider.wire.Reply;

/// Reads the reply that a milter wants a client to get: a code, a status, a text of one or several
/// lines, `%%` for a percent sign.
final class Replies {
    /// Lines that a reply has at most; what follows is left out.
    private static final int MOST_LINES = 100;

    /// Octets of a line without its code, within the 512 of RFC 5321 4.5.3.1.5.
    private static final int LONGEST = 500;

    private Replies() {}

    /// Null if it is none: another code than 4xx and 5xx, or the class of its status is not that of
    /// the code. No line has a CR or LF, and all have one code and one status.
    ///
    /// @param soft what is refused for good may come again
    static @Nullable Reply of(String said, boolean soft) {
        if (!begins(said)) {
            return null;
        }
        int code = Integer.parseInt(said.substring(0, 3));
        List<String> texts = new ArrayList<>();
        for (String line : said.split("\r\n|\r|\n", MOST_LINES + 1)) {
            if (texts.size() < MOST_LINES && !(line.isEmpty() && !texts.isEmpty())) {
                texts.add(coded(line) ? line.substring(Math.min(4, line.length())) : line);
            }
        }
        Status status = common(texts, code / 100);
        List<String> lines = new ArrayList<>();
        for (String text : texts) {
            String bare = status == null ? text : DsnSplit.rest(text);
            String line = percents(status == null ? bare : bare.stripLeading());
            lines.add(line.length() > LONGEST ? line.substring(0, LONGEST) : line);
        }
        return soft && code >= 500
                ? new Reply(code - 100, status == null ? null : status.as(4), lines)
                : new Reply(code, status, lines);
    }

    private static boolean begins(String s) {
        return s.length() > 3
                && (s.charAt(0) == '4' || s.charAt(0) == '5')
                && coded(s)
                && (s.length() < 5 || !digit(s.charAt(4)) || s.charAt(4) == s.charAt(0));
    }

    private static boolean coded(String s) {
        return s.length() >= 3
                && digit(s.charAt(0))
                && digit(s.charAt(1))
                && digit(s.charAt(2))
                && (s.length() == 3 || s.charAt(3) == ' ' || s.charAt(3) == '-');
    }

    private static boolean digit(char c) {
        return c >= '0' && c <= '9';
    }

    /// The status that all lines begin with; null for none.
    private static @Nullable Status common(List<String> texts, int kind) {
        String first = texts.getFirst();
        int end = first.indexOf(' ');
        String word = end < 0 ? first : first.substring(0, end);
        if (!word.matches("[45]\\.[0-9]{1,3}\\.[0-9]{1,3}") || word.charAt(0) - '0' != kind) {
            return null;
        }
        for (String text : texts) {
            if (!text.equals(word) && !text.startsWith(word + " ")) {
                return null;
            }
        }
        String[] parts = word.split("\\.", -1);
        return new Status(kind, Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
    }

    /// One of each two is the milter's quoting; one alone is nothing.
    private static String percents(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '%') {
                out.append(c);
            } else if (i + 1 < text.length() && text.charAt(i + 1) == '%') {
                out.append('%');
                i++;
            }
        }
        return out.toString();
    }
}

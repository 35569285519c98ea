package org.postrider.address;

import java.util.ArrayList;
import java.util.List;

/// A word of an SMTP command line. Blanks inside `<…>` and quotes do not part words; `FROM:` and
/// `TO:` end where the colon is, so that the path may follow at once.
///
/// @param text as it came, quotes and brackets kept
/// @param open a bracket or quote was not closed
public record Word(String text, boolean open) {
    /// Never fails. At most one word per two octets.
    public static List<Word> parse(String text) {
        List<Word> out = new ArrayList<>(4);
        int at = 0;
        while (true) {
            while (at < text.length() && blank(text.charAt(at))) {
                at++;
            }
            if (at == text.length()) {
                return out;
            }
            at = next(text, at, out);
        }
    }

    private static boolean blank(char c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }

    private static int next(String text, int start, List<Word> out) {
        int at = start;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (blank(c)) {
                break;
            }
            at++;
            if (c == '\\') {
                at = Math.min(at + 1, text.length());
            } else if (c == '<' || c == '"') {
                at = closed(text, at, c == '<' ? '>' : '"');
                if (at < 0) {
                    out.add(new Word(text.substring(start), true));
                    return text.length();
                }
            } else if (c == ':' && keyword(text, start, at)) {
                break;
            }
        }
        out.add(new Word(text.substring(start, at), false));
        return at;
    }

    private static boolean keyword(String text, int start, int end) {
        return (end - start == 3 && text.regionMatches(true, start, "TO:", 0, 3))
                || (end - start == 5 && text.regionMatches(true, start, "FROM:", 0, 5));
    }

    /// After the octet that closes what was opened; brackets nest, quotes do not; -1 where none
    /// closes it.
    private static int closed(String text, int from, char end) {
        int depth = end == '>' ? 1 : 0;
        boolean quoted = end == '"';
        int at = from;
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '\\') {
                at++;
            } else if (c == '"') {
                quoted = !quoted;
                if (!quoted && depth == 0) {
                    return at;
                }
            } else if (!quoted && c == '<') {
                depth++;
            } else if (!quoted && c == '>' && --depth == 0) {
                return at;
            }
        }
        return -1;
    }
}

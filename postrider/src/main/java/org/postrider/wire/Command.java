package org.postrider.wire;

import java.util.Locale;

/// An SMTP command line, separated into verb and argument text (RFC 5321 4.1.1). What verbs there
/// are is the server's business.
///
/// @param word the first word as it came; empty for a blank line
/// @param arguments what stands after it, stripped
public record Command(String word, String arguments) {
    /// Never fails.
    public static Command parse(String line) {
        int start = 0;
        while (start < line.length() && blank(line.charAt(start))) {
            start++;
        }
        int end = start;
        while (end < line.length() && !blank(line.charAt(end))) {
            end++;
        }
        return new Command(line.substring(start, end), line.substring(end).strip());
    }

    /// In capitals.
    public String verb() {
        return word.toUpperCase(Locale.ROOT);
    }

    private static boolean blank(char c) {
        return c == ' ' || c == '\t';
    }
}

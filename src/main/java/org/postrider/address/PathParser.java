package org.postrider.address;

import org.jspecify.annotations.Nullable;

/// Reads the path of MAIL FROM and RCPT TO (RFC 5321 4.1.2) as liberally as Postfix does: brackets
/// may be missing and comments are not taken unless the path is strict. The result is in internal
/// form: source route and quoting removed.
public final class PathParser {
    private PathParser() {}

    /// @param address null where the path is malformed
    /// @param end where the text behind the path begins
    public record Parsed(@Nullable Address address, int end) {}

    /// @param text a command line
    /// @param from where the path begins
    /// @param strict strict_rfc821_envelopes
    public static Parsed parse(String text, int from, boolean strict) {
        int start = from;
        while (start < text.length() && blank(text.charAt(start))) {
            start++;
        }
        int end = pathEnd(text, start);
        String path = text.substring(start, end);
        boolean open = path.startsWith("<");
        boolean closed = path.endsWith(">");
        if (open != closed || (strict && !open)) {
            return new Parsed(null, end);
        }
        String inside = open ? path.substring(1, path.length() - 1) : path;
        return new Parsed(internal(inside.strip()), end);
    }

    private static boolean blank(char c) {
        return c == ' ' || c == '\t';
    }

    private static int pathEnd(String text, int start) {
        boolean quoted = false;
        boolean bracketed = start < text.length() && text.charAt(start) == '<';
        for (int i = start; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && bracketed && c == '>') {
                return i + 1;
            } else if (!quoted && !bracketed && blank(c)) {
                return i;
            }
        }
        return text.length();
    }

    /// An address in external form to internal form; null where it is malformed.
    public static @Nullable Address internal(String external) {
        String text = external;
        if (text.startsWith("@")) {
            // RFC 5321 appendix C: a source route is stripped.
            int colon = text.indexOf(':');
            if (colon > 0) {
                text = text.substring(colon + 1);
            }
        }
        StringBuilder out = new StringBuilder(text.length());
        boolean quoted = false;
        int depth = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                if (i + 1 == text.length()) {
                    return null;
                }
                out.append(text.charAt(++i));
            } else if (c == '"') {
                quoted = !quoted;
            } else if (quoted) {
                out.append(c);
            } else if (c == '<' || c == '>' || c == '(' || c == ')' || c == ',' || c == ';') {
                return null;
            } else if (blank(c) || c < ' ' || c == 127) {
                return null;
            } else {
                depth += c == '[' ? 1 : c == ']' ? -1 : 0;
                out.append(c);
            }
        }
        return quoted || depth != 0 ? null : new Address(out.toString());
    }
}

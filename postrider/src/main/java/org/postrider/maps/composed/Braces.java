package org.postrider.maps.composed;

/// Text in braces, as table names hold it: `type:{…}` and each `{…}` within. Braces that do not
/// match, and text after the last one, are errors in Postfix's words, lest a table be silently
/// another one than was meant.
public final class Braces {
    private Braces() {}

    /// What stands in the braces that are the whole of a table's name.
    ///
    /// @param need what the braces hold, as `type:name`
    /// @throws IllegalArgumentException if the name is anything else, or nothing is in them
    public static String name(String spec, String type, String need, String name) {
        int end = end(name);
        String inner = end == name.length() && end > 0 ? name.substring(1, end - 1).strip() : "";
        if (inner.isEmpty()) {
            throw badSyntax(spec, type, need);
        }
        return inner;
    }

    public static IllegalArgumentException badSyntax(String spec, String type, String need) {
        return new IllegalArgumentException(
                "bad syntax: \"%s\"; need \"%s:{%s...}\"".formatted(spec, type, need));
    }

    /// What stands in the braces that `text` begins with and ends with.
    ///
    /// @throws IllegalArgumentException what is wrong with them, without what they are for
    public static String inner(String text) {
        if (!text.startsWith("{")) {
            throw new IllegalArgumentException("no '{' at start of text in \"" + text + "\"");
        }
        int end = end(text);
        if (end == 0) {
            throw new IllegalArgumentException("missing '}' in \"" + text + "\"");
        }
        if (!text.substring(end).isBlank()) {
            throw new IllegalArgumentException("syntax error after '}' in \"" + text + "\"");
        }
        return text.substring(1, end - 1).strip();
    }

    /// The position after the brace that closes the first, or 0.
    private static int end(String text) {
        int depth = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            if (depth == 0) {
                return c == '}' ? i + 1 : 0;
            }
        }
        return 0;
    }
}

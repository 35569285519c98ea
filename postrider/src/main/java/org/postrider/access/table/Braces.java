package org.postrider.access.table;

import org.jspecify.annotations.Nullable;

/// `{ … }` of an argument, and what Postfix says where it is none.
public final class Braces {
    private Braces() {}

    /// What is wrong with a text that begins with `{`; null for nothing.
    public static @Nullable String fault(String text) {
        int depth = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '{') {
                depth++;
            } else if (c == '}' && --depth == 0) {
                boolean end = text.substring(i + 1).isBlank();
                return end ? null : "syntax error after '}' in \"" + text + "\"";
            }
        }
        return "missing '}' in \"" + text + "\"";
    }

    /// What is between them.
    public static String inner(String text) {
        return text.substring(1, text.length() - 1);
    }

    /// What is wrong with the name in `name = value`; null for nothing.
    ///
    /// @param equals where `=` stands; negative for nowhere
    public static @Nullable String badName(String name, int equals) {
        if (name.isEmpty()) {
            return "missing attribute name";
        }
        boolean one = name.chars().noneMatch(c -> c == ' ' || c == '\t');
        return equals >= 0 && one ? null : "missing '=' after attribute name";
    }
}

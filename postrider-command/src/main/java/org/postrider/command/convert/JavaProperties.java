package org.postrider.command.convert;

import java.util.ArrayList;
import java.util.List;

/// Reads the grammar of java.util.Properties, with the line of each property: `key = value`, `key:
/// value`, `key value`; `#` and `!` begin comments; a line that ends in an odd number of `\` goes
/// on in the next; escapes. One thread.
final class JavaProperties {
    /// One property.
    record Property(Source at, String key, String value) {}

    private final Source at;
    private final String line;
    private int position;

    private JavaProperties(Source at, String line) {
        this.at = at;
        this.line = line;
    }

    /// In their order; of several of one key the last counts.
    static List<Property> of(String file, String text) {
        List<Property> out = new ArrayList<>();
        String[] lines = text.split("\r\n|\n|\r", -1);
        for (int i = 0; i < lines.length; i++) {
            Source at = new Source(file, i + 1);
            String first = lines[i].stripLeading();
            if (first.isEmpty() || first.charAt(0) == '#' || first.charAt(0) == '!') {
                continue;
            }
            StringBuilder whole = new StringBuilder(first);
            boolean nothing = false;
            while (!nothing && continues(whole)) {
                whole.setLength(whole.length() - 1);
                // A line that goes on and has nothing yet: the next one begins anew.
                nothing = whole.isEmpty() && i + 1 < lines.length;
                if (!nothing && ++i < lines.length) {
                    whole.append(lines[i].stripLeading());
                }
            }
            if (whole.isEmpty()) {
                continue;
            }
            JavaProperties p = new JavaProperties(at, whole.toString());
            String key = p.key();
            out.add(new Property(at, key, p.rest()));
        }
        return out;
    }

    private static boolean continues(CharSequence line) {
        int slashes = 0;
        for (int i = line.length() - 1; i >= 0 && line.charAt(i) == '\\'; i--) {
            slashes++;
        }
        return slashes % 2 == 1;
    }

    private String key() {
        StringBuilder out = new StringBuilder();
        while (position < line.length()) {
            char c = line.charAt(position);
            if (c == '=' || c == ':' || blank(c)) {
                break;
            }
            out.append(character());
        }
        blanks();
        if (position < line.length()
                && (line.charAt(position) == '=' || line.charAt(position) == ':')) {
            position++;
            blanks();
        }
        return out.toString();
    }

    private String rest() {
        StringBuilder out = new StringBuilder();
        while (position < line.length()) {
            out.append(character());
        }
        return out.toString();
    }

    private static boolean blank(char c) {
        return c == ' ' || c == '\t' || c == '\f';
    }

    private void blanks() {
        while (position < line.length() && blank(line.charAt(position))) {
            position++;
        }
    }

    private char character() {
        char c = line.charAt(position++);
        if (c != '\\' || position == line.length()) {
            return c;
        }
        char escaped = line.charAt(position++);
        return switch (escaped) {
            case 't' -> '\t';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 'f' -> '\f';
            case 'u' -> unicode();
            default -> escaped;
        };
    }

    private char unicode() {
        if (position + 4 > line.length()) {
            throw at.wrong("\\u needs four hexadecimal digits");
        }
        int n = 0;
        for (int i = 0; i < 4; i++) {
            int digit = Character.digit(line.charAt(position++), 16);
            if (digit < 0) {
                throw at.wrong("\\u needs four hexadecimal digits");
            }
            n = n * 16 + digit;
        }
        return (char) n;
    }
}

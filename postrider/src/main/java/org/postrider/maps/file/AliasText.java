package org.postrider.maps.file;

import java.util.function.Consumer;
import org.postrider.maps.SourceText.Entry;

/// The text that `postalias` reads: `name: value` lines, a name in double quotes without them
/// (aliases(5)).
public final class AliasText {
    private AliasText() {}

    /// @param name of the file, for warnings
    /// @param entries gets each in file order
    public static void read(
            String name, String text, Consumer<String> warnings, Consumer<Entry> entries) {
        for (LogicalLines.Line line : LogicalLines.of(name, text, warnings)) {
            String where = name + ", line " + line.number() + ": ";
            String record = line.text().strip();
            int colon = colon(record);
            String value = colon < 0 ? "" : record.substring(colon + 1).strip();
            String key = colon < 0 ? "" : record.substring(0, colon).strip();
            if (key.isEmpty() || value.isEmpty()) {
                warnings.accept(where + "need name:value pair");
            } else if (key.indexOf('@') > key.lastIndexOf('"')) {
                warnings.accept(where + "name must be local");
            } else {
                entries.accept(new Entry(bare(key), squeezed(value), line.number()));
            }
        }
    }

    private static int colon(String record) {
        boolean quoted = false;
        for (int i = 0; i < record.length(); i++) {
            char c = record.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && c == ':') {
                return i;
            }
        }
        return -1;
    }

    /// White space between words is one space. In a string, as that of a command, in a comment and
    /// in an address literal it stays: `"|grep 'a b'"` asks for two.
    private static String squeezed(String value) {
        StringBuilder out = new StringBuilder(value.length());
        char end = 0;
        int comments = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean space = c == ' ' || c >= '\t' && c <= '\r';
            if (space) {
                if (end != 0 || !out.isEmpty() && out.charAt(out.length() - 1) != ' ') {
                    out.append(' ');
                }
                continue;
            }
            out.append(c);
            if (c == '\\' && i + 1 < value.length()) {
                out.append(value.charAt(++i));
            } else if (end == 0) {
                end = c == '"' ? '"' : c == '(' ? ')' : c == '[' ? ']' : 0;
            } else if (c == '(' && end == ')') {
                comments++;
            } else if (c == end && comments > 0) {
                comments--;
            } else if (c == end) {
                end = 0;
            }
        }
        return out.toString();
    }

    private static String bare(String key) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            if (c == '\\' && i + 1 < key.length()) {
                out.append(key.charAt(++i));
            } else if (c != '"') {
                out.append(c);
            }
        }
        return out.toString();
    }
}

package org.postrider.maps;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `key value` lines, keys folded to lower case (texthash, and hash from its text source). The
/// first of two equal keys counts, as with `postmap`.
record TextHash(Map<String, String> values) implements Table {
    static Table read(String text) {
        Map<String, String> values = new HashMap<>();
        for (String line : FileTable.logicalLines(text)) {
            int end = keyEnd(line);
            String key = Fold.lower(unquoted(line.substring(0, end)));
            values.putIfAbsent(
                    key.endsWith(":") && key.length() > 1
                            ? key.substring(0, key.length() - 1)
                            : key,
                    line.substring(end).strip());
        }
        return new TextHash(values);
    }

    private static int keyEnd(String line) {
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == '\\' && quoted) {
                i++;
            } else if (!quoted && (c == ' ' || c == '\t')) {
                return i;
            }
        }
        return line.length();
    }

    private static String unquoted(String key) {
        if (key.indexOf('"') < 0) {
            return key;
        }
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

    @Override
    public @Nullable String lookup(String key) {
        return values.get(Fold.lower(key));
    }

    @Override
    public String name() {
        return "texthash";
    }
}

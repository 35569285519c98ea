package org.postrider.maps.file;

import java.util.function.Consumer;
import org.postrider.maps.SourceText.Entry;

/// The text that `postmap` reads: `key value` lines, a key with white space in double quotes, which
/// stay part of it (postmap(1)).
public final class KeyValueText {
    private KeyValueText() {}

    /// @param name of the file, for warnings
    /// @param ignored what a warning of a line that is passed over ends with
    /// @param entries gets each in file order
    public static void read(
            String name,
            String text,
            String ignored,
            Consumer<String> warnings,
            Consumer<Entry> entries) {
        for (LogicalLines.Line line : LogicalLines.of(name, text, warnings)) {
            String where = name + ", line " + line.number() + ": ";
            String record = line.text().strip();
            int end = keyEnd(record);
            if (end < 0) {
                warnings.accept(
                        where + "unbalanced '\"' in '" + record + "' -- ignoring this line");
                continue;
            }
            String key = record.substring(0, end);
            String value = record.substring(end).strip();
            if (value.isEmpty()) {
                warnings.accept(where + "expected format: key whitespace value" + ignored);
                continue;
            }
            if (key.endsWith(":")) {
                warnings.accept(
                        where + "record is in \"key: value\" format; is this an alias file?");
            }
            entries.accept(new Entry(key, value, line.number()));
        }
    }

    /// Where the key ends; -1 if a quote does not.
    private static int keyEnd(String record) {
        boolean quoted = false;
        for (int i = 0; i < record.length(); i++) {
            char c = record.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && LogicalLines.blank(c)) {
                return i;
            }
        }
        return quoted ? -1 : record.length();
    }
}

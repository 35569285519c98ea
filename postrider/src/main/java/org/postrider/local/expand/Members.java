package org.postrider.local.expand;

import java.util.List;
import java.util.function.Consumer;
import org.postrider.address.AddressList;

/// The grammar of what aliases and files name (aliases(5)): addresses as in a header, where one
/// that begins with `/`, `|` or `:include:` is none, and where quotes keep commas and blanks in.
final class Members {
    private static final int ALL = Integer.MAX_VALUE;

    private Members() {}

    /// In internal form, as they stand; comments are dropped.
    static List<String> ofValue(String value) {
        return AddressList.parse(value, ALL).addresses();
    }

    /// Those of a `.forward` or `:include:` file: each line by itself, without those that begin
    /// with `#`.
    ///
    /// @param lineLimit a longer line is taken in parts, as Postfix reads it
    static void ofFile(String text, int lineLimit, Consumer<String> to) {
        int at = 0;
        while (at < text.length()) {
            int end = text.indexOf('\n', at);
            int stop = Math.min(end < 0 ? text.length() : end + 1, at + lineLimit);
            String line = cut(text.substring(at, stop));
            at = stop;
            if (!line.startsWith("#")) {
                ofValue(line).forEach(to);
            }
        }
    }

    /// Ends at a NUL.
    private static String cut(String line) {
        int end = line.indexOf('\0');
        return end < 0 ? line : line.substring(0, end);
    }
}

package org.postrider.maps.file;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// The logical lines of a table's text: comments and blank lines out, lines that begin with white
/// space join the one before as they stand (postmap(1)).
public final class LogicalLines {
    /// @param number of its first line, from 1
    public record Line(String text, int number) {}

    private LogicalLines() {}

    /// Postfix shows this much of a line that is passed over.
    private static final int SHOWN = 30;

    /// @param name of the file, for the warning about a first line that would continue another one:
    ///   it is passed over
    public static List<Line> of(String name, String text, Consumer<String> warnings) {
        List<Line> out = new ArrayList<>();
        StringBuilder current = new StringBuilder();
        int begun = 0;
        int number = 0;
        int at = 0;
        while (at < text.length()) {
            int end = text.indexOf('\n', at);
            int stop = end < 0 ? text.length() : end;
            number++;
            int first = at;
            while (first < stop && blank(text.charAt(first))) {
                first++;
            }
            if (first < stop && text.charAt(first) != '#') {
                if (first == at) {
                    add(out, current, begun);
                    begun = number;
                } else if (begun == 0) {
                    String line = text.substring(at, stop);
                    warnings.accept(
                            name
                                    + ": logical line must not start with whitespace: \""
                                    + (line.length() > SHOWN
                                            ? line.substring(0, SHOWN) + "..."
                                            : line)
                                    + "\"");
                    at = stop + 1;
                    continue;
                }
                current.append(text, at, stop);
            }
            at = stop + 1;
        }
        add(out, current, begun);
        return out;
    }

    private static void add(List<Line> out, StringBuilder current, int begun) {
        if (begun > 0) {
            out.add(new Line(current.toString().stripTrailing(), begun));
            current.setLength(0);
        }
    }

    public static boolean blank(char c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == 0x0b;
    }
}

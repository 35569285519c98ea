package org.postrider.config.names;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.Reading;

/// A list that stands beside a class: each line begins with a name that a tab ends, and they are
/// sorted by name, octet by octet. A line is looked for in the text, and nobody parses one that
/// nobody asks for: every command reads these lists at its start. Immutable; any thread.
public final class NameList {
    private final String text;

    /// @param text lines with their ends
    NameList(String text) {
        this.text = text;
    }

    /// Reads a resource of a class (ISO 8859-1); where `bin/build` has put it as a file, that one:
    /// to open a jar of some thousand classes takes a command ten times as long.
    public static NameList beside(Class<?> owner, String list) {
        String files = System.getProperty("postrider.lists");
        if (files != null) {
            try {
                return new NameList(Reading.text(Path.of(files, list), Reading.SHORT));
            } catch (IOException e) {
                // Then the jar's.
            }
        }
        try (InputStream in = Objects.requireNonNull(owner.getResourceAsStream(list), list)) {
            return new NameList(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The line of this name; null where it has none.
    ///
    /// @param name may have tabs in it: more than the first field of a line
    public @Nullable String line(String name) {
        int from = 0;
        int to = text.length();
        while (from < to) {
            int start = text.lastIndexOf('\n', (from + to) / 2 - 1) + 1;
            int end = text.indexOf('\n', start);
            int order = compare(name, start);
            if (order == 0) {
                return text.substring(start, end);
            }
            if (order < 0) {
                to = start;
            } else {
                from = end + 1;
            }
        }
        return null;
    }

    /// All lines that begin so.
    public List<String> lines(String beginning) {
        List<String> out = new ArrayList<>();
        for (int start = 0; start < text.length(); ) {
            int end = text.indexOf('\n', start);
            if (text.startsWith(beginning, start)) {
                out.add(text.substring(start, end));
            }
            start = end + 1;
        }
        return out;
    }

    /// All lines that have this in them.
    public List<String> containing(String part) {
        List<String> out = new ArrayList<>();
        for (int at = text.indexOf(part); at >= 0; ) {
            int end = text.indexOf('\n', at);
            out.add(text.substring(text.lastIndexOf('\n', at) + 1, end));
            at = text.indexOf(part, end);
        }
        return out;
    }

    private int compare(String name, int start) {
        for (int i = 0; i < name.length(); i++) {
            int order = name.charAt(i) - text.charAt(start + i);
            if (order != 0) {
                return order;
            }
        }
        return text.charAt(start + name.length()) == '\t' ? 0 : -1;
    }
}

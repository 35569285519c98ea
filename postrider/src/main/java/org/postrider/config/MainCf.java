package org.postrider.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.postrider.disk.Reading;

/// main.cf as Postfix reads it: `name = value`, lines that begin with white space continue the one
/// before, `#` begins a comment only as the first octet that is not white space, the last setting
/// of a name counts (postconf(5)). Values keep their `$name` unexpanded.
public final class MainCf {
    /// @param line where the logical line begins, from 1
    public record Entry(String name, String value, int line) {}

    /// One logical line of main.cf or master.cf, continuation lines joined.
    ///
    /// @param indented it begins with white space: there was no line for it to continue
    /// @param behind white space that the last of its lines ends with, which braces may hold
    record LogicalLine(String text, int line, boolean indented, String behind) {}

    private static final int SHOWN = 30;

    private final Path file;
    private final Map<String, Entry> entries;
    private final List<String> warnings;

    private MainCf(Path file, Map<String, Entry> entries, List<String> warnings) {
        this.file = file;
        this.entries = Collections.unmodifiableMap(entries);
        this.warnings = List.copyOf(warnings);
    }

    /// @throws ConfigException with Postfix's words if the file cannot be read or has a line that
    ///   is not a setting
    public static MainCf read(Path file) {
        return parse(file, text(file));
    }

    /// A main.cf without a setting: all defaults.
    public static MainCf empty(Path file) {
        return new MainCf(file, Map.of(), List.of());
    }

    /// Settings that stand in no file.
    ///
    /// @param file in whose place they are: its directory is config_directory, and messages name it
    public static MainCf of(Path file, Map<String, String> settings) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        settings.forEach((name, value) ->
                entries.put(name, new Entry(name, value.strip(), entries.size() + 1)));
        return new MainCf(file, entries, List.of());
    }

    /// The same without some settings.
    public MainCf without(Set<String> names) {
        Map<String, Entry> kept = new LinkedHashMap<>(entries);
        kept.keySet().removeAll(names);
        return new MainCf(file, kept, warnings);
    }

    static String text(Path file) {
        try {
            return Reading.text(file, Reading.SHORT);
        } catch (IOException e) {
            if (Files.isDirectory(file)) {
                throw new ConfigException("read " + file + ": Is a directory");
            }
            throw new ConfigException("open " + file + ": " + Reason.of(e));
        }
    }

    static MainCf parse(Path file, String text) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        List<String> warnings = new ArrayList<>();
        for (LogicalLine read : logicalLines(text)) {
            LogicalLine line = read;
            if (line.indented()) {
                warnings.add(
                        file
                                + ": logical line must not start with whitespace: \""
                                + shown(line.text())
                                + "\"");
                continue;
            }
            int nul = line.text().indexOf('\0');
            if (nul >= 0) {
                warnings.add(file + ", line " + line.line() + ": null byte: the rest is not read");
                line = new LogicalLine(line.text().substring(0, nul), line.line(), false, "");
            }
            int equals = line.text().indexOf('=');
            String name = (equals < 0 ? line.text() : line.text().substring(0, equals)).strip();
            if (equals < 0 || blankInside(name)) {
                throw bad(file, line, "missing '=' after attribute name");
            }
            if (name.isEmpty()) {
                throw bad(file, line, "missing attribute name");
            }
            String value = line.text().substring(equals + 1).strip();
            Entry earlier = entries.remove(name);
            if (earlier != null && !earlier.value().equals(value)) {
                warnings.add(
                        file
                                + ", line "
                                + line.line()
                                + ": overriding earlier entry: "
                                + name
                                + "="
                                + earlier.value());
            }
            entries.put(name, new Entry(name, value, line.line()));
        }
        return new MainCf(file, entries, warnings);
    }

    /// Postfix shows the first 30 octets of a line that it passes over.
    static String shown(String line) {
        return line.length() > SHOWN ? line.substring(0, SHOWN) + "..." : line;
    }

    private static ConfigException bad(Path file, LogicalLine line, String why) {
        return new ConfigException(
                file + ", line " + line.line() + ": " + why + ": \"" + line.text() + "\"");
    }

    private static boolean blankInside(String name) {
        return name.indexOf(' ') >= 0 || name.indexOf('\t') >= 0;
    }

    /// Joins continuation lines; comments and blank lines do not end a logical line.
    static List<LogicalLine> logicalLines(String text) {
        List<LogicalLine> out = new ArrayList<>();
        StringBuilder current = new StringBuilder();
        int begun = 0;
        boolean indented = false;
        String behind = "";
        int number = 0;
        int at = 0;
        while (at < text.length()) {
            int end = text.indexOf('\n', at);
            String line = text.substring(at, end < 0 ? text.length() : end);
            at = end < 0 ? text.length() : end + 1;
            number++;
            String trimmed = line.strip();
            if (trimmed.isEmpty() || trimmed.charAt(0) == '#') {
                continue;
            }
            boolean continues = line.charAt(0) == ' ' || line.charAt(0) == '\t';
            if (continues && begun > 0) {
                current.append(' ').append(trimmed);
                behind = line.substring(line.stripTrailing().length());
                continue;
            }
            if (begun > 0) {
                out.add(new LogicalLine(current.toString(), begun, indented, behind));
            }
            behind = line.substring(line.stripTrailing().length());
            current.setLength(0);
            current.append(continues ? line.stripTrailing() : trimmed);
            indented = continues;
            begun = number;
        }
        if (begun > 0) {
            out.add(new LogicalLine(current.toString(), begun, indented, behind));
        }
        return out;
    }

    public Path file() {
        return file;
    }

    /// In file order, the counting one of each name.
    public Map<String, Entry> entries() {
        return entries;
    }

    /// Postfix's warnings about the file, without `warning: `.
    public List<String> warnings() {
        return warnings;
    }
}

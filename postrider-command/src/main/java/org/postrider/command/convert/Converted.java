package org.postrider.command.convert;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What a configuration becomes: parameters with the places that they come from, tables, and what
/// was not carried over. One thread.
final class Converted {
    /// A parameter of main.cf.
    private record Setting(String value, Set<String> from) {}

    /// What is to be said of a place.
    private record Note(Source at, String text) {}

    private final Map<String, Setting> settings = new LinkedHashMap<>();
    private final Map<String, List<String>> tables = new LinkedHashMap<>();
    private final Set<String> secret = new TreeSet<>();
    private final List<Note> notes = new ArrayList<>();
    private final List<String> listeners = new ArrayList<>();

    /// The last one counts.
    void set(Source from, String name, String value) {
        settings.put(name, new Setting(clean(value), new LinkedHashSet<>(Set.of(from.toString()))));
    }

    /// One more element of a list; each once.
    void add(Source from, String name, String value) {
        Setting before = settings.get(name);
        if (before == null) {
            set(from, name, value);
            return;
        }
        before.from().add(from.toString());
        if (!List.of(before.value().split(", ")).contains(value)) {
            String joined = before.value().isEmpty() ? value : before.value() + ", " + value;
            settings.put(name, new Setting(clean(joined), before.from()));
        }
    }

    @Nullable String get(String name) {
        Setting s = settings.get(name);
        return s == null ? null : s.value();
    }

    /// No value brings a line of its own.
    private static String clean(String value) {
        return value.replaceAll("[\\x00-\\x1f]+", " ").strip();
    }

    /// A line of a table.
    ///
    /// @param table its file's name
    void row(String table, String key, String value) {
        tables.computeIfAbsent(table, _ -> new ArrayList<>()).add(clean(key) + "\t" + clean(value));
    }

    boolean has(String table) {
        return tables.containsKey(table);
    }

    /// What the table is in main.cf.
    static String reference(String table) {
        return "texthash:$config_directory/" + table;
    }

    /// A table with passwords: nobody but its owner reads it.
    void secret(String table) {
        secret.add(table);
    }

    boolean isSecret(String table) {
        return secret.contains(table);
    }

    /// Something was not carried over, or the administrator has to know of it.
    void note(Source from, String what, String why) {
        notes.add(new Note(from, from + ": " + clean(what) + ": " + clean(why)));
    }

    /// By their places.
    List<String> notes() {
        return notes.stream()
                .sorted(
                        Comparator.comparing((Note n) -> n.at().file())
                                .thenComparingInt(n -> n.at().line()))
                .map(Note::text)
                .toList();
    }

    /// A line of master.cf in place of its `smtp inet`.
    void listener(String line) {
        listeners.add(line);
    }

    List<String> listeners() {
        return listeners;
    }

    /// @param prototype a master.cf
    /// @return it, with the listeners that were asked for, if any were
    String masterCf(String prototype) {
        StringBuilder made = new StringBuilder();
        boolean put = listeners.isEmpty();
        for (String line : prototype.lines().toList()) {
            if (!put && line.matches("smtp\\s+inet\\s.*")) {
                listeners.forEach(each -> made.append(each).append('\n'));
                put = true;
            } else {
                made.append(line).append('\n');
            }
        }
        return made.toString();
    }

    Map<String, List<String>> tables() {
        return tables;
    }

    /// @param title what it was made from
    String mainCf(String title) {
        StringBuilder out = new StringBuilder("# Made by postconvert of " + clean(title) + "\n");
        for (String note : notes()) {
            out.append("# not carried over: ").append(note).append('\n');
        }
        settings.forEach((name, s) -> {
            out.append("\n# ").append(String.join(", ", s.from())).append('\n');
            out.append(name).append(" =");
            out.append(s.value().isEmpty() ? "" : " " + s.value()).append('\n');
        });
        return out.toString();
    }
}

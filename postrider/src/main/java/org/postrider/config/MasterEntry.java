package org.postrider.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One service of master.cf as its columns stand, for those who show and edit it.
///
/// @param fields service, type, private, unprivileged, chroot, wakeup, process limit, command
/// @param arguments after the command, `{ … }` without braces, `{ name = value }` of an `-o` as
///   `name=value`
/// @param line where it begins in master.cf, from 1
public record MasterEntry(List<String> fields, List<String> arguments, int line) {
    /// The columns' names, as `postconf -F` has them.
    public static final List<String> FIELDS =
            List.of(
                    "service",
                    "type",
                    "private",
                    "unprivileged",
                    "chroot",
                    "wakeup",
                    "process_limit",
                    "command");

    private static final List<String> TYPES = List.of("inet", "unix", "unix-dgram", "fifo", "pass");

    public MasterEntry {
        fields = List.copyOf(fields);
        arguments = List.copyOf(arguments);
    }

    /// @param warnings gets what can be read past
    /// @throws FieldCountException if columns are missing
    /// @throws ConfigException if a column holds no value of its kind
    public static MasterEntry parse(String text, int line, Consumer<String> warnings) {
        List<String> words = words(text);
        if (words.size() < FIELDS.size()) {
            throw new FieldCountException();
        }
        for (int i = 1; i < FIELDS.size() - 1; i++) {
            check(FIELDS.get(i), words.get(i), text.stripTrailing());
        }
        return new MasterEntry(
                words.subList(0, FIELDS.size()),
                arguments(words.subList(FIELDS.size(), words.size()), warnings),
                line);
    }

    /// A line with too few columns.
    public static final class FieldCountException extends ConfigException {
        private static final long serialVersionUID = 1;

        FieldCountException() {
            super("bad field count");
        }
    }

    /// @throws ConfigException if the value is none of this column's
    static void check(String field, String value, String line) {
        boolean good =
                switch (field) {
                    case "type" -> TYPES.contains(value);
                    case "private", "unprivileged", "chroot" ->
                            value.equals("-") || value.equals("y") || value.equals("n");
                    case "wakeup" ->
                            isNumber(
                                    value.endsWith("?")
                                            ? value.substring(0, value.length() - 1)
                                            : value);
                    case "process_limit" -> isNumber(value);
                    default -> true;
                };
        if (!good) {
            throw new ConfigException(
                    "invalid " + field + " field \"" + value + "\" in \"" + line + "\"");
        }
    }

    /// Or what stands for one that is not given.
    private static boolean isNumber(String text) {
        return text.equals("-") || text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /// Parted by white space outside of braces.
    static List<String> words(String text) {
        List<String> out = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        int depth = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
            if (blank && depth == 0) {
                if (!word.isEmpty()) {
                    out.add(word.toString());
                    word.setLength(0);
                }
                continue;
            }
            depth += c == '{' ? 1 : c == '}' && depth > 0 ? -1 : 0;
            word.append(c);
        }
        if (!word.isEmpty()) {
            out.add(word.toString());
        }
        return out;
    }

    /// A command line as `postconf -F …/command=` gives it: the command, then its arguments.
    public static List<String> command(String text, Consumer<String> warnings) {
        List<String> words = words(text);
        List<String> out = new ArrayList<>(words.subList(0, Math.min(1, words.size())));
        if (words.size() > 1) {
            out.addAll(arguments(words.subList(1, words.size()), warnings));
        }
        return out;
    }

    /// Without braces; `{ name = value }` after `-o` as `name=value`, which is an argument of its
    /// own: `-vo name=value` and `-oname=value` are `-v`, `-o` and `name=value`.
    static List<String> arguments(List<String> words, Consumer<String> warnings) {
        List<String> out = new ArrayList<>();
        boolean options = true;
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            options &= word.startsWith("-") && !word.equals("--");
            int letter = options ? word.indexOf('o', 1) : -1;
            if (letter < 0) {
                out.add(!options && word.startsWith("{") ? unbraced(word, warnings) : word);
                continue;
            }
            if (letter > 1) {
                out.add(word.substring(0, letter));
            }
            out.add("-o");
            String setting = word.substring(letter + 1);
            if (!setting.isEmpty() || i + 1 < words.size()) {
                String given = setting.isEmpty() ? words.get(++i) : setting;
                out.add(
                        given.startsWith("{")
                                ? setting(unbraced(given, warnings), warnings)
                                : given);
            }
        }
        return out;
    }

    private static String unbraced(String word, Consumer<String> warnings) {
        int depth = 0;
        int end = word.length();
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            if (depth == 0) {
                end = i;
                break;
            }
        }
        if (end == word.length()) {
            warnings.accept("master.cf: missing '}' in \"" + word + "\"");
        } else if (!word.substring(end + 1).isBlank()) {
            warnings.accept("master.cf: syntax error after '}' in \"" + word + "\"");
        }
        return word.substring(1, end).strip();
    }

    private static String setting(String text, Consumer<String> warnings) {
        int equals = text.indexOf('=');
        String name = (equals < 0 ? text : text.substring(0, equals)).strip();
        if (name.isEmpty() || equals < 0) {
            String what = name.isEmpty() ? "attribute name" : "'=' after attribute name";
            warnings.accept("master.cf: missing " + what + ": \"" + text + "\"");
        }
        return equals < 0 ? text : name + "=" + text.substring(equals + 1).strip();
    }

    public String service() {
        return fields.get(0);
    }

    public String type() {
        return fields.get(1);
    }

    /// The program, without its directory.
    public String program() {
        String command = fields.get(7);
        return command.substring(command.lastIndexOf('/') + 1);
    }

    /// The `-o name=value` settings, the last of a name, in name order.
    public Map<String, String> settings() {
        Map<String, String> out = new TreeMap<>();
        for (int i = 0; i + 1 < arguments.size() && arguments.get(i).startsWith("-"); i++) {
            if (arguments.get(i).equals("-o")) {
                String setting = arguments.get(++i);
                int equals = setting.indexOf('=');
                if (equals > 0) {
                    out.put(
                            setting.substring(0, equals).strip(),
                            setting.substring(equals + 1).strip());
                }
            }
        }
        return out;
    }

    /// This service with another value in one column.
    ///
    /// @throws ConfigException if the value is none of this column's
    public MasterEntry with(String field, String value, Consumer<String> warnings) {
        int at = FIELDS.indexOf(field);
        List<String> changed = new ArrayList<>(fields);
        if (value.isBlank()) {
            throw new ConfigException("invalid " + field + " field \"\" in \"\"");
        }
        if (field.equals("command")) {
            List<String> words = command(value, warnings);
            changed.set(at, words.getFirst());
            return new MasterEntry(changed, words.subList(1, words.size()), line);
        }
        check(field, value, value);
        changed.set(at, value);
        return new MasterEntry(changed, arguments, line);
    }

    /// This service with a setting changed, added or, for null, taken out.
    public MasterEntry withSetting(String name, @Nullable String value) {
        List<String> changed = new ArrayList<>();
        boolean done = value == null;
        int i = 0;
        for (; i < arguments.size() && arguments.get(i).startsWith("-"); i++) {
            boolean option = arguments.get(i).equals("-o") && i + 1 < arguments.size();
            if (option && named(arguments.get(i + 1)).equals(name)) {
                i++;
                if (!done) {
                    changed.add("-o");
                    changed.add(name + "=" + value);
                    done = true;
                }
                continue;
            }
            changed.add(arguments.get(i));
            if (option) {
                changed.add(arguments.get(++i));
            }
        }
        if (!done) {
            changed.add("-o");
            changed.add(name + "=" + value);
        }
        changed.addAll(arguments.subList(i, arguments.size()));
        return new MasterEntry(fields, changed, line);
    }

    private static String named(String setting) {
        int equals = setting.indexOf('=');
        return equals < 0 ? "" : setting.substring(0, equals).strip();
    }
}

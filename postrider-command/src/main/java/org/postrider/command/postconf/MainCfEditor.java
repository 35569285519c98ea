package org.postrider.command.postconf;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.postrider.command.CommandException;
import org.postrider.command.ConfigurationFile;
import org.postrider.command.Messages;

/// Changes settings in main.cf and leaves all else as it stands: order, comments, mode, owner. The
/// new file is forced and renamed over the old one.
final class MainCfEditor {
    private final Path file;
    private final Messages say;
    private final Map<String, String> wanted = new TreeMap<>();
    private final Map<String, Integer> found = new LinkedHashMap<>();

    MainCfEditor(Path file, Messages say) {
        this.file = file;
        this.say = say;
    }

    /// @param mode `e` set, `X` remove, `#` comment out
    /// @param words `name=value` for `e`, else names
    void edit(char mode, String[] words) throws IOException {
        for (String word : words) {
            want(mode, word);
        }
        String before = ConfigurationFile.read(file);
        if (!before.isEmpty() && !before.endsWith("\n")) {
            before += '\n';
        }
        StringBuilder after = new StringBuilder(before.length() + 100);
        change(mode, before, after);
        if (mode == 'e') {
            for (Map.Entry<String, String> e : wanted.entrySet()) {
                if (!found.containsKey(e.getKey())) {
                    setting(after, e.getKey(), e.getValue());
                }
            }
        }
        for (Map.Entry<String, Integer> e : found.entrySet()) {
            if (e.getValue() > 1) {
                say.warning(file + ": multiple entries for \"" + e.getKey() + "\"");
            }
        }
        ConfigurationFile.replace(file, after.toString());
    }

    private void want(char mode, String word) {
        String text = word.strip();
        if (word.indexOf('\n') >= 0) {
            throw new CommandException(1, "-e, -X, or -# accepts no multi-line input");
        }
        if (text.startsWith("#")) {
            throw new CommandException(1, "-e, -X, or -# accepts no comment input");
        }
        int equals = text.indexOf('=');
        if (mode != 'e') {
            if (text.isEmpty()) {
                throw new CommandException(1, "-X or -# requires non-blank parameter names");
            }
            if (equals >= 0) {
                throw new CommandException(1, "-X or -# requires parameter names without value");
            }
            wanted.put(word, "");
            return;
        }
        String name = equals < 0 ? text : text.substring(0, equals).strip();
        if (equals < 0 || name.indexOf(' ') >= 0 || name.indexOf('\t') >= 0) {
            throw new CommandException(1, "missing '=' after attribute name: \"" + text + "\"");
        }
        if (name.isEmpty()) {
            throw new CommandException(1, "missing attribute name: \"" + text + "\"");
        }
        String value = text.substring(equals + 1).strip();
        String earlier = wanted.put(name, value);
        if (earlier != null && !earlier.equals(value)) {
            say.warning("ignoring earlier request: '" + name + " = " + earlier + "'");
        }
    }

    private void change(char mode, String before, StringBuilder after) {
        boolean within = false;
        int at = 0;
        while (at < before.length()) {
            int newline = before.indexOf('\n', at);
            int end = newline < 0 ? before.length() : newline + 1;
            String line = before.substring(at, end);
            at = end;
            String text = line.strip();
            if (text.isEmpty() || text.startsWith("#")) {
                after.append(line);
                continue;
            }
            if (line.charAt(0) != ' ' && line.charAt(0) != '\t') {
                String name = nameOf(text);
                within = name != null;
                if (name != null) {
                    found.merge(name, 1, Integer::sum);
                    begin(mode, name, line, after);
                    continue;
                }
            }
            if (!within) {
                after.append(line);
            } else if (mode == '#') {
                after.append('#').append(line);
            }
        }
    }

    private void begin(char mode, String name, String line, StringBuilder after) {
        if (mode == 'e') {
            setting(after, name, String.valueOf(wanted.get(name)));
        } else if (mode == '#') {
            after.append('#').append(line);
        }
    }

    private static void setting(StringBuilder out, String name, String value) {
        out.append(name).append(" = ").append(value).append('\n');
    }

    /// The name that a line sets, where it is a wanted one.
    private @Nullable String nameOf(String text) {
        int equals = text.indexOf('=');
        String name = (equals < 0 ? text : text.substring(0, equals)).strip();
        return wanted.containsKey(name) ? name : null;
    }
}

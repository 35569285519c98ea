package org.postrider.rights.root;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postrider.rights.ReadRules;
import org.postrider.rights.system.Act;
import org.postrider.rights.system.UserFile;

/// main.cf and master.cf as the helper reads them, by itself: what the values are of the few
/// parameters that it goes by, and which files any value names. Knows no other parameters and no
/// other defaults than these.
final class Settings {
    private static final int LARGEST = 4 << 20;
    private static final int DEPTH = 10;

    /// As in the catalogue of parameters.
    static final Map<String, String> DEFAULTS =
            Map.of(
                    "cyrus_sasl_config_path", "",
                    "queue_directory", "/var/spool/postfix",
                    "data_directory", "/var/lib/postfix",
                    "mail_owner", "postfix",
                    "setgid_group", "postdrop",
                    "mail_spool_directory", "/var/mail",
                    "virtual_gid_maps", "");

    private static final Pattern MACRO = Pattern.compile("\\$(?:(\\w+)|\\{(\\w+)\\}|\\((\\w+)\\))");
    private static final Pattern USER = Pattern.compile("user=([^:\\s]+)(?::(\\S+))?");

    /// What a lookup table of such a source is kept in.
    private static final List<String> INDEXES = List.of("", ".db", ".cdb", ".lmdb", ".dir", ".pag");

    private final Map<String, String> main = new HashMap<>(DEFAULTS);
    private final Map<String, Set<String>> others = new HashMap<>();
    private final Set<String> groups = new HashSet<>();

    /// @throws Act where one of them cannot be read; there need not be a master.cf
    Settings(Path directory) throws Act {
        main.put("config_directory", directory.toString());
        for (String line : logical(directory.resolve("main.cf"))) {
            assign(line, (name, value) -> main.put(name, value));
        }
        Path master = directory.resolve("master.cf");
        if (Files.exists(master)) {
            logical(master).forEach(this::service);
        }
    }

    private interface Assignment {
        void of(String name, String value);
    }

    private static void assign(String text, Assignment to) {
        int equals = text.indexOf('=');
        if (equals > 0) {
            to.of(text.substring(0, equals).strip(), text.substring(equals + 1).strip());
        }
    }

    /// Without comments; what begins with a blank goes on with the line before.
    private static List<String> logical(Path file) throws Act {
        List<String> out = new ArrayList<>();
        String text = UserFile.read(file.toString(), ReadRules.include(LARGEST), 0).octets();
        for (String line : text.split("\n", -1)) {
            if (line.isBlank() || line.stripLeading().startsWith("#")) {
                continue;
            }
            if (Character.isWhitespace(line.charAt(0)) && !out.isEmpty()) {
                out.add(out.removeLast() + " " + line.strip());
            } else {
                out.add(line.strip());
            }
        }
        return out;
    }

    /// A line of master.cf: what it sets with `-o`, and the group that it runs commands with.
    private void service(String line) {
        Matcher user = USER.matcher(line);
        while (user.find()) {
            if (user.group(2) != null) {
                groups.add(expand(user.group(2)));
            }
        }
        for (String option : line.split("\\s-o\\s*", -1)) {
            String text = option.startsWith("{") ? inBraces(option) : option.split("\\s", 2)[0];
            assign(text, this::other);
        }
    }

    private static String inBraces(String option) {
        int end = option.indexOf('}');
        return end < 0 ? "" : option.substring(1, end);
    }

    private void other(String name, String value) {
        others.computeIfAbsent(name, n -> new HashSet<>()).add(value);
    }

    /// In main.cf, or by default.
    String value(String name) {
        return expand(main.getOrDefault(name, ""));
    }

    /// In main.cf, or by default, and for any service.
    Set<String> values(String name) {
        Set<String> out = new HashSet<>();
        out.add(value(name));
        others.getOrDefault(name, Set.of()).forEach(v -> out.add(expand(v)));
        return out;
    }

    /// The groups that lines of master.cf give to commands.
    Set<String> groups() {
        return groups;
    }

    /// Whether a value names the file, or the table that is kept in it.
    boolean names(String path) {
        return main.values().stream().anyMatch(v -> names(v, path))
                || others.values().stream().flatMap(Set::stream).anyMatch(v -> names(v, path));
    }

    private boolean names(String value, String path) {
        for (String word : expand(value).split("[\\s,{}()\"]+", -1)) {
            int slash = word.indexOf('/');
            boolean begins = slash == 0 || (slash > 0 && ":!".indexOf(word.charAt(slash - 1)) >= 0);
            if (begins) {
                String named = word.substring(slash);
                if (INDEXES.stream().anyMatch(end -> path.equals(named + end))) {
                    return true;
                }
            }
        }
        return false;
    }

    private String expand(String value) {
        String text = value;
        for (int i = 0; i < DEPTH && text.contains("$"); i++) {
            text = MACRO.matcher(text).replaceAll(this::macro);
        }
        return text;
    }

    private String macro(MatchResult m) {
        String name =
                m.group(1) != null ? m.group(1) : m.group(2) != null ? m.group(2) : m.group(3);
        return Matcher.quoteReplacement(main.getOrDefault(name, ""));
    }
}

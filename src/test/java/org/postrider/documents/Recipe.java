package org.postrider.documents;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.postrider.documents.Made.Fenced;

/// A block of main.cf of a document, with the tables and lines of master.cf that stand beside it.
///
/// @param tables their texts by their paths below /etc/postfix
record Recipe(Fenced main, Map<String, String> tables, String services) {
    /// Those of one document. A table or line of master.cf belongs to a block of main.cf of its
    /// section: the one before it, else the one behind it.
    static List<Recipe> of(String source, List<String> lines) {
        List<Recipe> all = new ArrayList<>();
        List<Fenced> section = new ArrayList<>();
        int next = 0;
        List<Fenced> blocks = Made.fenced(source, lines);
        for (int line = 1; line <= lines.size(); line++) {
            if (lines.get(line - 1).startsWith("#") && !within(blocks, line)) {
                all.addAll(ofSection(section));
                section.clear();
            }
            if (next < blocks.size() && blocks.get(next).line() == line) {
                section.add(blocks.get(next++));
            }
        }
        all.addAll(ofSection(section));
        all.replaceAll(recipe -> recipe.completed(blocks));
        return all;
    }

    /// With tables that it names and another section has.
    private Recipe completed(List<Fenced> blocks) {
        Map<String, String> more = new LinkedHashMap<>(tables);
        for (Fenced each : blocks) {
            String file = each.kind().replaceFirst("^table /etc/postfix/", "");
            if (each.kind().startsWith("table /etc/postfix/")
                    && main.text().contains("/etc/postfix/" + file)) {
                more.putIfAbsent(file, each.text());
            }
        }
        return new Recipe(main, more, services);
    }

    private static boolean within(List<Fenced> blocks, int line) {
        return blocks.stream()
                .anyMatch(b -> b.line() < line && line <= b.line() + b.lines().size());
    }

    private static List<Recipe> ofSection(List<Fenced> section) {
        List<Integer> mains = new ArrayList<>();
        for (int i = 0; i < section.size(); i++) {
            if (section.get(i).kind().equals("main.cf")) {
                mains.add(i);
            }
        }
        List<Recipe> all = new ArrayList<>();
        for (int n = 0; n < mains.size(); n++) {
            int from = n == 0 ? 0 : mains.get(n);
            int to = n + 1 < mains.size() ? mains.get(n + 1) : section.size();
            Map<String, String> tables = new LinkedHashMap<>();
            StringBuilder services = new StringBuilder();
            for (Fenced each : section.subList(from, to)) {
                if (each.kind().startsWith("table /etc/postfix/")) {
                    tables.put(each.kind().substring("table /etc/postfix/".length()), each.text());
                } else if (each.kind().equals("master.cf")) {
                    services.append(each.text());
                }
            }
            all.add(new Recipe(section.get(mains.get(n)), tables, services.toString()));
        }
        return all;
    }

    /// Lines of master.cf but those that the recipe has as well.
    private String without(String master) {
        Set<String> own = new TreeSet<>();
        services.lines().forEach(line -> own.add(service(line)));
        return master.lines()
                .filter(line -> line.startsWith("#") || !own.contains(service(line)))
                .map(line -> line + "\n")
                .collect(Collectors.joining());
    }

    /// Name and type of a line.
    private static String service(String line) {
        return line.replaceFirst("^(\\S+)\\s+(\\S+)\\s.*", "$1 $2");
    }

    boolean sets(String parameter) {
        return main.lines().stream().anyMatch(l -> l.matches(parameter + "\\s*=.*"));
    }

    /// Writes the configuration into `etc` of a directory; paths of /etc/postfix lead there.
    ///
    /// @param more lines of main.cf, in place of the recipe's own
    /// @param master lines that are there without the recipe
    Path write(Path base, List<String> more, String master) throws IOException {
        Path conf = Files.createDirectories(base.resolve("etc"));
        List<String> lines = new ArrayList<>();
        for (String line : main.lines()) {
            lines.add(line.replace("/etc/postfix/", conf + "/"));
        }
        if (!sets("compatibility_level")) {
            lines.add("compatibility_level = 3.11");
        }
        if (!sets("myhostname")) {
            lines.add("myhostname = mail.example.com");
        }
        if (!sets("alias_maps")) {
            lines.add("alias_maps = inline:{ root=alice postmaster=alice }");
        }
        lines.add("alias_database =");
        lines.add("queue_directory = " + base.resolve("queue"));
        lines.add("data_directory = " + base.resolve("data"));
        if (!sets("maillog_file")) {
            lines.add("maillog_file = " + base.resolve("log"));
            lines.add("maillog_file_prefixes = /");
        }
        lines.addAll(more);
        Files.write(conf.resolve("main.cf"), lines);
        Files.writeString(
                conf.resolve("master.cf"),
                without(master) + services.replace("/etc/postfix/", conf + "/"));
        for (Map.Entry<String, String> table : tables.entrySet()) {
            Path file = conf.resolve(table.getKey());
            Files.createDirectories(file.getParent());
            Files.writeString(file, table.getValue());
        }
        return conf;
    }
}

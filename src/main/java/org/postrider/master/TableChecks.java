package org.postrider.master;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.postrider.config.Catalogue;
import org.postrider.config.Honoured;
import org.postrider.config.MainCf;
import org.postrider.config.ServiceSettings;
import org.postrider.config.Values;
import org.postrider.maps.Opening;
import org.postrider.maps.TableDirectory;
import org.postrider.maps.TableException;
import org.postrider.maps.TableTypes;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// Tables that main.cf names for what is honoured and that cannot be opened.
final class TableChecks {
    /// Tables whose lookups ask another machine: not asked by a check.
    private static final Set<String> REMOTE =
            Set.of("tcp", "socketmap", "memcache", "mysql", "pgsql", "ldap", "unix");

    private final ServiceSettings settings;
    private final MainCf mainCf;
    private final List<String> out = new ArrayList<>();

    private TableChecks(ServiceSettings settings) {
        this.settings = settings;
        this.mainCf = settings.mainCf();
    }

    static List<String> all(ServiceSettings settings) {
        TableChecks checks = new TableChecks(settings);
        checks.tables();
        return checks.out;
    }

    private void warn(String text) {
        out.add(text);
    }

    private String at(String name) {
        MainCf.Entry entry = mainCf.entries().get(name);
        return mainCf.file() + (entry == null ? "" : ", line " + entry.line());
    }

    private void tables() {
        Set<String> seen = new HashSet<>();
        Opening opening =
                new Opening(Clock.system(), Supervisor.alone(), settings::text, this::warn);
        try (TableDirectory tables = new TableDirectory(opening)) {
            for (MainCf.Entry e : mainCf.entries().values()) {
                Catalogue.Known known = settings.catalogue().known(e.name());
                boolean value = known == null || !known.type().equals("raw");
                Honoured.Entry entry = Honoured.list().parameter(e.name());
                boolean read = entry == null || entry.verdict() instanceof Honoured.Verdict.Honours;
                if (value && read) {
                    tables(e.name(), settings.expand(e.value()), tables, seen);
                }
            }
        }
    }

    private void tables(String name, String value, TableDirectory tables, Set<String> seen) {
        for (String word : Values.words(value)) {
            String bare = word.startsWith("!") ? word.substring(1) : word;
            int colon = bare.indexOf(':');
            String type = colon <= 0 ? "" : bare.substring(0, colon);
            if (!TableTypes.names().contains(type) || REMOTE.contains(type) || !seen.add(bare)) {
                continue;
            }
            try {
                tables.open(bare).lookup("postfix-check");
            } catch (TableException e) {
                if (!type.equals("fail")) {
                    warn(at(name) + ": " + name + ": " + bare + ": " + e.getMessage());
                }
            }
        }
    }
}

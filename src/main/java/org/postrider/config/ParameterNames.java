package org.postrider.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Which names of main.cf mean something: the catalogue's, those that services of master.cf bring,
/// and those of the user's own that a value refers to or that name a restriction class.
public final class ParameterNames {
    private final MainCf mainCf;
    private final Catalogue catalogue;
    private final Map<String, String> ofServices;
    private final Set<String> referred = new TreeSet<>();
    private final Set<String> inMaster = new HashSet<>();
    private final Set<String> databases = new HashSet<>();
    private final Set<String> inServices = new HashSet<>();

    private ParameterNames(MainCf mainCf, Catalogue catalogue, Map<String, String> ofServices) {
        this.mainCf = mainCf;
        this.catalogue = catalogue;
        this.ofServices = ofServices;
    }

    /// @param masterCf need not exist
    /// @throws ConfigException where master.cf is there and malformed
    public static ParameterNames of(MainCf mainCf, Path masterCf, Catalogue catalogue) {
        List<MasterCf.Row> rows = Files.exists(masterCf) ? MasterCf.rows(masterCf) : List.of();
        Map<String, String> programs = new HashMap<>();
        for (MasterCf.Row row : rows) {
            if (row.fields().get(1).equals("unix")) {
                programs.put(row.fields().get(0), row.fields().get(7));
            }
        }
        ParameterNames names = new ParameterNames(mainCf, catalogue, Families.of(programs));
        for (MainCf.Entry e : mainCf.entries().values()) {
            names.refer(e.value(), names.referred);
            if (e.name().equals("smtpd_restriction_classes")) {
                names.referred.addAll(Values.words(e.value()));
            }
        }
        for (MasterCf.Row row : rows) {
            for (String field : row.fields().subList(8, row.fields().size())) {
                names.refer(field, names.inMaster);
                int equals = field.indexOf('=');
                if (equals > 0) {
                    names.inServices.add(field.substring(0, equals).replace("{", "").strip());
                }
            }
        }
        return names;
    }

    /// Finds `$name` and `type:name` in a value.
    private void refer(String value, Set<String> referred) {
        for (int i = value.indexOf('$'); i >= 0; i = value.indexOf('$', i + 1)) {
            int from = i + 1;
            while (from < value.length() && "{( ".indexOf(value.charAt(from)) >= 0) {
                from++;
            }
            int to = from;
            while (to < value.length() && nameChar(value.charAt(to))) {
                to++;
            }
            if (to > from) {
                referred.add(value.substring(from, to));
            }
        }
        for (String word : Values.words(value)) {
            int colon = word.lastIndexOf(':');
            if (colon > 0 && colon + 1 < word.length() && word.charAt(colon + 1) != '/') {
                databases.add(word.substring(colon + 1) + "_");
            }
        }
    }

    private static boolean nameChar(char c) {
        return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }

    /// Names that services bring, with their defaults.
    public Map<String, String> ofServices() {
        return ofServices;
    }

    /// Names of the user's own that main.cf sets and something refers to.
    public Set<String> ofUser() {
        Set<String> out = new TreeSet<>();
        for (String name : mainCf.entries().keySet()) {
            if (!known(name) && used(name)) {
                out.add(name);
            }
        }
        return out;
    }

    private boolean used(String name) {
        return referred.contains(name) || inMaster.contains(name);
    }

    private boolean known(String name) {
        return catalogue.known(name) != null || ofServices.containsKey(name);
    }

    /// Names that values refer to and nothing defines.
    public List<String> undefined() {
        List<String> out = new ArrayList<>();
        for (String name : referred) {
            boolean macro = name.equals("service_name") || name.equals("stress");
            if (!macro
                    && !known(name)
                    && !mainCf.entries().containsKey(name)
                    && !inServices.contains(name)
                    && !name.chars().allMatch(Character::isDigit)) {
                out.add(name);
            }
        }
        return out;
    }

    /// Settings of main.cf that nothing reads.
    public List<MainCf.Entry> unused() {
        List<MainCf.Entry> out = new ArrayList<>();
        for (MainCf.Entry e : mainCf.entries().values()) {
            if (!known(e.name()) && !used(e.name()) && !ofDatabase(e.name())) {
                out.add(e);
            }
        }
        return out;
    }

    private boolean ofDatabase(String name) {
        if (name.startsWith("postrider_")) {
            return true;
        }
        for (String prefix : databases) {
            if (name.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }
}

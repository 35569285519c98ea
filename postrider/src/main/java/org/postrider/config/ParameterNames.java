package org.postrider.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.config.names.DatabaseNames;
import org.postrider.config.names.Deprecations;
import org.postrider.config.names.OwnNames;

/// Which names of main.cf and of master.cf's `-o` settings mean something: the catalogue's, those
/// that services bring, those that tables bring (`ldap:NAME`), and those of the user's own that a
/// value refers to or that name a restriction class. Says of the others, as `postconf` does, that
/// they are unused, undefined or will be removed.
public final class ParameterNames {
    /// What programs know of themselves and no file sets.
    public static final Set<String> READ_ONLY =
            Set.of("process_id", "process_name", "service_name");

    private final ServiceSettings settings;
    private final MainCf mainCf;
    private final Map<String, String> set;
    private final Path masterCf;
    private final List<MasterEntry> services;
    private final Catalogue catalogue;
    private final Map<String, String> ofServices;
    private final Set<String> ofUser = new TreeSet<>();
    private final List<Set<String>> local = new ArrayList<>();
    private final Consumer<String> warnings;

    /// @param overrides settings that count over main.cf's (`postconf -o`)
    /// @param families what services bring
    /// @param warnings gets undefined names, bad `$name` forms and faults of table files
    /// @throws ConfigException if a value cannot be expanded
    public ParameterNames(
            ServiceSettings settings,
            Map<String, String> overrides,
            Path masterCf,
            List<MasterEntry> services,
            Families families,
            Consumer<String> warnings) {
        this.settings = settings;
        this.mainCf = settings.mainCf();
        this.catalogue = settings.catalogue();
        this.masterCf = masterCf;
        this.services = services;
        this.warnings = warnings;
        set = new TreeMap<>(overrides);
        mainCf.entries().forEach((name, entry) -> set.putIfAbsent(name, entry.value()));
        ofServices = families.of(services);
        for (int i = 0; i < services.size(); i++) {
            local.add(new HashSet<>());
        }
        set.keySet().stream()
                .filter(n -> OwnNames.ofTransport(n) && ours(n) && !known(n))
                .forEach(ofUser::add);
        for (int i = 0; i < services.size(); i++) {
            ofService(services.get(i).settings(), i);
        }
        classes(set.get("smtpd_restriction_classes"), -1);
        set.forEach((name, value) -> readOnly(name, value, mainCf.file()));
        set.keySet().stream().filter(Deprecations::legacy).forEach(ofUser::add);
        for (Map.Entry<String, String> each : set.entrySet()) {
            if (expanded(each.getKey())) {
                refer(each.getValue(), -1);
            }
        }
        new TableNames(warnings).find(settings);
    }

    private void ofService(Map<String, String> settings, int service) {
        classes(settings.get("smtpd_restriction_classes"), service);
        for (Map.Entry<String, String> each : settings.entrySet()) {
            String name = each.getKey();
            readOnly(name, each.getValue(), masterCf);
            if (classNames(set.getOrDefault("smtpd_restriction_classes", "")).contains(name)) {
                local.get(service).add(name);
            }
            if (Deprecations.legacy(name)) {
                ofUser.add(name);
            }
            if (expanded(name)) {
                refer(each.getValue(), service);
            }
        }
    }

    private void readOnly(String name, String value, Path file) {
        if (READ_ONLY.contains(name)) {
            warnings.accept(file + ": read-only parameter assignment: " + name + "=" + value);
        }
    }

    /// Whether its value is one in which `$name` stands for something.
    private boolean expanded(String name) {
        Catalogue.Known known = catalogue.known(name);
        return !READ_ONLY.contains(name) && (known == null || !known.type().equals("raw"));
    }

    private void classes(@Nullable String value, int service) {
        if (value != null) {
            classNames(value).forEach(name -> use(name, service));
        }
    }

    /// The names of restriction classes in a value that may name them by another's (`$mine`).
    private List<String> classNames(String value) {
        try {
            return Values.words(settings.expand(value));
        } catch (ConfigException e) {
            // Who reads that value says what is wrong with it.
            return Values.words(value);
        }
    }

    private void refer(String value, int service) {
        List<String> found = new ArrayList<>();
        try {
            Expansion.references(value, found);
        } catch (ConfigException e) {
            warnings.accept(String.valueOf(e.getMessage()));
        }
        found.forEach(name -> use(name, service));
    }

    /// @param service whose `-o` setting refers to the name; -1 for main.cf
    private void use(String name, int service) {
        if (known(name)) {
            return;
        }
        if (service >= 0 && services.get(service).settings().containsKey(name)) {
            local.get(service).add(name);
            return;
        }
        boolean somewhere = set.containsKey(name);
        if (somewhere) {
            ofUser.add(name);
        }
        for (int i = 0; service < 0 && i < services.size(); i++) {
            if (services.get(i).settings().containsKey(name)) {
                local.get(i).add(name);
                somewhere = true;
            }
        }
        if (!somewhere && !name.equals("stress")) {
            warnings.accept(
                    (service < 0 ? mainCf.file() : masterCf) + ": undefined parameter: " + name);
        }
    }

    private boolean known(String name) {
        return catalogue.known(name) != null
                || ofServices.containsKey(name)
                || Deprecations.legacy(name);
    }

    /// The parameters of the tables that settings name.
    private final class TableNames {
        private static final int LEVELS = 32;

        private final Consumer<String> warnings;
        private final Set<String> files = new HashSet<>();

        TableNames(Consumer<String> warnings) {
            this.warnings = warnings;
        }

        void find(ServiceSettings settings) {
            for (int i = 0; i < services.size(); i++) {
                Map<String, String> own = services.get(i).settings();
                for (Map.Entry<String, String> each : own.entrySet()) {
                    if (expanded(each.getKey()) && known(each.getKey())) {
                        in(settings.with(own).expand(each.getValue()), i, LEVELS);
                    }
                }
            }
            for (Map.Entry<String, String> each : set.entrySet()) {
                if (expanded(each.getKey()) && known(each.getKey())) {
                    in(settings.expand(each.getValue()), -1, LEVELS);
                }
            }
        }

        /// @param levels how deep braces are looked into; into none for the rules of `pcre:{ … }`
        private void in(String value, int service, int levels) {
            for (int at = 0; at < value.length(); ) {
                int end = wordEnd(value, at);
                String word = value.substring(at, end);
                at = end + 1;
                if (word.startsWith("#")) {
                    String rest = at < value.length() ? value.substring(at) : "";
                    warnings.accept(
                            file(service)
                                    + ": #comment after other text is not allowed: "
                                    + word
                                    + " "
                                    + rest.substring(0, Math.min(20, rest.length()))
                                    + "...");
                    return;
                }
                if (word.startsWith("{")) {
                    String inner = unbraced(word, service);
                    if (levels > 0) {
                        in(inner, service, levels - 1);
                    }
                } else if (!word.isEmpty()) {
                    table(word, service, levels);
                }
            }
        }

        /// White space and commas part words, but in braces.
        private static int wordEnd(String value, int from) {
            int depth = 0;
            for (int i = from; i < value.length(); i++) {
                char c = value.charAt(i);
                if (c == '{') {
                    depth++;
                } else if (c == '}' && depth > 0) {
                    depth--;
                } else if (depth == 0 && (c == ',' || Character.isWhitespace(c))) {
                    return i;
                }
            }
            return value.length();
        }

        private String file(int service) {
            return service < 0
                    ? mainCf.file().toString()
                    : masterCf
                            + ":"
                            + services.get(service).service()
                            + "/"
                            + services.get(service).type();
        }

        private String unbraced(String word, int service) {
            int depth = 0;
            for (int i = 0; i < word.length(); i++) {
                depth += word.charAt(i) == '{' ? 1 : word.charAt(i) == '}' ? -1 : 0;
                if (depth == 0) {
                    if (i + 1 < word.length()) {
                        String why = ": syntax error after '}' in \"" + word + "\"";
                        warnings.accept(file(service) + why);
                    }
                    return word.substring(1, i);
                }
            }
            warnings.accept(file(service) + ": missing '}' in \"" + word + "\"");
            return word.substring(1);
        }

        private void table(String word, int service, int levels) {
            String type = word;
            String name;
            do {
                int colon = type.indexOf(':');
                name = colon < 0 ? "" : type.substring(colon + 1);
                type = colon < 0 ? "" : type.substring(0, colon);
                if (!type.equals("proxy") && !type.equals("debug")) {
                    break;
                }
                type = name;
            } while (true);
            if (name.startsWith("{")) {
                boolean rules = type.equals("regexp") || type.equals("pcre");
                if (levels > 0) {
                    in(unbraced(name, service), service, rules ? 0 : levels - 1);
                }
            } else if (name.startsWith("/")) {
                if (!DatabaseNames.of(type).isEmpty() && files.add(type + ":" + name)) {
                    tableFile(type, Path.of(name));
                }
            } else if (!name.isEmpty() && !name.startsWith(".")) {
                for (String suffix : DatabaseNames.of(type)) {
                    parameter(name + "_" + suffix, service);
                }
            }
        }

        private void parameter(String parameter, int service) {
            if (known(parameter)) {
                return;
            }
            if (service >= 0 && services.get(service).settings().containsKey(parameter)) {
                local.get(service).add(parameter);
            } else if (set.containsKey(parameter)) {
                ofUser.add(parameter);
            }
            for (int i = 0; service < 0 && i < services.size(); i++) {
                if (services.get(i).settings().containsKey(parameter)) {
                    local.get(i).add(parameter);
                }
            }
        }

        private void tableFile(String type, Path file) {
            String open = "open \"" + type + "\" configuration \"" + file + "\": ";
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                warnings.accept(open + "not a regular file");
                return;
            }
            try {
                for (MainCf.Entry each : MainCf.read(file).entries().values()) {
                    if (!DatabaseNames.of(type).contains(each.name())) {
                        String what = each.name() + "=" + each.value();
                        warnings.accept(type + ":" + file + ": unused parameter: " + what);
                    }
                }
            } catch (ConfigException e) {
                String why = String.valueOf(e.getMessage());
                if (!why.endsWith(": Permission denied")) {
                    warnings.accept(
                            why.startsWith("open ")
                                    ? open + why.substring(why.lastIndexOf(':') + 2)
                                    : why);
                }
            }
        }
    }

    /// Names that services bring, with their defaults.
    public Map<String, String> ofServices() {
        return ofServices;
    }

    /// Names of the user's own that are set and that something refers to, and those of tables.
    public Set<String> ofUser() {
        return ofUser;
    }

    /// What `postconf` says of main.cf's unused and deprecated names, in name order.
    public List<String> unusedMain() {
        List<String> out = new ArrayList<>();
        for (Map.Entry<String, String> e : set.entrySet()) {
            String name = e.getKey();
            judge(
                    name,
                    e.getValue(),
                    ours(name) || known(name) || ofUser.contains(name),
                    mainCf.file(),
                    out);
        }
        return out;
    }

    /// The same of master.cf's `-o` settings, service by service.
    public List<String> unusedMaster() {
        List<String> out = new ArrayList<>();
        for (int i = 0; i < services.size(); i++) {
            Set<String> own = local.get(i);
            for (Map.Entry<String, String> e : services.get(i).settings().entrySet()) {
                boolean ours = ours(e.getKey());
                boolean used = ours || known(e.getKey()) || own.contains(e.getKey());
                judge(e.getKey(), e.getValue(), used, masterCf, out);
            }
        }
        return out;
    }

    /// Both, main.cf's only if wanted, and where there is more on old names if there are some.
    public List<String> unused(boolean main) {
        List<String> out = new ArrayList<>(main ? unusedMain() : List.of());
        out.addAll(unusedMaster());
        if (out.stream().anyMatch(each -> each.contains(": support for parameter "))) {
            out.add(Deprecations.MORE);
        }
        return out;
    }

    /// Whether it is an old name whose value only defaults of new ones refer to (`$virtual_maps`).
    public static boolean legacy(String name) {
        return Deprecations.legacy(name);
    }

    private static void judge(
            String name, String value, boolean used, Path file, List<String> out) {
        String instead = Deprecations.instead(name);
        if (!used && instead == null) {
            out.add(file + ": unused parameter: " + name + "=" + value);
        } else if (instead != null) {
            out.add(
                    file
                            + ": support for parameter "
                            + (used ? "\"" + name + "\" will be" : name + " has been")
                            + " removed; instead, "
                            + instead);
        }
    }

    /// Whether it is a parameter that Postfix does not have: of all, or of a transport that there
    /// is.
    private boolean ours(String name) {
        if (!OwnNames.contains(name) || catalogue.own(name) != null) {
            return OwnNames.contains(name);
        }
        String transport = OwnNames.transport(name);
        return transport != null && known(transport + "_destination_recipient_limit");
    }

    /// The settings that nothing reads and no later name replaces.
    public List<MainCf.Entry> unused() {
        List<MainCf.Entry> out = new ArrayList<>();
        for (MainCf.Entry e : mainCf.entries().values()) {
            if (!known(e.name()) && !ofUser.contains(e.name()) && !ours(e.name())) {
                out.add(e);
            }
        }
        return out;
    }

    /// The `-o` settings that nothing reads, by service.
    public Map<MasterEntry, List<String>> unusedOptions() {
        Map<MasterEntry, List<String>> out = new HashMap<>();
        for (int i = 0; i < services.size(); i++) {
            List<String> names = new ArrayList<>();
            for (String name : services.get(i).settings().keySet()) {
                if (!known(name) && !local.get(i).contains(name) && !ours(name)) {
                    names.add(name);
                }
            }
            if (!names.isEmpty()) {
                out.put(services.get(i), names);
            }
        }
        return out;
    }
}

package org.postrider.config;

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
    private final MainCf mainCf;
    private final Map<String, String> set;
    private final Path masterCf;
    private final List<MasterEntry> services;
    private final Catalogue catalogue;
    private final Map<String, String> ofServices;
    private final Set<String> ofUser = new TreeSet<>();
    private final List<Set<String>> local = new ArrayList<>();
    private final Set<String> files = new HashSet<>();
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
        inDefaults();
        classes(set.get("smtpd_restriction_classes"), -1);
        for (int i = 0; i < services.size(); i++) {
            classes(services.get(i).settings().get("smtpd_restriction_classes"), i);
        }
        for (Map.Entry<String, String> each : set.entrySet()) {
            Catalogue.Known known = catalogue.known(each.getKey());
            if (known == null || !known.type().equals("raw")) {
                refer(each.getValue(), -1);
            }
        }
        for (int i = 0; i < services.size(); i++) {
            for (String value : services.get(i).settings().values()) {
                refer(value, i);
            }
        }
        tables(settings);
    }

    /// Old names live on in the defaults of new ones (`$virtual_maps`).
    private void inDefaults() {
        for (Catalogue.Known each : catalogue.all()) {
            if (each.defaultText().indexOf('$') >= 0 && !each.type().equals("raw")) {
                for (String name : Expansion.references(each.defaultText())) {
                    if (!known(name) && set.containsKey(name)) {
                        ofUser.add(name);
                    }
                }
            }
        }
    }

    private void classes(@Nullable String value, int service) {
        if (value != null) {
            Values.words(value).forEach(name -> use(name, service));
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
        if (set.containsKey(name)) {
            ofUser.add(name);
            return;
        }
        boolean somewhere = false;
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
        return catalogue.known(name) != null || ofServices.containsKey(name);
    }

    /// The parameters of the tables that settings name.
    private void tables(ServiceSettings settings) {
        for (Catalogue.Known each : catalogue.all()) {
            if (!each.type().equals("raw")) {
                String value = set.getOrDefault(each.name(), each.defaultText());
                if (value.indexOf('$') >= 0 || value.indexOf(':') > 0) {
                    tables(settings.expand(value), -1);
                }
            }
        }
        for (String name : List.copyOf(ofUser)) {
            tables(settings.expand(String.valueOf(set.get(name))), -1);
        }
        for (int i = 0; i < services.size(); i++) {
            Map<String, String> own = services.get(i).settings();
            for (String value : own.values()) {
                tables(settings.with(own).expand(value), i);
            }
        }
    }

    private void tables(String value, int service) {
        for (String word : Values.words(value)) {
            String bare = word.startsWith("proxy:") ? word.substring("proxy:".length()) : word;
            int colon = bare.indexOf(':');
            if (colon <= 0 || DatabaseNames.of(bare.substring(0, colon)).isEmpty()) {
                continue;
            }
            String type = bare.substring(0, colon);
            String name = bare.substring(colon + 1);
            if (name.startsWith("/")) {
                if (files.add(bare)) {
                    tableFile(type, Path.of(name));
                }
                continue;
            }
            for (String suffix : DatabaseNames.of(type)) {
                String parameter = name + "_" + suffix;
                if (service >= 0 && services.get(service).settings().containsKey(parameter)) {
                    local.get(service).add(parameter);
                }
                if (set.containsKey(parameter)) {
                    ofUser.add(parameter);
                }
            }
        }
    }

    private void tableFile(String type, Path file) {
        try {
            for (String name : MainCf.read(file).entries().keySet()) {
                if (!DatabaseNames.of(type).contains(name)) {
                    MainCf.Entry entry = MainCf.read(file).entries().get(name);
                    warnings.accept(
                            type
                                    + ":"
                                    + file
                                    + ": unused parameter: "
                                    + name
                                    + "="
                                    + (entry == null ? "" : entry.value()));
                }
            }
        } catch (ConfigException e) {
            String why = String.valueOf(e.getMessage());
            warnings.accept(
                    why.startsWith("open ")
                            ? "open \""
                                    + type
                                    + "\" configuration \""
                                    + file
                                    + "\""
                                    + why.substring(why.lastIndexOf(':'))
                            : why);
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

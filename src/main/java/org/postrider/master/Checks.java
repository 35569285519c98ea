package org.postrider.master;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.postrider.config.Catalogue;
import org.postrider.config.ConfigException;
import org.postrider.config.Honoured;
import org.postrider.config.MainCf;
import org.postrider.config.MasterCf;
import org.postrider.config.MasterEntry;
import org.postrider.config.ParameterNames;
import org.postrider.config.ServiceLine;
import org.postrider.config.ServiceSettings;
import org.postrider.config.Settings;
import org.postrider.config.Values;
import org.postrider.maps.Opening;
import org.postrider.maps.TableDirectory;
import org.postrider.maps.TableException;
import org.postrider.maps.TableTypes;
import org.postrider.smtp.SmtpChecks;
import org.postrider.smtpd.RateChecks;
import org.postrider.smtpd.SmtpdSasl;
import org.postrider.smtpd.TlsChecks;
import org.postrider.time.Clock;

/// What is said aloud about a configuration at start and by `postfix check`, each with its file
/// and, where it has one, its line: `warning: …`.
final class Checks {
    private static final Set<String> BUILT =
            Set.of(
                    "smtpd",
                    "pickup",
                    "cleanup",
                    "qmgr",
                    "oqmgr",
                    "trivial-rewrite",
                    "bounce",
                    "smtp",
                    "error",
                    "discard",
                    "showq",
                    "flush");

    /// Their work is done in the server itself.
    private static final Set<String> ABSORBED =
            Set.of("tlsmgr", "proxymap", "anvil", "scache", "postlogd", "nbdb_reindexd");

    private static final Set<String> LATER =
            Set.of(
                    "verify",
                    "local",
                    "virtual",
                    "lmtp",
                    "pipe",
                    "spawn",
                    "postscreen",
                    "qmqpd",
                    "dnsblog",
                    "tlsproxy");

    /// Tables whose lookups ask another machine: not asked by a check.
    private static final Set<String> REMOTE =
            Set.of("tcp", "socketmap", "memcache", "mysql", "pgsql", "ldap", "unix");

    private final ServiceSettings settings;
    private final MainCf mainCf;
    private final MasterCf masterCf;
    private final List<String> out = new ArrayList<>();

    private Checks(ServiceSettings settings, MasterCf masterCf) {
        this.settings = settings;
        this.mainCf = settings.mainCf();
        this.masterCf = masterCf;
    }

    /// @param thorough tables are opened, too
    static List<String> all(ServiceSettings settings, MasterCf masterCf, boolean thorough) {
        Checks checks = new Checks(settings, masterCf);
        checks.mainCf.warnings().forEach(checks::warn);
        masterCf.warnings().forEach(checks::warn);
        checks.names();
        checks.comments();
        checks.notHonoured();
        checks.services();
        checks.instances();
        if (thorough) {
            checks.tables();
            checks.certificates();
            checks.logins();
        }
        RelayChecks.all(settings, masterCf).forEach(checks::warn);
        checks.rates();
        return checks.out;
    }

    /// Limits that would stop the start.
    private void rates() {
        Set<String> wrong = new java.util.LinkedHashSet<>(RateChecks.all(settings));
        for (ServiceLine line : masterCf.services()) {
            if (line.program().equals("smtpd")) {
                wrong.addAll(RateChecks.all(settings.with(line.overrides())));
            }
        }
        wrong.forEach(this::warn);
    }

    /// Services whose chroot column means `y` by an older default.
    static List<String> chrootByDefault(ServiceSettings settings, MasterCf masterCf) {
        List<String> lines = new ArrayList<>();
        if (settings.expand("${{$compatibility_level} <level {1} ? {yes}}").equals("yes")) {
            for (MasterEntry each : MasterCf.entries(masterCf.file(), warning -> {})) {
                if (each.fields().get(4).equals("-")) {
                    lines.add(
                            masterCf.file()
                                    + ": line "
                                    + each.line()
                                    + ": using backwards-compatible default setting chroot=y");
                }
            }
        }
        return lines;
    }

    private void warn(String text) {
        out.add("warning: " + text);
    }

    private String at(String name) {
        MainCf.Entry entry = mainCf.entries().get(name);
        return mainCf.file() + (entry == null ? "" : ", line " + entry.line());
    }

    private void names() {
        List<MasterEntry> entries = MasterCf.entries(masterCf.file(), this::warn);
        ParameterNames names =
                new ParameterNames(settings, Map.of(), masterCf.file(), entries, this::warn);
        Set<String> misspelt = new HashSet<>();
        for (MainCf.Entry e : names.unused()) {
            misspelt.add(e.name());
            warn(
                    at(e.name())
                            + ": unused parameter: "
                            + e.name()
                            + "="
                            + e.value()
                            + nearest(e.name()));
        }
        names.unusedMain().stream()
                .filter(text -> misspelt.stream().noneMatch(n -> text.contains(": " + n + "=")))
                .forEach(this::warn);
        for (Map.Entry<MasterEntry, List<String>> e : names.unusedOptions().entrySet()) {
            for (String name : e.getValue()) {
                warn(
                        masterCf.file()
                                + ", line "
                                + e.getKey().line()
                                + ": unused parameter: "
                                + name
                                + nearest(name));
            }
        }
    }

    /// ` (did you mean …?)` for a name that few letters part from a real one.
    private String nearest(String name) {
        String best = "";
        int least = Math.max(2, name.length() / 5) + 1;
        for (Iterable<Catalogue.Known> some :
                List.of(settings.catalogue().all(), settings.catalogue().ours())) {
            for (Catalogue.Known known : some) {
                int apart = apart(name, known.name(), least);
                if (apart < least) {
                    least = apart;
                    best = known.name();
                }
            }
        }
        return best.isEmpty() ? "" : " (did you mean " + best + "?)";
    }

    /// Levenshtein's distance; `limit` where it is that or more.
    private static int apart(String a, String b, int limit) {
        if (Math.abs(a.length() - b.length()) >= limit) {
            return limit;
        }
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, Math.min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return Math.min(limit, row[b.length()]);
    }

    /// `name = value # remark`: the remark is data.
    private void comments() {
        for (MainCf.Entry e : mainCf.entries().values()) {
            int hash = e.value().indexOf(" #");
            if (hash >= 0 && !e.value().contains("{")) {
                warn(
                        at(e.name())
                                + ": \"#\" behind a value begins no comment, the text is part of the"
                                + " value: "
                                + e.name()
                                + " = "
                                + e.value()
                                + "; put the comment on a line of its own");
            }
        }
    }

    private void notHonoured() {
        List<String> ignored = new ArrayList<>();
        for (String name : mainCf.entries().keySet()) {
            Honoured.Entry entry = Honoured.list().entry(Honoured.Kind.PARAMETER, name);
            if (entry != null && !(entry.verdict() instanceof Honoured.Verdict.Honours)) {
                ignored.add(name);
            }
        }
        if (!ignored.isEmpty()) {
            warn(
                    mainCf.file()
                            + ": "
                            + ignored.size()
                            + " parameters accepted and not honoured by this version: "
                            + String.join(" ", ignored));
        }
    }

    private void services() {
        Set<String> names = new HashSet<>();
        for (ServiceLine line : masterCf.services()) {
            names.add(line.name());
            String where = masterCf.file() + ", line " + line.line() + ": ";
            if (LATER.contains(line.program())) {
                warn(
                        where
                                + "service "
                                + line.name()
                                + ": "
                                + line.program()
                                + " is accepted and not honoured by this version: mail for it is"
                                + " deferred");
            } else if (!BUILT.contains(line.program()) && !ABSORBED.contains(line.program())) {
                warn(where + "service " + line.name() + ": unknown program: " + line.program());
            }
        }
        for (MainCf.Entry e : new TreeMap<>(mainCf.entries()).values()) {
            String name = e.name();
            boolean transport =
                    name.matches("(default|local|relay|virtual|error)_transport")
                            || name.equals("content_filter");
            if (!transport && !(name.endsWith("_service_name") || name.endsWith("_service"))) {
                continue;
            }
            String value = settings.expand(e.value()).strip();
            int colon = value.indexOf(':');
            String service = colon < 0 ? value : value.substring(0, colon);
            if (!service.isEmpty() && !service.contains("/") && !names.contains(service)) {
                warn(
                        at(name)
                                + ": "
                                + name
                                + " = "
                                + value
                                + ": "
                                + masterCf.file()
                                + " has no service "
                                + service);
            }
        }
    }

    private void instances() {
        for (String word :
                Values.words(String.valueOf(settings.text("multi_instance_directories")))) {
            Path file = Path.of(word).resolve("main.cf");
            if (!Files.exists(file)) {
                warn(at("multi_instance_directories") + ": instance " + word + " has no main.cf");
                continue;
            }
            try {
                ServiceSettings other = Server.settings(Path.of(word));
                if (!"yes".equals(other.text("multi_instance_enable"))) {
                    String name = String.valueOf(other.text("multi_instance_name"));
                    warn(
                            file
                                    + ": instance "
                                    + (name.isEmpty() ? word : name)
                                    + " is not enabled and does not start: postmulti -i "
                                    + (name.isEmpty() ? word : name)
                                    + " -e enable");
                }
            } catch (ConfigException e) {
                warn(String.valueOf(e.getMessage()));
            }
        }
    }

    /// Of each smtpd line; what two lines share is said once.
    private void certificates() {
        Set<String> said = new HashSet<>();
        for (ServiceLine line : masterCf.services()) {
            Settings own = settings.with(line.overrides());
            List<String> problems =
                    switch (line.program()) {
                        case "smtpd" -> TlsChecks.problems(own, Clock.system());
                        case "smtp" -> SmtpChecks.problems(own, Clock.system());
                        default -> List.of();
                    };
            for (String text : problems) {
                if (said.add(text)) {
                    warn(masterCf.file() + ", line " + line.line() + ": TLS: " + text);
                }
            }
        }
    }

    private void logins() {
        Set<String> said = new HashSet<>();
        for (ServiceLine line : masterCf.services()) {
            if (line.program().equals("smtpd")) {
                Settings own = settings.with(line.overrides());
                for (String text : SmtpdSasl.problems(own, line.chroot(), Clock.system())) {
                    if (said.add(text)) {
                        warn(masterCf.file() + ", line " + line.line() + ": SASL: " + text);
                    }
                }
            }
        }
    }

    private void tables() {
        Set<String> seen = new HashSet<>();
        Opening opening = new Opening(Clock.system(), settings::text, this::warn);
        try (TableDirectory tables = new TableDirectory(opening)) {
            for (MainCf.Entry e : mainCf.entries().values()) {
                Catalogue.Known known = settings.catalogue().known(e.name());
                if (known == null || !known.type().equals("raw")) {
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

package org.postrider.master.check;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postrider.anvil.RateChecks;
import org.postrider.bounce.NotifyClasses;
import org.postrider.cleanup.Cleanup;
import org.postrider.config.ConfigException;
import org.postrider.config.MasterCf;
import org.postrider.config.MasterEntry;
import org.postrider.config.Place;
import org.postrider.config.ServiceSettings;
import org.postrider.config.Values;
import org.postrider.master.Configuration;
import org.postrider.master.OtherMailSystem;
import org.postrider.master.Programs;
import org.postrider.master.Service;
import org.postrider.qmgr.QmgrParams;

/// What is said aloud about a configuration by `postfix check`, at start and at reload, each once,
/// with its file and, where it has one, its line: `warning: …`.
public final class Checks {
    /// A file's whole name in a sentence.
    private static final Pattern FILE = Pattern.compile("/[^\\s:,\"]+");

    private Checks() {}

    /// @param thorough tables and keys are opened, too
    public static List<String> all(Configuration configuration, boolean thorough) {
        ServiceSettings settings = configuration.settings();
        MasterCf masterCf = configuration.masterCf();
        Set<String> said = new LinkedHashSet<>(settings.mainCf().warnings());
        said.addAll(masterCf.warnings());
        said.addAll(OthersMayWrite.all(settings.mainCf().file()));
        List<String> tables = thorough ? TableChecks.all(configuration) : List.of();
        for (String each : NameChecks.all(configuration)) {
            if (!saidOf(each, tables)) {
                said.add(each);
            }
        }
        Set<String> values = values(configuration);
        said.addAll(values);
        said.addAll(MissingLines.all(configuration));
        said.addAll(LineChecks.all(configuration));
        said.addAll(NotHonoured.all(configuration));
        said.addAll(InstanceChecks.all(settings));
        said.addAll(tables);
        said.addAll(TableChecks.lists(configuration));
        if (thorough) {
            services(configuration).stream()
                    .filter(text -> values.stream().noneMatch(text::contains))
                    .forEach(said::add);
            said.addAll(ResultChecks.all(configuration));
            said.addAll(ReportChecks.all(configuration));
            said.addAll(ReturnChecks.all(configuration));
            said.addAll(AgentChecks.all(configuration));
            said.addAll(RootsMail.all(configuration));
        }
        said.addAll(signatures(configuration));
        said.addAll(notices(configuration));
        said.addAll(RelayChecks.all(configuration));
        said.addAll(rates(configuration));
        said.addAll(CorruptCheck.all(settings));
        said.addAll(OtherMailSystem.mail(settings));
        List<String> out = new ArrayList<>();
        said.forEach(text -> out.add("warning: " + text));
        return out;
    }

    /// Whether the file of a table that cannot be read is named by one of these, with its parameter
    /// and line: `open "mysql" configuration "FILE": …` says less.
    private static boolean saidOf(String text, List<String> tables) {
        int from = text.startsWith("open \"") ? text.indexOf(" configuration \"") : -1;
        int to = from < 0 ? -1 : text.indexOf('"', from + 16);
        String file = to < 0 ? "" : text.substring(from + 16, to);
        return !file.isEmpty() && tables.stream().anyMatch(t -> t.contains(file + ": "));
    }

    /// Booleans, numbers and times that are none, set in main.cf or by a service's `-o`. Who reads
    /// one holds its mail or refuses to start; some are read only when mail asks for it.
    private static Set<String> values(Configuration configuration) {
        Set<String> wrong = new LinkedHashSet<>();
        for (Setting each : Setting.all(configuration)) {
            String fault = each.settings().fault(each.name());
            if (fault != null) {
                wrong.add(fault);
            }
        }
        return wrong;
    }

    /// Limits that would stop the start.
    private static Set<String> rates(Configuration configuration) {
        Set<String> wrong = new LinkedHashSet<>(RateChecks.all(configuration.settings()));
        for (Service each : configuration.of(Programs.SMTPD)) {
            wrong.addAll(RateChecks.all(each.settings()));
        }
        for (Service each : configuration.services()) {
            try {
                QmgrParams.checkRates(configuration.settingsOf(Programs.QMGR), each.name());
            } catch (ConfigException e) {
                wrong.add(String.valueOf(e.getMessage()));
            }
        }
        return wrong;
    }

    /// What the postmaster is to be told of that is nothing.
    private static Set<String> notices(Configuration configuration) {
        Set<String> out = new LinkedHashSet<>();
        for (Service each : configuration.services()) {
            for (String text : NotifyClasses.problems(each.settings())) {
                out.add(place(each, text) + ": " + text);
            }
        }
        return out;
    }

    /// Services whose chroot column means `y` by an older default.
    public static List<String> chrootByDefault(Configuration configuration) {
        ServiceSettings settings = configuration.settings();
        MasterCf masterCf = configuration.masterCf();
        List<String> lines = new ArrayList<>();
        if (settings.expand("${{$compatibility_level} <level {1} ? {yes}}").equals("yes")) {
            for (MasterEntry each : masterCf.entries(warning -> {})) {
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

    /// Where the parameter is set that a text names, else one that names the text's file, with its
    /// name; else where the service's line stands.
    private static String place(Service service, String text) {
        for (String word : text.split("[^A-Za-z0-9_]+")) {
            Place set = word.indexOf('_') > 0 ? service.settings().place(word) : null;
            if (set != null) {
                return set.toString();
            }
        }
        Matcher file = FILE.matcher(text);
        while (file.find()) {
            String name = naming(service, file.group());
            Place set = name == null ? null : service.settings().place(name);
            if (set != null) {
                return set + ": " + name;
            }
        }
        return service.place().toString();
    }

    /// A parameter that has a file as its value, or among its words: rather one of the service's
    /// program.
    private static @Nullable String naming(Service service, String file) {
        ServiceSettings own = service.settings();
        String program = service.program().name() + "_";
        Set<String> names = new TreeSet<>(service.line().overrides().keySet());
        names.addAll(own.mainCf().entries().keySet());
        String found = null;
        for (String name : names) {
            boolean better =
                    found == null || !found.startsWith(program) && name.startsWith(program);
            if (better
                    && Values.words(new Setting(own, name, service.place()).text())
                            .contains(file)) {
                found = name;
            }
        }
        return found;
    }

    /// Of one whose settings are no values, nothing more can be said ([#values] names them).
    private static List<String> problems(Service service) {
        try {
            return service.problems();
        } catch (ConfigException e) {
            return List.of(String.valueOf(e.getMessage()));
        }
    }

    /// Keys that cannot sign, and rules for From that are none: mail that needs them waits.
    private static Set<String> signatures(Configuration configuration) {
        Set<String> out = new LinkedHashSet<>();
        for (Service each : configuration.of(Programs.CLEANUP)) {
            for (String text : Cleanup.problems(each.settings())) {
                out.add(place(each, text) + ": " + text);
            }
        }
        return out;
    }

    /// What each service says of itself; what two lines share is said once.
    private static List<String> services(Configuration configuration) {
        Set<String> said = new LinkedHashSet<>();
        List<String> out = new ArrayList<>();
        for (Service each : configuration.services()) {
            for (String text : problems(each)) {
                if (said.add(text)) {
                    out.add(place(each, text) + ": " + text);
                }
            }
        }
        return out;
    }
}

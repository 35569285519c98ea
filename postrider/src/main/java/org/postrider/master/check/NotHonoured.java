package org.postrider.master.check;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.postrider.access.RestrictionChecks;
import org.postrider.config.ConfigException;
import org.postrider.config.Hold;
import org.postrider.config.Holds;
import org.postrider.config.Honoured;
import org.postrider.config.Place;
import org.postrider.config.ServiceSettings;
import org.postrider.config.Values;
import org.postrider.master.Configuration;
import org.postrider.master.Program;
import org.postrider.master.Programs;
import org.postrider.master.Service;

/// What a configuration asks for and this version does not do ([Honoured]): by main.cf, by `-o` on
/// the line of an active service, by a program of master.cf, in a restriction list, as a type of
/// table. One line for each thing that becomes of mail, with every place that it comes from.
final class NotHonoured {
    private static final String STRONG_TLS = "_tls_security_level";

    /// What is said in one line.
    private static final class Line {
        /// main.cf before master.cf.
        final Map<Path, TreeSet<Integer>> places = new TreeMap<>();

        final Map<String, Set<String>> services = new LinkedHashMap<>();
        final Set<String> restrictions = new LinkedHashSet<>();
        final Set<String> tables = new LinkedHashSet<>();
        final Set<String> parameters = new LinkedHashSet<>();

        void at(@Nullable Place place) {
            if (place != null) {
                places.computeIfAbsent(place.file(), _ -> new TreeSet<>()).add(place.line());
            }
        }
    }

    private final Honoured honoured;
    private final List<ServiceSettings> services = new ArrayList<>();
    private final Set<String> programs = new HashSet<>();
    private final Set<Hold> restricted = EnumSet.noneOf(Hold.class);
    private final Map<String, Line> held = new LinkedHashMap<>();
    private final Line harmless = new Line();
    private final Set<String> faults = new LinkedHashSet<>();

    private NotHonoured(Configuration configuration) {
        honoured = configuration.programs().honoured();
    }

    static List<String> all(Configuration configuration) {
        NotHonoured all = new NotHonoured(configuration);
        ServiceSettings settings = configuration.settings();
        configuration.services().forEach(all::service);
        all.parameters(settings, settings.mainCf().entries().keySet());
        for (Service each : configuration.services()) {
            all.parameters(each.settings(), each.line().overrides().keySet());
        }
        return all.lines();
    }

    private Line held(String consequence) {
        return held.computeIfAbsent(consequence, _ -> new Line());
    }

    private void service(Service service) {
        String program = service.program().name();
        programs.add(program);
        services.add(service.settings());
        switch (service.program().kind()) {
            case Program.Kind.Unknown _ ->
                    faults.add(
                            service.place()
                                    + ": service "
                                    + service.name()
                                    + ": unknown program: "
                                    + program);
            case Program.Kind.NotBuilt not ->
                    service(service, service.name(), not.hold().consequence());
            case Program.Kind.Listener _ -> {
                if (program.equals(Programs.SMTPD.name())) {
                    restrictions(service.settings());
                }
            }
            case Program.Kind.Agent _,
                    Program.Kind.Inside _,
                    Program.Kind.Absorbed _,
                    Program.Kind.Idle _ -> {}
        }
    }

    private void service(Service service, String shown, String consequence) {
        Line said = held(consequence);
        said.at(service.place());
        said.services
                .computeIfAbsent(service.program().name(), _ -> new LinkedHashSet<>())
                .add(shown);
    }

    private void restrictions(ServiceSettings own) {
        List<RestrictionChecks.Fault> found;
        try {
            found = RestrictionChecks.of(own);
        } catch (ConfigException e) {
            // Said by the start itself.
            return;
        }
        for (RestrictionChecks.Fault fault : found) {
            Place place = own.place(fault.parameter());
            String name = fault.notBuilt();
            Honoured.Entry entry =
                    name == null ? null : honoured.entry(Honoured.Kind.RESTRICTION, name);
            if (entry != null && entry.verdict() instanceof Honoured.Verdict.Holding h) {
                restricted.add(h.hold());
                Line said = held(h.hold().consequence());
                said.at(place);
                said.restrictions.add(entry.name());
            } else {
                faulty(own, fault, "clients that come to it are answered 451 4.3.5");
            }
        }
        for (RestrictionChecks.Fault idle : RestrictionChecks.idle(own)) {
            faulty(own, idle, "it decides nothing");
        }
    }

    private void faulty(ServiceSettings own, RestrictionChecks.Fault fault, String consequence) {
        Place set = own.place(fault.parameter());
        // A class that is set nowhere is named where it is said to be one.
        Place place = set == null ? own.place("smtpd_restriction_classes") : set;
        faults.add(
                (place == null ? fault.parameter() : place)
                        + ": "
                        + fault.text()
                        + "; "
                        + consequence);
    }

    /// @param names those that are set in one file
    private void parameters(ServiceSettings own, Set<String> names) {
        for (String name : new TreeSet<>(names)) {
            Honoured.Entry entry = honoured.parameter(name);
            tables(own, name);
            if (entry == null || !own.configured(name)) {
                continue;
            }
            switch (entry.verdict()) {
                case Honoured.Verdict.Honours _ -> {}
                case Honoured.Verdict.Harmless _ -> idle(name, own);
                case Honoured.Verdict.Holding h -> {
                    if (Holds.holding(own, name, h) && acts(own, h)) {
                        Line said = held(h.hold().consequence());
                        said.at(own.place(name));
                        said.parameters.add(name);
                    } else {
                        idle(name, own);
                    }
                }
            }
        }
    }

    private void idle(String name, ServiceSettings own) {
        harmless.at(own.place(name));
        harmless.parameters.add(name);
    }

    /// Whether what a setting acts with is there, too: else it does nothing in Postfix either.
    private boolean acts(ServiceSettings own, Honoured.Verdict.Holding h) {
        String with = h.with();
        if (with.isEmpty()) {
            return true;
        }
        if (with.endsWith(STRONG_TLS)) {
            return Holds.strongTls(own, with)
                    || services.stream().anyMatch(s -> Holds.strongTls(s, with));
        }
        if (honoured.entry(Honoured.Kind.PROGRAM, with) != null) {
            return programs.contains(with);
        }
        if (honoured.entry(Honoured.Kind.RESTRICTION, with) != null) {
            return restricted.contains(h.hold());
        }
        // With any setting that opens this door.
        return !Holds.configured(own, h.hold()).isEmpty()
                || services.stream().anyMatch(s -> !Holds.configured(s, h.hold()).isEmpty());
    }

    /// Types of tables that are not built, wherever a value names one.
    private void tables(ServiceSettings own, String name) {
        String value;
        try {
            value = String.valueOf(own.text(name));
        } catch (ConfigException e) {
            return;
        }
        for (String word : Values.words(value)) {
            String bare = word.startsWith("!") ? word.substring(1) : word;
            String spec = bare.startsWith("proxy:") ? bare.substring(6) : bare;
            int colon = spec.indexOf(':');
            Honoured.Entry entry =
                    colon <= 0
                            ? null
                            : honoured.entry(Honoured.Kind.TABLE, spec.substring(0, colon));
            if (entry != null && entry.verdict() instanceof Honoured.Verdict.Holding h) {
                Line said = held(h.hold().consequence());
                said.at(own.place(name));
                said.tables.add(entry.name());
            }
        }
    }

    private List<String> lines() {
        List<String> out = new ArrayList<>(faults);
        held.forEach((consequence, line) ->
                out.add(
                        places(line)
                                + ": accepted and not honoured by this version: "
                                + names(line)
                                + "; "
                                + consequence));
        if (!harmless.parameters.isEmpty()) {
            out.add(
                    places(harmless)
                            + ": accepted and without effect, which harms no mail: "
                            + names(harmless));
        }
        return out;
    }

    private static String places(Line line) {
        List<String> files = new ArrayList<>();
        line.places.forEach((file, lines) -> files.add(file + ", " + numbers(lines)));
        return String.join("; ", files);
    }

    /// `line 3`, `lines 3-5, 9`.
    static String numbers(TreeSet<Integer> lines) {
        List<String> out = new ArrayList<>();
        int from = lines.first();
        int to = from;
        for (int each : lines) {
            if (each > to + 1) {
                out.add(range(from, to));
                from = each;
            }
            to = each;
        }
        out.add(range(from, to));
        return (lines.size() == 1 ? "line " : "lines ") + String.join(", ", out);
    }

    private static String range(int from, int to) {
        return from == to ? Integer.toString(from) : from + "-" + to;
    }

    private static String names(Line line) {
        List<String> out = new ArrayList<>();
        if (!line.services.isEmpty()) {
            List<String> all = new ArrayList<>();
            line.services.forEach((program, names) -> {
                boolean plain = names.size() == 1 && names.contains(program);
                all.add(plain ? program : String.join(" ", names) + " (" + program + ")");
            });
            boolean one = all.size() == 1 && line.services.values().iterator().next().size() == 1;
            out.add((one ? "service " : "services ") + String.join(", ", all));
        }
        plural("restriction", line.restrictions, out);
        plural("table type", line.tables, out);
        if (!line.parameters.isEmpty()) {
            out.add(String.join(" ", line.parameters));
        }
        return String.join("; ", out);
    }

    private static void plural(String what, Set<String> names, List<String> out) {
        if (!names.isEmpty()) {
            out.add(what + (names.size() == 1 ? " " : "s ") + String.join(" ", names));
        }
    }
}

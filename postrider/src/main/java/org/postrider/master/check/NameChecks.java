package org.postrider.master.check;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.postrider.config.Catalogue;
import org.postrider.config.Honoured;
import org.postrider.config.MainCf;
import org.postrider.config.MasterCf;
import org.postrider.config.MasterEntry;
import org.postrider.config.ParameterNames;
import org.postrider.config.ServiceLine;
import org.postrider.config.ServiceSettings;
import org.postrider.master.Configuration;
import org.postrider.postscreen.PostscreenParams;

/// Names in main.cf and master.cf that mean nothing: parameters that nobody has, comments that are
/// part of a value, services that are not there.
final class NameChecks {
    private final Configuration configuration;
    private final ServiceSettings settings;
    private final MainCf mainCf;
    private final MasterCf masterCf;
    private final List<String> out = new ArrayList<>();

    private NameChecks(Configuration configuration) {
        this.configuration = configuration;
        settings = configuration.settings();
        mainCf = settings.mainCf();
        masterCf = configuration.masterCf();
    }

    static List<String> all(Configuration configuration) {
        NameChecks checks = new NameChecks(configuration);
        checks.names();
        checks.comments();
        checks.services();
        return checks.out;
    }

    private void warn(String text) {
        out.add(text);
    }

    private String at(String name) {
        MainCf.Entry entry = mainCf.entries().get(name);
        return mainCf.file() + (entry == null ? "" : ", line " + entry.line());
    }

    private void names() {
        List<MasterEntry> entries = masterCf.entries(this::warn);
        ParameterNames names =
                new ParameterNames(
                        settings,
                        Map.of(),
                        masterCf.file(),
                        entries,
                        configuration.programs().families(),
                        this::warn);
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
                                + ": \"#\" after a value begins no comment, the text is part of"
                                + " the value: "
                                + e.name()
                                + " = "
                                + e.value()
                                + "; put the comment on a line of its own");
            }
        }
    }

    /// Services that main.cf or a line's `-o` names and master.cf does not have.
    private void services() {
        Set<String> names = new HashSet<>();
        for (ServiceLine line : masterCf.services()) {
            names.add(line.name());
        }
        for (Setting each : Setting.all(configuration)) {
            if (!namesService(each)) {
                continue;
            }
            String value = each.text().strip();
            String said = each.place() + ": " + each.name() + " = " + value + ": ";
            int colon = value.indexOf(':');
            String service = colon < 0 ? value : value.substring(0, colon);
            if (service.isEmpty() && !value.isEmpty()) {
                warn(said + "no transport before the colon");
            }
            if (!service.isEmpty() && !service.contains("/") && !names.contains(service)) {
                warn(said + masterCf.file() + " has no service " + service);
            }
        }
    }

    /// Those that [MissingLines] looks for are left to it.
    private boolean namesService(Setting setting) {
        String name = setting.name();
        boolean transport =
                name.matches("(default|local|relay|virtual|error)_transport")
                        || name.equals("content_filter");
        Honoured.Entry entry = Honoured.list().entry(Honoured.Kind.PARAMETER, name);
        boolean read = entry == null || entry.verdict() instanceof Honoured.Verdict.Honours;
        boolean other =
                setting.settings().equals(settings)
                        ? MissingLines.looksFor(name)
                        : name.equals(PostscreenParams.SERVICE_NAME.name());
        return read && !other && (transport || name.endsWith("_service_name"));
    }
}

package org.postrider.command.postconf;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.postrider.command.CommandException;
import org.postrider.command.Messages;
import org.postrider.command.OctetOut;
import org.postrider.config.MainCf;
import org.postrider.config.MasterCf;
import org.postrider.config.MasterEntry;
import org.postrider.config.ParameterNames;
import org.postrider.config.ServiceSettings;
import org.postrider.master.Programs;

/// Shows master.cf: whole services (`-M`), their fields (`-F`) or their `-o` settings (`-P`).
/// Requests are `name`, `name/type` and, for the latter two, `name/type/what`, `*` for any.
final class PostconfMaster {
    private final Postconf.Style style;
    private final OctetOut out;
    private final Messages say;
    private final ServiceSettings settings;
    private final List<MasterEntry> services;
    private final ParameterNames names;

    PostconfMaster(
            Path directory,
            Map<String, String> overrides,
            Postconf.Style style,
            OctetOut out,
            Messages say) {
        this.style = style;
        this.out = out;
        this.say = say;
        MainCf mainCf = MainCf.read(directory.resolve("main.cf"));
        mainCf.warnings().forEach(say::warning);
        MainCf shown = mainCf.without(ParameterNames.READ_ONLY);
        settings = PostconfParameters.settings(shown, overrides);
        Path masterCf = directory.resolve("master.cf");
        services = MasterCf.entries(masterCf, say::warning);
        names =
                new ParameterNames(
                        PostconfParameters.settings(mainCf, overrides),
                        overrides,
                        masterCf,
                        services,
                        Programs.standard().families(),
                        say::warning);
    }

    /// @param all `-PP`: the settings of main.cf, too, as they count for the service
    /// @param classes of parameters that `-PP` shows where none is named
    void show(char mode, boolean all, String classes, String[] requests) throws IOException {
        String[][] asked = new String[Math.max(1, requests.length)][];
        asked[0] = new String[] {"*", "*", "*"};
        for (int i = 0; i < requests.length; i++) {
            String[] parts = Pattern.parts(requests[i], 1, mode == 'M' ? 2 : 3);
            if (parts == null) {
                throw new CommandException(1, wanted(mode));
            }
            if (mode == 'F' && !parts[2].equals("*") && !MasterEntry.FIELDS.contains(parts[2])) {
                throw new CommandException(
                        1, "invalid service attribute name: \"" + parts[2] + "\"");
            }
            asked[i] = parts;
        }
        boolean[] matched = new boolean[asked.length];
        // In the file's order, whatever that of the requests is.
        for (MasterEntry service : services) {
            Map<String, String> shown = service.settings();
            if (all) {
                shown = effective(service, requests.length == 0 ? classes : "all");
            }
            for (int i = 0; i < asked.length; i++) {
                if (!Pattern.matches(asked[i][0], service.service())
                        || !Pattern.matches(asked[i][1], service.type())) {
                    continue;
                }
                matched[i] |=
                        switch (mode) {
                            case 'M' -> service(service);
                            case 'F' -> fields(service, asked[i][2]);
                            default -> settings(service, shown, asked[i][2]);
                        };
            }
        }
        for (int i = 0; i < requests.length; i++) {
            if (!matched[i]) {
                say.warning("unmatched request: \"" + requests[i] + "\"");
            }
        }
        out.flush();
        if (!style.quiet()) {
            names.unused(false).forEach(say::warning);
        }
    }

    private static String wanted(char mode) {
        return "-"
                + mode
                + " option requires service_name[/type"
                + (mode == 'M' ? "]" : mode == 'F' ? "[/field]]" : "[/parameter]]");
    }

    /// Every parameter of some classes, and what counts for a service.
    private Map<String, String> effective(MasterEntry service, String classes) {
        Map<String, String> out = new TreeMap<>();
        Map<String, String> own = own(service);
        for (String name : ParameterClasses.of(classes, settings, names, false)) {
            String value = settings.with(own).unexpanded(name);
            out.put(name, value == null ? names.ofServices().getOrDefault(name, "") : value);
        }
        service.settings().forEach(out::putIfAbsent);
        return out;
    }

    private boolean service(MasterEntry given) throws IOException {
        MasterEntry service = shown(given);
        if (style.json()) {
            out.octet('{').json(service.service() + "/" + service.type()).text(": ");
            out.json(MasterLine.compact(service)).octet('}');
        } else {
            out.text(MasterLine.text(service, style.fold()));
        }
        out.octet('\n');
        return true;
    }

    /// With the values of its settings expanded, if that is asked for.
    private MasterEntry shown(MasterEntry service) {
        MasterEntry shown = service;
        if (style.expand()) {
            for (Map.Entry<String, String> e : service.settings().entrySet()) {
                shown = shown.withSetting(e.getKey(), expanded(service, e.getValue()));
            }
        }
        return shown;
    }

    private String expanded(MasterEntry service, String value) {
        return settings.with(own(service)).expand(value);
    }

    /// Its settings, and what it knows of itself.
    private static Map<String, String> own(MasterEntry service) {
        Map<String, String> out = new HashMap<>(service.settings());
        out.keySet().removeAll(ParameterNames.READ_ONLY);
        out.put("process_name", service.program());
        out.put("service_name", service.service());
        return out;
    }

    private boolean fields(MasterEntry given, String wanted) throws IOException {
        MasterEntry service = shown(given);
        for (int i = 0; i < MasterEntry.FIELDS.size(); i++) {
            String field = MasterEntry.FIELDS.get(i);
            if (!Pattern.matches(wanted, field)) {
                continue;
            }
            String name = name(service, field);
            if (style.json()) {
                String value = i < 7 ? service.fields().get(i) : MasterLine.command(service);
                PostconfParameters.line(out, style, name, value);
                continue;
            }
            String before = style.noNames() ? "" : style.noValues() ? name : name + " = ";
            out.text(MasterLine.field(service, i, before, !style.noValues(), style.fold()));
            out.octet('\n');
        }
        return true;
    }

    private static String name(MasterEntry service, String what) {
        return service.service() + "/" + service.type() + "/" + what;
    }

    private boolean settings(MasterEntry service, Map<String, String> shown, String wanted)
            throws IOException {
        boolean any = wanted.equals("*") && !shown.isEmpty();
        for (Map.Entry<String, String> e : shown.entrySet()) {
            if (Pattern.matches(wanted, e.getKey())) {
                any = true;
                String value = e.getValue();
                PostconfParameters.line(
                        out,
                        style,
                        name(service, e.getKey()),
                        style.expand() ? expanded(service, value) : value);
            }
        }
        return any;
    }
}

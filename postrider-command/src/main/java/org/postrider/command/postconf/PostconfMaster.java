package org.postrider.command.postconf;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
        settings = PostconfParameters.settings(mainCf, overrides);
        Path masterCf = directory.resolve("master.cf");
        services = MasterCf.entries(masterCf, say::warning);
        names =
                new ParameterNames(
                        settings,
                        overrides,
                        masterCf,
                        services,
                        Programs.standard().families(),
                        say::warning);
    }

    void show(char mode, String[] requests) throws IOException {
        String[] asked = requests.length == 0 ? new String[] {"*"} : requests;
        boolean[] matched = new boolean[asked.length];
        if (mode == 'F') {
            fieldNames(asked);
        }
        // In the file's order, whatever that of the requests is.
        for (MasterEntry service : services) {
            for (int i = 0; i < asked.length; i++) {
                String[] parts = asked[i].split("/", 3);
                if (!matches(parts, 0, service.service()) || !matches(parts, 1, service.type())) {
                    continue;
                }
                matched[i] |=
                        switch (mode) {
                            case 'M' -> service(service);
                            case 'F' -> fields(service, parts);
                            default -> settings(service, parts);
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
            names.unusedMaster().forEach(say::warning);
        }
    }

    private static void fieldNames(String[] asked) {
        for (String request : asked) {
            String[] parts = request.split("/", 3);
            if (parts.length == 3
                    && !parts[2].equals("*")
                    && !MasterEntry.FIELDS.contains(parts[2])) {
                throw new CommandException(
                        1, "invalid service attribute name: \"" + parts[2] + "\"");
            }
        }
    }

    private static boolean matches(String[] parts, int at, String value) {
        return at >= parts.length || parts[at].equals("*") || parts[at].equals(value);
    }

    private boolean service(MasterEntry service) throws IOException {
        if (style.json()) {
            out.octet('{');
            for (int i = 0; i < MasterEntry.FIELDS.size(); i++) {
                out.text(i == 0 ? "" : ", ").json(MasterEntry.FIELDS.get(i)).text(": ");
                out.json(i < 7 ? service.fields().get(i) : MasterLine.command(service));
            }
            out.octet('}');
        } else {
            MasterEntry shown = service;
            if (style.expand()) {
                for (Map.Entry<String, String> e : service.settings().entrySet()) {
                    shown = shown.withSetting(e.getKey(), expanded(service, e.getValue()));
                }
            }
            out.text(MasterLine.text(shown, style.fold()));
        }
        out.octet('\n');
        return true;
    }

    private String expanded(MasterEntry service, String value) {
        return settings.with(service.settings()).expand(value);
    }

    private boolean fields(MasterEntry service, String[] parts) throws IOException {
        boolean any = false;
        for (int i = 0; i < MasterEntry.FIELDS.size(); i++) {
            String field = MasterEntry.FIELDS.get(i);
            if (matches(parts, 2, field)) {
                any = true;
                String value = i < 7 ? service.fields().get(i) : MasterLine.command(service);
                PostconfParameters.line(out, style, name(service, field), value);
            }
        }
        return any;
    }

    private static String name(MasterEntry service, String what) {
        return service.service() + "/" + service.type() + "/" + what;
    }

    private boolean settings(MasterEntry service, String[] parts) throws IOException {
        boolean any = false;
        for (Map.Entry<String, String> e : service.settings().entrySet()) {
            if (matches(parts, 2, e.getKey())) {
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

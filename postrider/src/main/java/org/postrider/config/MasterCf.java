package org.postrider.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// master.cf: one service a logical line, eight columns, then the command's arguments (master(5)).
///
/// @param warnings what could be read past, without `warning: `
public record MasterCf(Path file, String text, List<ServiceLine> services, List<String> warnings) {
    private static final List<String> TYPES = List.of("inet", "unix", "unix-dgram", "fifo", "pass");

    /// As a value of debug_peer_list.
    private static final String EVERYBODY = "0.0.0.0/0, [::]/0";

    public MasterCf {
        services = List.copyOf(services);
        warnings = List.copyOf(warnings);
    }

    /// @throws ConfigException with file, line and reason
    public static MasterCf read(Path file) {
        return parse(file, MainCf.text(file));
    }

    /// The same from a text.
    ///
    /// @param file in whose place it is: messages name it
    public static MasterCf parse(Path file, String text) {
        Map<String, ServiceLine> services = new LinkedHashMap<>();
        List<String> warnings = new ArrayList<>();
        for (MainCf.LogicalLine line : MainCf.logicalLines(text)) {
            ServiceLine service = service(file, line);
            String endpoint = endpoint(service);
            ServiceLine other = services.put(endpoint, service);
            if (other != null) {
                warnings.add(
                        "duplicate master.cf entry for service \""
                                + other.name()
                                + "\" ("
                                + endpoint
                                + ") -- using the last entry");
            }
        }
        return new MasterCf(file, text, List.copyOf(services.values()), warnings);
    }

    /// What a service listens on, by which two lines are one service.
    private static String endpoint(ServiceLine line) {
        if (!line.type().equals("inet")) {
            return (line.privateService() ? "private/" : "public/") + line.name();
        }
        int colon = line.name().lastIndexOf(':');
        String host = colon < 0 ? "" : line.name().substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        String port = line.name().substring(colon + 1);
        return host.isEmpty() ? port : "[" + host + "]:" + port;
    }

    /// The services as their columns stand, for those who show and check them.
    ///
    /// @param warnings gets what can be read past
    /// @throws ConfigException as [#entries(Path, Consumer)]
    public List<MasterEntry> entries(Consumer<String> warnings) {
        return entries(file, text, warnings);
    }

    /// The services as their columns stand, for those who show and edit them.
    ///
    /// @param warnings gets what can be read past
    /// @throws ConfigException in `postconf`'s words if the file cannot be read or a line is no
    ///   service
    public static List<MasterEntry> entries(Path file, Consumer<String> warnings) {
        return entries(file, MainCf.text(file), warnings);
    }

    private static List<MasterEntry> entries(Path file, String text, Consumer<String> warnings) {
        List<MasterEntry> out = new ArrayList<>();
        for (MainCf.LogicalLine line : MainCf.logicalLines(text)) {
            if (line.indented()) {
                warnings.accept(
                        file
                                + ": logical line must not start with whitespace: \""
                                + MainCf.shown(line.text())
                                + "\"");
                continue;
            }
            try {
                out.add(MasterEntry.parse(line.text() + line.behind(), line.line(), warnings));
            } catch (MasterEntry.FieldCountException e) {
                throw new ConfigException(
                        "file " + file + ": line " + line.line() + ": bad field count");
            }
        }
        return out;
    }

    private static ConfigException bad(Path file, int line, String why) {
        return new ConfigException(file + ": line " + line + ": " + why);
    }

    private static ServiceLine service(Path file, MainCf.LogicalLine line) {
        List<String> f = MasterEntry.words(line.text());
        checkColumns(file, line.line(), f);
        if (!TYPES.contains(f.get(1))) {
            throw bad(file, line.line(), "invalid transport type: \"" + f.get(1) + "\"");
        }
        boolean inet = f.get(1).equals("inet");
        List<String> arguments =
                MasterEntry.arguments(
                        f.subList(8, f.size()),
                        warning -> {
                            throw bad(file, line.line(), warning);
                        });
        return new ServiceLine(
                f.get(0),
                f.get(1),
                new ServiceLine.Columns(
                        yes(file, line.line(), "private", f.get(2), !inet),
                        yes(file, line.line(), "chroot", f.get(4), false),
                        wakeup(file, line.line(), f.get(5)),
                        limit(file, line.line(), f.get(6))),
                new ServiceLine.Command(
                        program(f.get(7)), arguments, overrides(file, line.line(), arguments)),
                line.line());
    }

    private static void checkColumns(Path file, int line, List<String> f) {
        if (f.size() < 8) {
            String missing =
                    List.of(
                                    "service name",
                                    "transport type",
                                    "private",
                                    "unprivileged",
                                    "chroot",
                                    "wakeup time",
                                    "max_proc",
                                    "command")
                            .get(f.size());
            throw bad(file, line, "missing \"" + missing + "\" field");
        }
    }

    private static String program(String command) {
        return command.substring(command.lastIndexOf('/') + 1);
    }

    private static boolean yes(Path file, int line, String what, String text, boolean otherwise) {
        return switch (text) {
            case "-" -> otherwise;
            case "y" -> true;
            case "n" -> false;
            default ->
                    throw bad(file, line, "invalid \"" + what + "\" field value: \"" + text + "\"");
        };
    }

    private static int wakeup(Path file, int line, String text) {
        if (text.equals("-")) {
            return 0;
        }
        String digits = text.endsWith("?") ? text.substring(0, text.length() - 1) : text;
        return number(file, line, "wakeup time", digits);
    }

    private static int limit(Path file, int line, String text) {
        return text.equals("-") ? -1 : number(file, line, "max_proc", text);
    }

    private static int number(Path file, int line, String what, String text) {
        try {
            int n = Integer.parseInt(text);
            if (n >= 0) {
                return n;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw bad(file, line, "invalid \"" + what + "\" field value: \"" + text + "\"");
    }

    /// Options end at the first word that is none, as getopt has it: what follows is the service's,
    /// such as the command of a pipe(8). `-v` makes the line say what it says of debug_peer_list
    /// with every client and server.
    private static Map<String, String> overrides(Path file, int line, List<String> arguments) {
        Map<String, String> out = new HashMap<>();
        for (int i = 0; i < arguments.size(); i++) {
            String word = arguments.get(i);
            if (!word.startsWith("-") || word.equals("-") || word.equals("--")) {
                break;
            }
            if (word.length() > 1 && word.chars().skip(1).allMatch(c -> c == 'v')) {
                out.put("debug_peer_list", EVERYBODY);
            }
            if (!word.startsWith("-o")) {
                continue;
            }
            String setting = word.length() > 2 ? word.substring(2) : "";
            if (setting.isEmpty() && i + 1 < arguments.size()) {
                setting = arguments.get(++i);
            }
            int equals = setting.indexOf('=');
            if (equals <= 0) {
                throw bad(file, line, "-o option requires name=value: \"" + setting + "\"");
            }
            out.put(setting.substring(0, equals).strip(), setting.substring(equals + 1).strip());
        }
        return out;
    }
}

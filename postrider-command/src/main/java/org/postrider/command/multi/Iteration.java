package org.postrider.command.multi;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.postrider.command.CommandException;
import org.postrider.command.OctetOut;
import org.postrider.command.Terminal;
import org.postrider.command.ToolConfig;
import org.postrider.command.heard.Json;
import org.postrider.config.Reason;
import org.postrider.config.ServiceSettings;
import org.postrider.config.Values;

/// The same command for one instance after the other, each in a process of its own, with the
/// environment that postfix-wrapper(5) promises.
final class Iteration {
    private final Instances instances;
    private final ServiceSettings settings;
    private final OwnCommands programs;
    private final Terminal terminal;

    /// @param settings the first instance's
    Iteration(
            Instances instances,
            ServiceSettings settings,
            OwnCommands programs,
            Terminal terminal) {
        this.instances = instances;
        this.settings = settings;
        this.programs = programs;
        this.terminal = terminal;
    }

    /// `-l`.
    int list(Request request) {
        List<Instance> chosen = instances.selected(request.selection().predicate());
        OctetOut out = new OctetOut(terminal.out());
        try {
            for (Instance each : request.reversed() ? chosen.reversed() : chosen) {
                if (request.json()) {
                    json(each, out);
                } else {
                    out.text(line(each)).text("\n");
                }
            }
            out.flush();
        } catch (IOException e) {
            throw new CommandException(1, "error writing output: " + Reason.of(e));
        }
        terminal.out().flush();
        return 0;
    }

    private static String line(Instance one) {
        return String.format(
                "%-15s %-15s %-9s %s",
                dash(one.name()), dash(one.group()), one.enabled() ? "y" : "n", one.directory());
    }

    private static void json(Instance one, OctetOut out) throws IOException {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put(Instance.NAME, one.name());
        fields.put(Instance.GROUP, one.group());
        fields.put(Instance.ENABLE, one.enabled() ? "yes" : "no");
        fields.put(Instance.CONFIGURATION, one.directory());
        Json.write(fields, out);
        out.text("\n");
    }

    private static String dash(String text) {
        return text.isEmpty() ? "-" : text;
    }

    /// `-p`: postfix(1) for each, in the order and with the verb that fits the command.
    int postfix(Request request) {
        String verb = request.words().getFirst();
        boolean starts = listed("postmulti_start_commands", verb);
        boolean stops = listed("postmulti_stop_commands", verb);
        boolean skips = stops || listed("postmulti_control_commands", verb);
        List<Instance> chosen =
                new ArrayList<>(instances.selected(request.selection().predicate()));
        chosen.removeIf(each -> skips && !each.enabled());
        if (stops) {
            Collections.reverse(chosen);
        }
        List<Command> commands = new ArrayList<>();
        for (Instance each : chosen) {
            List<String> words = new ArrayList<>(List.of(programs.postfix()));
            words.addAll(starts && !each.enabled() ? List.of("check") : request.words());
            commands.add(new Command(each, words));
        }
        return all(commands, request);
    }

    /// `-x`: any command for each.
    int command(Request request) {
        List<Instance> chosen = instances.selected(request.selection().predicate());
        return all(
                (request.reversed() ? chosen.reversed() : chosen)
                        .stream().map(each -> new Command(each, request.words())).toList(),
                request);
    }

    private record Command(Instance on, List<String> words) {}

    private boolean listed(String parameter, String verb) {
        return Values.words(ToolConfig.text(settings, parameter, 1)).contains(verb);
    }

    /// @return 0 if each ended with 0
    private int all(List<Command> commands, Request request) {
        if (commands.isEmpty()) {
            throw new CommandException(1, "No matching instances");
        }
        int status = 0;
        for (Command each : commands) {
            if (run(each, request.verbose()) != 0) {
                status = 1;
            }
        }
        return status;
    }

    private int run(Command command, boolean verbose) {
        terminal.out().flush();
        terminal.err().flush();
        try {
            return programs.run(command.words(), environment(command.on(), verbose), new File("."));
        } catch (IOException e) {
            terminal.err()
                    .print(
                            "postmulti: fatal: execvp "
                                    + command.words().getFirst()
                                    + ": "
                                    + reason(e)
                                    + "\n");
            return 1;
        }
    }

    /// What the system said, which the JDK puts into brackets at the end.
    private static String reason(IOException e) {
        String text = String.valueOf(e.getMessage()).strip();
        int open = text.lastIndexOf('(');
        return open >= 0 && text.endsWith(")")
                ? text.substring(open + 1, text.length() - 1)
                : Reason.of(e);
    }

    private Map<String, String> environment(Instance on, boolean verbose) {
        Map<String, String> out = new HashMap<>();
        out.put("MAIL_CONFIG", on.directory());
        out.put("MAIL_LOGTAG", ToolConfig.text(settings, "syslog_name", 1));
        if (verbose) {
            out.put("MAIL_VERBOSE", "");
        }
        out.put("command_directory", programs.directory());
        out.put("daemon_directory", ToolConfig.text(settings, "daemon_directory", 1));
        out.put(Instance.CONFIGURATION, on.directory());
        out.put(Instance.QUEUE, on.queue());
        out.put(Instance.DATA, on.data());
        out.put(Instance.NAME, on.name());
        out.put(Instance.GROUP, on.group());
        out.put(Instance.ENABLE, on.enabled() ? "yes" : "no");
        return out;
    }
}

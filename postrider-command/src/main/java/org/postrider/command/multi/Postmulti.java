package org.postrider.command.multi;

import java.util.Map;
import org.postrider.command.CommandException;
import org.postrider.command.Messages;
import org.postrider.command.ScriptMessages;
import org.postrider.command.Terminal;
import org.postrider.command.ToolConfig;
import org.postrider.config.ServiceSettings;

/// postmulti(1): lists several mail systems of one host, runs a command for each, makes and removes
/// them. `-c DIRECTORY` (our own) names the first where it is not the usual one.
public final class Postmulti {
    private static final String USUAL = "/etc/postfix";

    private final Terminal terminal;
    private final OwnCommands programs;

    public Postmulti(Terminal terminal, OwnCommands programs) {
        this.terminal = terminal;
        this.programs = programs;
    }

    /// @return the exit status
    public int run(String[] args) {
        try {
            Request request = Request.of(args, terminal);
            String directory = request.directory();
            return act(request, directory == null ? usual() : directory);
        } catch (CommandException e) {
            terminal.out().flush();
            new Messages("postmulti", terminal.err()).fatal(String.valueOf(e.getMessage()));
            return e.status();
        }
    }

    /// Where commands for one instance are told which, nobody may take it for the first.
    private String usual() {
        String told = terminal.mailConfig();
        if (told != null && !told.equals(USUAL)) {
            ToolConfig.settings("postmulti", 1, ToolConfig.directory(told, terminal), terminal);
            throw new CommandException(
                    1, "Non-default configuration directory: MAIL_CONFIG=" + told);
        }
        return USUAL;
    }

    private int act(Request request, String directory) {
        ServiceSettings settings =
                ToolConfig.settings(
                        "postmulti", 1, ToolConfig.directory(directory, terminal), terminal);
        String postconf = ToolConfig.text(settings, "command_directory", 1) + "/postconf";
        Instances instances = Instances.read(directory, settings, postconf, terminal);
        Iteration iteration = new Iteration(instances, settings, programs, terminal);
        return switch (request.mode()) {
            case LIST -> iteration.list(request);
            case POSTFIX -> iteration.postfix(request);
            case COMMAND -> iteration.command(request);
            case EDIT ->
                    new InstanceEditor(
                                    instances,
                                    settings,
                                    new ScriptMessages(
                                            settings, "postmulti-script", terminal.err()),
                                    new Edits(terminal, programs))
                            .edit(request);
        };
    }

    /// What an environment of a command for all instances needs, if it is not postmulti itself that
    /// runs it (multi_instance_wrapper).
    public static Map<String, String> environment(
            ServiceSettings settings, String directory, OwnCommands programs) {
        return Map.of(
                "command_directory",
                programs.directory(),
                "daemon_directory",
                ToolConfig.text(settings, "daemon_directory", 1),
                Instance.CONFIGURATION,
                directory,
                Instance.QUEUE,
                ToolConfig.text(settings, Instance.QUEUE, 1),
                Instance.DATA,
                ToolConfig.text(settings, Instance.DATA, 1));
    }
}

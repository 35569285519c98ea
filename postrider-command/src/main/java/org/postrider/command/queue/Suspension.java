package org.postrider.command.queue;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.postrider.command.CommandException;
import org.postrider.command.ControlClient;
import org.postrider.command.Messages;
import org.postrider.command.Terminal;
import org.postrider.command.ToolConfig;
import org.postrider.config.ServiceSettings;
import org.postrider.control.ControlReply.Result;
import org.postrider.control.ControlRequest;

/// `postqueue [-c directory] --suspend DESTINATION | --resume DESTINATION | --suspended`: the mail
/// of a destination waits until it is resumed, over restarts. For the superuser and mail_owner.
final class Suspension {
    private final String program;
    private final Terminal terminal;
    private final Messages say;
    private final @Nullable String directory;
    private final ControlRequest request;

    private Suspension(
            String program, Terminal terminal, @Nullable String directory, ControlRequest request) {
        this.program = program;
        this.terminal = terminal;
        this.directory = directory;
        this.request = request;
        say = new Messages(program, terminal.err());
    }

    /// @return null where nothing of this is asked for
    static @Nullable Suspension of(String program, String[] args, Terminal terminal) {
        int at = args.length > 1 && args[0].equals("-c") ? 2 : 0;
        int left = args.length - at;
        String verb = left > 0 ? args[at] : "";
        ControlRequest asked =
                left == 2 && verb.equals("--suspend")
                        ? new ControlRequest.Suspend(args[at + 1])
                        : left == 2 && verb.equals("--resume")
                                ? new ControlRequest.Resume(args[at + 1])
                                : left == 1 && verb.equals("--suspended")
                                        ? new ControlRequest.Suspended()
                                        : null;
        return asked == null
                ? null
                : new Suspension(program, terminal, at == 0 ? null : args[1], asked);
    }

    /// @return the exit status: 0, or 69 where it could not be done
    int run() {
        try {
            ServiceSettings settings =
                    ToolConfig.settings(
                            program,
                            CommandException.UNAVAILABLE,
                            ToolConfig.directory(directory, terminal),
                            terminal);
            Path queue = ToolConfig.queueDirectory(settings, CommandException.UNAVAILABLE);
            Result result =
                    new ControlClient(queue).request(request, line -> terminal.out().println(line));
            terminal.out().flush();
            if (result == null) {
                throw new CommandException(CommandException.UNAVAILABLE, "mail system is down");
            }
            if (result != Result.DONE) {
                return CommandException.UNAVAILABLE;
            }
            return 0;
        } catch (CommandException e) {
            say.fatal(String.valueOf(e.getMessage()));
            return e.status();
        } catch (IOException e) {
            say.fatal("Cannot change what is suspended - " + e.getMessage());
            return CommandException.UNAVAILABLE;
        }
    }
}

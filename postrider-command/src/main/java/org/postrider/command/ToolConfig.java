package org.postrider.command;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.postrider.command.environment.ImportedEnvironment;
import org.postrider.config.Catalogue;
import org.postrider.config.CommonParameters;
import org.postrider.config.ConfigException;
import org.postrider.config.HostFacts;
import org.postrider.config.MainCf;
import org.postrider.config.ServiceSettings;

/// Finds the configuration directory and reads what a command needs of it.
public final class ToolConfig {
    private static final String DEFAULT_DIRECTORY = "/etc/postfix";

    /// Those that go no further where inet_interfaces names no address of this machine. Postfix's
    /// sendmail and postdrop do neither: here they take the mail, which waits for the server. What
    /// tells of faults, this program's own, has to be able to.
    private static final String SERVED =
            " postfix postmap postalias newaliases postcat postqueue mailq postsuper postlog"
                    + " postkick postlock postmulti ";

    private ToolConfig() {}

    /// `-c`, else MAIL_CONFIG, else /etc/postfix.
    public static Path directory(@Nullable String option, Terminal terminal) {
        String chosen = option != null ? option : terminal.mailConfig();
        return OctetPath.of(chosen == null ? DEFAULT_DIRECTORY : chosen.isEmpty() ? "/" : chosen);
    }

    /// Reads main.cf and checks what every program of Postfix needs of it; warnings go to err.
    ///
    /// @throws CommandException in Postfix's words where a value cannot be used
    public static ServiceSettings settings(
            String program, int status, Path directory, Terminal terminal) {
        ServiceSettings settings = unchecked(program, status, directory, terminal);
        try {
            check(settings, program, status, terminal.err());
            return HostFacts.withOrigin(settings);
        } catch (ConfigException e) {
            throw new CommandException(status, String.valueOf(e.getMessage()));
        }
    }

    /// Checks it, and goes over into the zone that it says.
    ///
    /// @throws ConfigException in Postfix's words
    static void check(ServiceSettings settings, String program, int status, PrintStream err) {
        CommonParameters.check(
                settings, warning -> err.print(program + ": warning: " + warning + "\n"));
        if (!program.equals("postconf")) {
            ImportedEnvironment.zone(settings, program, status);
        }
        if (SERVED.contains(" " + program + " ")) {
            CommonParameters.interfaces(settings);
        }
    }

    /// Reads main.cf; its warnings go to err.
    ///
    /// @throws CommandException in Postfix's words where it cannot be read
    public static ServiceSettings unchecked(
            String program, int status, Path directory, Terminal terminal) {
        try {
            MainCf mainCf = MainCf.read(directory.resolve("main.cf"));
            for (String warning : mainCf.warnings()) {
                terminal.err().print(program + ": warning: " + warning + "\n");
            }
            return ServiceSettings.of(mainCf, Catalogue.load(), HostFacts.names(mainCf));
        } catch (ConfigException e) {
            throw new CommandException(status, String.valueOf(e.getMessage()));
        }
    }

    /// A setting's text, expanded; empty where there is none.
    public static String text(ServiceSettings settings, String name, int status) {
        try {
            String text = settings.text(name);
            return text == null ? "" : text;
        } catch (ConfigException e) {
            throw new CommandException(status, String.valueOf(e.getMessage()));
        }
    }

    public static Path queueDirectory(ServiceSettings settings, int status) {
        return Path.of(text(settings, "queue_directory", status));
    }

    /// The same, where the command may go into it, as each of Postfix's does before its work.
    public static Path enteredQueue(ServiceSettings settings, int status) {
        Path queue = queueDirectory(settings, status);
        entered(queue, status);
        return queue;
    }

    /// @throws CommandException `chdir DIRECTORY: …` where this user cannot go into it
    public static void entered(Path queue, int status) {
        boolean directory = Files.isDirectory(queue);
        if (directory && Files.isExecutable(queue)) {
            return;
        }
        String why =
                directory
                        ? "Permission denied"
                        : Files.exists(queue) ? "Not a directory" : "No such file or directory";
        throw new CommandException(status, "chdir " + queue + ": " + why);
    }

    /// postfix(1)'s: a directory that is missing is made. A relative one Postfix looks for where
    /// nobody has it, and goes no further.
    static void entering(Path queue) {
        boolean relative = !queue.isAbsolute();
        if (relative || (Files.exists(queue) && !Files.isDirectory(queue))) {
            String why = relative ? "No such file or directory" : "Not a directory";
            throw new CommandException(1, "chdir(" + queue + "): " + why);
        }
    }
}

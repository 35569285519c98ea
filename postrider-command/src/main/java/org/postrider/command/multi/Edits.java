package org.postrider.command.multi;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.postrider.command.CommandException;
import org.postrider.command.OctetPath;
import org.postrider.command.Terminal;
import org.postrider.command.ToolConfig;
import org.postrider.command.postconf.Postconf;
import org.postrider.command.queue.OfflineQueue;
import org.postrider.command.queue.Postqueue;
import org.postrider.config.Reason;
import org.postrider.config.ServiceSettings;

/// What is done to an instance's files by other commands of this program.
final class Edits {
    private final Terminal terminal;
    private final OwnCommands programs;

    Edits(Terminal terminal, OwnCommands programs) {
        this.terminal = terminal;
        this.programs = programs;
    }

    /// Where this program's own commands and `conf/` are.
    Path programs() {
        return Path.of(programs.directory());
    }

    /// `postconf -e`.
    ///
    /// @param settings `name = value`
    /// @throws CommandException if it could not; why has been said
    void set(String directory, List<String> settings) {
        postconf(directory, "-e", settings);
    }

    private void postconf(String directory, String how, List<String> words) {
        if (words.isEmpty()) {
            return;
        }
        List<String> args = new ArrayList<>(List.of("-c", directory, how));
        args.addAll(words);
        if (new Postconf(terminal).run(args.toArray(new String[0])) != 0) {
            throw new Told();
        }
    }

    /// A command said what is wrong; nothing is left to be said.
    static final class Told extends RuntimeException {
        private static final long serialVersionUID = 1;

        Told() {
            super("", null, false, false);
        }
    }

    /// `postfix COMMAND` for an instance.
    ///
    /// @return its exit status
    int postfix(String directory, String command) {
        terminal.out().flush();
        terminal.err().flush();
        try {
            return programs.run(
                    List.of(programs.postfix(), "-c", directory, command), Map.of(), new File("/"));
        } catch (IOException e) {
            throw new CommandException(1, "execvp " + programs.postfix() + ": " + Reason.of(e));
        }
    }

    /// Whether there is mail in its queue, damaged or not, or in maildrop, or nobody can tell. It
    /// is stopped.
    ///
    /// @param settings the instance's
    boolean hasMail(String directory, ServiceSettings settings) {
        Path journal =
                OctetPath.of(ToolConfig.text(settings, Instance.QUEUE, 1)).resolve("journal");
        // A link's may be another one's, and stays.
        if (Files.isDirectory(journal, LinkOption.NOFOLLOW_LINKS)
                && OfflineQueue.hasMail(settings)) {
            return true;
        }
        boolean[] any = new boolean[1];
        PrintStream seen =
                new PrintStream(
                        new OutputStream() {
                            @Override
                            public void write(int octet) {
                                any[0] = true;
                            }
                        });
        // That the mail system is down is known, and what else is wrong counts as mail.
        Terminal asking =
                new Terminal(
                        terminal.in(),
                        seen,
                        new PrintStream(OutputStream.nullOutputStream()),
                        directory);
        int status = new Postqueue("postqueue", asking).run(new String[] {"-c", directory, "-j"});
        seen.flush();
        return status != 0 || any[0];
    }
}

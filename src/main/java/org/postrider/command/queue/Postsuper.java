package org.postrider.command.queue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.command.CommandException;
import org.postrider.command.ControlClient;
import org.postrider.command.Messages;
import org.postrider.command.Options;
import org.postrider.command.Terminal;
import org.postrider.command.ToolConfig;
import org.postrider.command.ToolLog;
import org.postrider.config.Reason;
import org.postrider.config.ServiceSettings;

/// `postsuper -d|-h|-H|-r|-e|-f id|-|ALL [queue…]`. Asks the server; with it down, takes the spool
/// and does the same itself.
public final class Postsuper {
    private static final String USAGE =
            "usage: postsuper [-c config_dir] [-d queue_id (delete)] [-e queue_id (expire)] [-f"
                    + " queue_id (expire and/or un-hold)] [-h queue_id (hold)] [-H queue_id"
                    + " (un-hold)] [-p (purge temporary files)] [-r queue_id (requeue)] [-s"
                    + " (structure fix)] [-S (redundant structure fix)][-v (verbose)] [queue...]";
    private static final List<String> QUEUES =
            List.of(
                    "maildrop",
                    "hold",
                    "incoming",
                    "active",
                    "deferred",
                    "corrupt",
                    "bounce",
                    "defer",
                    "trace",
                    "flush");

    /// Ids in one request.
    private static final int BATCH = 500;

    /// In the order of their last lines.
    private enum Action {
        REQUEUE("requeue", "Requeued"),
        DELETE("delete", "Deleted"),
        EXPIRE("expire", "Force-expired"),
        HOLD("hold", "Placed on hold"),
        RELEASE("release", "Released from hold");

        private final String verb;
        private final String word;

        Action(String verb, String word) {
            this.verb = verb;
            this.word = word;
        }
    }

    private record Wanted(Action action, String id) {}

    private final Terminal terminal;
    private final Messages say;
    private final List<Wanted> wanted = new ArrayList<>();
    private final Map<Action, Integer> counts = new EnumMap<>(Action.class);
    private @Nullable String configDirectory;

    public Postsuper(Terminal terminal) {
        this.terminal = terminal;
        say = new Messages("postsuper", terminal.err());
    }

    public static void main(String[] args) {
        Terminal terminal = Terminal.system();
        int status = new Postsuper(terminal).run(args);
        terminal.err().flush();
        System.exit(status);
    }

    /// @return the exit status: 0 also where no message was found, 1 where it could not be done
    public int run(String[] args) {
        Options options = new Options("postsuper", "c:d:e:f:h:H:pr:sSv", args, terminal.err());
        try {
            for (char c = options.next(); c != 0; c = options.next()) {
                option(c, options.argument());
            }
            Path directory = ToolConfig.directory(configDirectory, terminal);
            ServiceSettings settings = ToolConfig.settings("postsuper", 1, directory, terminal);
            List<String> queues = List.of(options.rest());
            for (String name : queues) {
                if (!QUEUES.contains(name)) {
                    throw new CommandException(1, "invalid directory name: " + name);
                }
            }
            try (ToolLog log = ToolLog.open(settings, "postsuper")) {
                act(settings, queues, log);
            }
            return 0;
        } catch (CommandException e) {
            say.fatal(String.valueOf(e.getMessage()));
            return e.status();
        } catch (ControlClient.DeniedException e) {
            say.fatal("use of this command is reserved for the superuser");
            return 1;
        } catch (IOException e) {
            say.fatal(Reason.of(e));
            return 1;
        }
    }

    private void option(char c, String argument) {
        switch (c) {
            case 'c' -> configDirectory = argument;
            case 'd' -> wanted.add(new Wanted(Action.DELETE, argument));
            case 'e' -> wanted.add(new Wanted(Action.EXPIRE, argument));
            case 'h' -> wanted.add(new Wanted(Action.HOLD, argument));
            case 'H' -> wanted.add(new Wanted(Action.RELEASE, argument));
            case 'r' -> wanted.add(new Wanted(Action.REQUEUE, argument));
            case 'f' -> {
                wanted.add(new Wanted(Action.EXPIRE, argument));
                wanted.add(new Wanted(Action.RELEASE, argument));
            }
            // A journal has no temporary files and no directory structure to repair.
            case 'p', 's', 'S', 'v' -> {}
            default -> throw new CommandException(1, USAGE);
        }
    }

    private void act(ServiceSettings settings, List<String> queues, ToolLog log)
            throws IOException {
        if (wanted.isEmpty()) {
            return;
        }
        try (QueueAccess access =
                new QueueAccess(settings, ToolConfig.queueDirectory(settings, 1), say)) {
            for (Wanted w : wanted) {
                counts.merge(w.action(), perform(w, queues, access, log), Integer::sum);
            }
        }
        for (Map.Entry<Action, Integer> e : counts.entrySet()) {
            int n = e.getValue();
            tell(e.getKey().word + ": " + n + (n == 1 ? " message" : " messages"), log);
        }
    }

    private void tell(String text, ToolLog log) {
        say.info(text);
        log.info(text);
    }

    private int perform(Wanted w, List<String> queues, QueueAccess access, ToolLog log)
            throws IOException {
        int[] count = new int[1];
        List<String> words = new ArrayList<>();
        words.add(w.action().verb);
        if (w.id().equals("-")) {
            fromInput(words, count, access, log);
            return count[0];
        }
        if (w.id().equals("ALL")) {
            words.add("ALL");
            words.addAll(queues);
        } else if (!checked(w.id(), log)) {
            return 0;
        } else {
            words.add(w.id());
        }
        request(words, count, access, log);
        return count[0];
    }

    private boolean checked(String id, ToolLog log) {
        if (PostfixIds.valid(id)) {
            return true;
        }
        say.warning("invalid mail queue id: " + id);
        log.warning("invalid mail queue id: " + id);
        return false;
    }

    private void fromInput(List<String> verb, int[] count, QueueAccess access, ToolLog log)
            throws IOException {
        BufferedReader in =
                new BufferedReader(
                        new InputStreamReader(terminal.in(), StandardCharsets.ISO_8859_1));
        List<String> words = new ArrayList<>(verb);
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String id = line.strip();
            if (!id.isEmpty() && checked(id, log)) {
                words.add(id);
            }
            if (words.size() > BATCH) {
                request(words, count, access, log);
                words = new ArrayList<>(verb);
            }
        }
        if (words.size() > 1) {
            request(words, count, access, log);
        }
    }

    private void request(List<String> words, int[] count, QueueAccess access, ToolLog log)
            throws IOException {
        boolean all = words.get(1).equals("ALL");
        access.act(
                words,
                line -> {
                    count[0]++;
                    // Of a whole queue only the sum is told.
                    if (!all) {
                        tell(line, log);
                    }
                });
    }
}

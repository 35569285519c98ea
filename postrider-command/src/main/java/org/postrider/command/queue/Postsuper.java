package org.postrider.command.queue;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.command.CommandException;
import org.postrider.command.ControlClient;
import org.postrider.command.Messages;
import org.postrider.command.Octets;
import org.postrider.command.Options;
import org.postrider.command.Terminal;
import org.postrider.command.ToolConfig;
import org.postrider.command.ToolLog;
import org.postrider.config.Reason;
import org.postrider.config.ServiceSettings;
import org.postrider.control.ControlRequest;
import org.postrider.control.ControlRequest.Selection;
import org.postrider.showq.Filter;
import org.postrider.showq.QueueAction;

/// `postsuper -d|-h|-H|-r|-e|-f id|-|ALL [queue…]`, and with ALL this program's own `--where
/// FILTER` and `--dry-run`. Asks the server; with it down, takes the spool and does the same
/// itself.
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

    /// A last line of postsuper: how many it was done to.
    private record Sum(QueueAction action, String word) {}

    /// In their order.
    private static final List<Sum> SUMS =
            List.of(
                    new Sum(QueueAction.REQUEUE, "Requeued"),
                    new Sum(QueueAction.DELETE, "Deleted"),
                    new Sum(QueueAction.EXPIRE, "Force-expired"),
                    new Sum(QueueAction.HOLD, "Placed on hold"),
                    new Sum(QueueAction.RELEASE, "Released from hold"));

    private record Wanted(QueueAction action, String id) {}

    private final Terminal terminal;
    private final Messages say;
    private final List<Wanted> wanted = new ArrayList<>();
    private final Map<QueueAction, Integer> counts = new EnumMap<>(QueueAction.class);
    private @Nullable String configDirectory;
    private WhereOption where = new WhereOption(null, false, new String[0]);

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
        Path directory = Path.of("");
        boolean known = false; // The settings are: what goes wrong is told the log, too.
        try {
            notNobody(args);
            where = WhereOption.of(args, 1);
            Options options =
                    new Options("postsuper", "c:d:e:f:h:H:pr:sSv", where.rest(), terminal.err());
            for (char c = options.next(); c != 0; c = options.next()) {
                option(c, options.argument());
            }
            directory = ToolConfig.directory(configDirectory, terminal);
            ServiceSettings settings = allowed(directory);
            known = true;
            checkWhere();
            List<String> queues = List.of(options.rest());
            for (String name : queues) {
                if (!QUEUES.contains(name)) {
                    throw new CommandException(1, "invalid directory name: " + name);
                }
            }
            ToolConfig.enteredQueue(settings, 1);
            try (ToolLog log = ToolLog.open(settings, "postsuper")) {
                act(settings, queues, log);
            }
            return 0;
        } catch (CommandException e) {
            say.fatal(e);
            if (known) {
                ToolLog.failed(directory, "postsuper", "fatal: " + e.getMessage());
            }
            return e.status();
        } catch (ControlClient.DeniedException e) {
            say.fatal("use of this command is reserved for the superuser");
            return 1;
        } catch (IOException e) {
            say.fatal(Reason.of(e));
            return 1;
        }
    }

    /// A filter chooses among all: it stands beside no id.
    private void checkWhere() {
        if (where.filter() == null) {
            if (where.dry()) {
                throw new CommandException(1, "--dry-run needs --where");
            }
            return;
        }
        if (wanted.isEmpty()) {
            throw new CommandException(1, "--where needs one of -d -e -f -h -H -r");
        }
        for (Wanted w : wanted) {
            if (!w.id().equals("ALL")) {
                throw new CommandException(1, "--where chooses among ALL, not \"" + w.id() + "\"");
            }
        }
    }

    /// Whoever asks, and for whatever: he is root, or the queue is there and his.
    private ServiceSettings allowed(Path directory) throws IOException {
        String user = String.valueOf(System.getProperty("user.name"));
        if (user.equals("root")) {
            return ToolConfig.settings("postsuper", 1, directory, terminal);
        }
        ServiceSettings settings;
        try {
            settings = ToolConfig.settings("postsuper", 1, directory, terminal);
        } catch (CommandException e) {
            // Nobody's queue is named: this user is not told what else is wrong.
            throw reserved();
        }
        Path queue = ToolConfig.queueDirectory(settings, 1);
        if (!Files.exists(queue) || !user.equals(Files.getOwner(queue).getName())) {
            throw reserved();
        }
        return settings;
    }

    /// Before anything else is said of what was asked for.
    private void notNobody(String[] args) throws IOException {
        if ("root".equals(System.getProperty("user.name"))) {
            return;
        }
        String named = null;
        for (int i = 0; i < args.length && !args[i].equals("--"); i++) {
            if (args[i].equals("-c") && i + 1 < args.length) {
                named = args[i + 1];
            } else if (args[i].startsWith("-c")) {
                named = args[i].substring(2);
            }
        }
        allowed(ToolConfig.directory(named, terminal));
    }

    private static CommandException reserved() {
        return new CommandException(1, "use of this command is reserved for the superuser");
    }

    private void option(char c, String argument) {
        switch (c) {
            case 'c' -> configDirectory = argument;
            case 'd' -> wanted.add(new Wanted(QueueAction.DELETE, argument));
            case 'e' -> wanted.add(new Wanted(QueueAction.EXPIRE, argument));
            case 'h' -> wanted.add(new Wanted(QueueAction.HOLD, argument));
            case 'H' -> wanted.add(new Wanted(QueueAction.RELEASE, argument));
            case 'r' -> wanted.add(new Wanted(QueueAction.REQUEUE, argument));
            case 'f' -> {
                wanted.add(new Wanted(QueueAction.EXPIRE, argument));
                wanted.add(new Wanted(QueueAction.RELEASE, argument));
            }
            // The queue is a journal, which has neither temporary files nor a structure of
            // directories: what -p, -s and -S look for cannot be.
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
        for (Sum sum : SUMS) {
            Integer n = counts.get(sum.action());
            if (n != null) {
                String text = sum.word() + ": " + n + (n == 1 ? " message" : " messages");
                if (where.dry()) {
                    say.info(text + " (dry run: nothing was changed)");
                } else {
                    tell(text, log);
                }
            }
        }
    }

    private void tell(String text, ToolLog log) {
        say.info(text);
        log.info(text);
    }

    private int perform(Wanted w, List<String> queues, QueueAccess access, ToolLog log)
            throws IOException {
        int[] count = new int[1];
        if (w.id().equals("-")) {
            fromInput(w.action(), count, access, log);
        } else if (w.id().equals("ALL")) {
            // Of a whole queue only the sum is told.
            access.act(new ControlRequest.Act(w.action(), selection(queues)), line -> count[0]++);
        } else if (checked(w.id(), log)) {
            request(w.action(), List.of(w.id()), count, access, log);
        }
        return count[0];
    }

    private Selection selection(List<String> queues) {
        Filter filter = where.filter();
        return filter == null
                ? new Selection.Queues(queues)
                : new Selection.Where(queues, filter, where.dry());
    }

    private boolean checked(String id, ToolLog log) {
        if (PostfixIds.valid(id)) {
            return true;
        }
        say.warning("invalid mail queue id: " + id);
        log.warning("invalid mail queue id: " + id);
        return false;
    }

    private void fromInput(QueueAction action, int[] count, QueueAccess access, ToolLog log)
            throws IOException {
        InputStream in = new BufferedInputStream(terminal.in());
        List<String> ids = new ArrayList<>();
        for (String line = Octets.line(in); line != null; line = Octets.line(in)) {
            if (checked(line, log)) {
                ids.add(line);
            }
            if (ids.size() == BATCH) {
                request(action, ids, count, access, log);
                ids.clear();
            }
        }
        if (!ids.isEmpty()) {
            request(action, ids, count, access, log);
        }
    }

    private void request(
            QueueAction action, List<String> ids, int[] count, QueueAccess access, ToolLog log)
            throws IOException {
        access.act(
                new ControlRequest.Act(action, new Selection.Ids(ids)),
                line -> {
                    count[0]++;
                    tell(line, log);
                });
    }
}

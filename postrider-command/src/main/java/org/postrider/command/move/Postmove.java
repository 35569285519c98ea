package org.postrider.command.move;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.bounce.BounceParams;
import org.postrider.command.CommandException;
import org.postrider.command.Messages;
import org.postrider.command.OctetPath;
import org.postrider.command.Options;
import org.postrider.command.Terminal;
import org.postrider.command.ToolConfig;
import org.postrider.command.ToolLog;
import org.postrider.config.Reason;
import org.postrider.config.ServiceSettings;
import org.postrider.disk.Disk;
import org.postrider.disk.MasterLock;
import org.postrider.disk.Reading;
import org.postrider.disk.RealDisk;
import org.postrider.master.Directories;
import org.postrider.moving.Export;
import org.postrider.moving.Import;
import org.postrider.moving.Ledger;
import org.postrider.moving.PostfixQueue;
import org.postrider.moving.Submissions;
import org.postrider.moving.Unfinished;
import org.postrider.queue.JournalQueue;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueParams;
import org.postrider.queue.QueueReader;
import org.postrider.time.Clock;

/// `postmove [-nv] [-c config_dir] import|export queue_directory`. While it works neither mail
/// system starts.
public final class Postmove {
    private static final String USAGE =
            "usage: postmove [-nv] [-c config_dir] import|export postfix_queue_directory";

    private final Terminal terminal;
    private final Messages say;
    private @Nullable String configDirectory;
    private boolean dry;
    private boolean verbose;

    public Postmove(Terminal terminal) {
        this.terminal = terminal;
        say = new Messages("postmove", terminal.err());
    }

    /// @return the exit status: 0 when all was moved, 1 when something was left or nothing could be
    ///   done
    public int run(String[] args) {
        String[] words = args.clone();
        for (int i = 0; i < words.length; i++) {
            words[i] = words[i].equals("--dry-run") ? "-n" : words[i];
        }
        Options options = new Options("postmove", "c:nv", words, terminal.err());
        try {
            for (char c = options.next(); c != 0; c = options.next()) {
                switch (c) {
                    case 'c' -> configDirectory = options.argument();
                    case 'n' -> dry = true;
                    case 'v' -> verbose = true;
                    default -> throw new CommandException(1, USAGE);
                }
            }
            String[] rest = options.rest();
            if (rest.length != 2 || !(rest[0].equals("import") || rest[0].equals("export"))) {
                throw new CommandException(1, USAGE);
            }
            return move(rest[0].equals("import"), OctetPath.of(rest[1]).toAbsolutePath());
        } catch (CommandException e) {
            say.fatal(String.valueOf(e.getMessage()));
            return e.status();
        } catch (QueueException e) {
            say.fatal(String.valueOf(e.getMessage()));
            return 1;
        } catch (UncheckedIOException e) {
            say.fatal(Reason.of(e));
            return 1;
        } catch (IOException e) {
            say.fatal(Reason.of(e));
            return 1;
        }
    }

    private int move(boolean in, Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new CommandException(1, directory + ": not a directory");
        }
        ServiceSettings settings =
                ToolConfig.settings(
                        "postmove", 1, ToolConfig.directory(configDirectory, terminal), terminal);
        Path ours = ToolConfig.queueDirectory(settings, 1).toAbsolutePath();
        if (in && Files.isDirectory(directory.resolve("journal")) && !same(directory, ours)) {
            throw new CommandException(
                    1,
                    directory + ": is a queue of ours, not of Postfix: name its queue_directory");
        }
        Path data = Path.of(ToolConfig.text(settings, "data_directory", 1));
        if (!dry) {
            Directories.makeMissing(ours, data);
        }
        List<MasterLock> locks = new ArrayList<>();
        try (ToolLog log = ToolLog.open(settings, "postmove")) {
            lock(List.of(ours.resolve("pid/master.pid"), data.resolve("master.lock")), locks);
            if (!same(directory, ours) && Files.isDirectory(directory.resolve("pid"))) {
                lock(List.of(directory.resolve("pid/master.pid")), locks);
            }
            return moved(in, settings, ours, directory, log);
        } finally {
            locks.forEach(MasterLock::close);
        }
    }

    private static boolean same(Path a, Path b) throws IOException {
        return Files.exists(b) && Files.isSameFile(a, b);
    }

    private void lock(List<Path> files, List<MasterLock> taken) throws IOException {
        for (Path file : files) {
            if (dry && Files.notExists(file)) {
                continue;
            }
            MasterLock lock = MasterLock.take(file);
            if (lock == null) {
                String pid = Reading.text(file, Reading.SHORT).strip();
                throw new CommandException(
                        1,
                        file
                                + ": a mail system runs here"
                                + (pid.isEmpty() ? "" : " (PID " + pid + ")")
                                + ": stop it first");
            }
            taken.add(lock);
        }
    }

    private int moved(boolean in, ServiceSettings settings, Path ours, Path directory, ToolLog log)
            throws IOException {
        Disk disk = new RealDisk();
        Ledger ledger = new Ledger(disk, ours);
        PostfixQueue postfix = postfix(disk, directory, settings);
        Counts counts = new Counts(say, dry ? null : log, directory, verbose);
        Submissions others = new Submissions(postfix, ours, ledger, dry, counts);
        boolean longIds = settings.get(QueueParams.ENABLE_LONG_QUEUE_IDS);
        Duration warning = settings.get(BounceParams.DELAY_WARNING_TIME);
        Export.Options options = new Export.Options(longIds, warning.toSeconds());
        JournalQueue.Options kind = JournalQueue.Options.of(settings);
        if (!dry) {
            try (Queue queue = JournalQueue.open(disk, ours, kind, Clock.system(), say::warning)) {
                int n = Unfinished.end(queue, ours, ledger, d -> postfix(disk, d, settings));
                if (n > 0) {
                    say.info("ended what an interrupted run had begun: " + n);
                }
                if (in) {
                    new Import(postfix, queue, ledger, longIds, counts).messages();
                } else {
                    new Export(queue, postfix, ledger, options, counts).messages();
                }
                submissions(in, others);
            }
            return counts.sum(in, false);
        }
        if (in) {
            new Import(postfix, null, ledger, longIds, counts).messages();
        } else if (Files.isDirectory(ours.resolve("journal"))) {
            // Where there is none, nothing was ever taken, and a look does not make one.
            try (QueueReader queue =
                    JournalQueue.openToRead(disk, ours, kind, Clock.system(), say::warning)) {
                Export.dry(queue, postfix, ledger, options, counts).messages();
            }
        }
        submissions(in, others);
        return counts.sum(in, true);
    }

    private static void submissions(boolean in, Submissions all) throws IOException {
        if (in) {
            all.take();
            all.takeCorrupt();
        } else {
            all.give();
            all.giveCorrupt();
        }
    }

    private static PostfixQueue postfix(Disk disk, Path directory, ServiceSettings settings) {
        String names = ToolConfig.text(settings, "hash_queue_names", 1);
        int depth;
        try {
            depth = Integer.parseInt(ToolConfig.text(settings, "hash_queue_depth", 1));
        } catch (NumberFormatException e) {
            depth = 1;
        }
        return new PostfixQueue(
                disk, directory, Set.of(names.strip().split("[ ,\\t\\r\\n]+")), depth);
    }
}

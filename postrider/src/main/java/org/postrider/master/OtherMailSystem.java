package org.postrider.master;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.config.Settings;
import org.postrider.disk.MasterLock;
import org.postrider.disk.Reading;

/// Another mail system on the directories of this one: a Postfix that runs, or the mail that one
/// left in its queue. Any thread.
public final class OtherMailSystem {
    /// Postfix's own, in files of its own format; this server keeps its mail in `journal`.
    private static final List<String> QUEUES = List.of("incoming", "active", "deferred", "hold");

    /// A file of queue_directory that is there while mail is moved between it and a Postfix's
    /// (postmove). Of a run that was interrupted it stays: messages may be in both queues then.
    public static final String MOVING = "moving";

    private static final int DEEPEST = 16;
    private static final int MOST = 100_000;

    private OtherMailSystem() {}

    /// Takes the locks of `queue_directory` and `data_directory`.
    ///
    /// @param pid the process whose end stops this mail system, written into both
    /// @throws ConfigException when another one has them; none is kept then
    static List<MasterLock> keepOut(Settings settings, long pid) throws IOException {
        List<MasterLock> taken = new ArrayList<>();
        boolean all = false;
        try {
            String unfinished = unfinished(settings);
            if (unfinished != null) {
                throw new ConfigException(unfinished);
            }
            for (Path file : locks(settings)) {
                MasterLock lock = MasterLock.take(file, pid);
                if (lock == null) {
                    throw new ConfigException(
                            "open lock file "
                                    + file
                                    + ": unable to set exclusive lock: Resource temporarily"
                                    + " unavailable: another mail system runs here");
                }
                taken.add(lock);
            }
            all = true;
            return taken;
        } finally {
            if (!all) {
                taken.forEach(MasterLock::close);
            }
        }
    }

    /// @return why the server must not start; null where it may
    private static @Nullable String unfinished(Settings settings) {
        Path file = Path.of(settings.get(MasterParams.QUEUE_DIRECTORY), MOVING);
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                ? file
                        + ": a postmove was interrupted and some mail may be in two queues; give"
                        + " the same command once more"
                : null;
    }

    private static List<Path> locks(Settings settings) {
        return List.of(
                Path.of(settings.get(MasterParams.QUEUE_DIRECTORY), "pid/master.pid"),
                Path.of(settings.get(MasterParams.DATA_DIRECTORY), "master.lock"));
    }

    /// Who holds the locks of `queue_directory` and `data_directory`: `PID 4711`, `an unknown
    /// process`; null when nobody does, or it is not for this user to know.
    public static @Nullable String running(Settings settings) {
        for (Path file : locks(settings)) {
            try {
                if (MasterLock.held(file)) {
                    String pid = Reading.text(file, Reading.SHORT).strip();
                    return pid.isEmpty() ? "an unknown process" : "PID " + pid;
                }
            } catch (IOException e) {
                // Not this user's: the server itself will say what it cannot open.
            }
        }
        return null;
    }

    /// A Postfix that runs on this queue directory, for commands that would wait for it in vain: it
    /// takes neither our files in maildrop nor our words. This server, also while it starts, is
    /// none.
    ///
    /// @return `QUEUE is in use by another mail system (PID 4711)`; null when there is none, or it
    ///   is not for this user to know
    public static @Nullable String postfix(Path queue) {
        Path file = queue.resolve("pid/master.pid");
        try {
            String pid = Reading.text(file, Reading.SHORT).strip();
            boolean master =
                    !pid.isEmpty()
                            && Reading.text(Path.of("/proc", pid, "comm"), Reading.SHORT)
                                    .strip()
                                    .equals("master");
            return master && MasterLock.held(file)
                    ? queue + " is in use by another mail system (PID " + pid + ")"
                    : null;
        } catch (IOException e) {
            return null;
        }
    }

    /// Mail of a Postfix in this queue directory, for start and `postfix check`.
    ///
    /// @return one line with what to do, or none
    public static List<String> mail(Settings settings) {
        Path queue = Path.of(settings.get(MasterParams.QUEUE_DIRECTORY));
        String unfinished = unfinished(settings);
        if (unfinished != null) {
            return List.of(unfinished);
        }
        List<String> found = new ArrayList<>();
        for (String name : QUEUES) {
            int count = count(queue.resolve(name), 0, 0);
            if (count > 0) {
                found.add((count >= MOST ? "at least " : "") + count + " in " + name);
            }
        }
        if (found.isEmpty()) {
            return List.of();
        }
        return List.of(
                queue
                        + ": holds mail of another Postfix, which this mail system does not"
                        + " deliver: "
                        + String.join(", ", found)
                        + "; take it over (postfix stop, postmove import "
                        + queue
                        + ", postfix start), let that Postfix send it, or use another"
                        + " queue_directory");
    }

    /// Files by Postfix's names of queue ids; its directories are hashed by their first letters.
    private static int count(Path directory, int depth, int before) {
        int count = before;
        if (depth > DEEPEST || !Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return count;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path each : entries) {
                String name = String.valueOf(each.getFileName());
                if (count >= MOST) {
                    return count;
                }
                if (name.length() == 1) {
                    count = count(each, depth + 1, count);
                } else if (name.matches("[0-9A-Za-z]{6,}")
                        && Files.isRegularFile(each, LinkOption.NOFOLLOW_LINKS)) {
                    count++;
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // Not for this user to read.
        }
        return count;
    }
}

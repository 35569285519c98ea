package org.postrider.rights.act;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.rights.Command;
import org.postrider.rights.Errno;

/// Starts a command's process, with the rights that it is to have for good.
public interface Starter {
    /// Does not wait for it.
    ///
    /// @return the process
    int start(Command command, int in, int out) throws Act;

    /// With the calling thread's own rights.
    Starter SELF = (command, in, out) -> start(command, in, out, Actor.SELF, Before.NOTHING);

    /// What is started in the command's place, gives up rights for good and goes on as the command.
    ///
    /// @param words its path, then its arguments
    /// @param given the names that it gets of the command's environment; the rest `words` have to
    ///   set. Empty for all, where there are no words
    record Before(List<String> words, Set<String> given) {
        static final Before NOTHING = new Before(List.of(), Set.of());

        private Map<String, String> of(Map<String, String> all) {
            Map<String, String> out = new HashMap<>(all);
            if (!words.isEmpty()) {
                out.keySet().retainAll(given);
            }
            return out;
        }
    }

    /// What it is and where it begins is looked up with the user's rights; `before` is started with
    /// those of the opener.
    static int start(Command command, int in, int out, Actor actor, Before before) throws Act {
        actor.user();
        CommandLine.Found found = CommandLine.find(command);
        Map<String, String> environment = environment(command);
        int directory = directory(command.place().directory());
        try {
            List<String> words = new ArrayList<>(limit(command.limits().fileSize()));
            words.addAll(before.words());
            boolean alone = words.isEmpty();
            words.addAll(found.words());
            String program = alone ? found.program() : words.getFirst();
            actor.opener();
            int pid = Spawn.spawn(program, words, before.of(environment), in, out, directory);
            if (pid < 0) {
                throw Act.failed("execvp " + found.words().getFirst(), pid);
            }
            return pid;
        } finally {
            actor.user();
            if (directory >= 0) {
                Posix.close(directory);
            }
        }
    }

    /// The same beginning in a directory, unless it says another or the user may not enter that
    /// one.
    ///
    /// @param actor with whose user's rights it is looked at
    static Command from(String directory, Command command, Actor actor) {
        Command.Place place = command.place();
        actor.user();
        return place.root() != null || place.directory() != null || Posix.mayExecute(directory) < 0
                ? command
                : new Command(
                        command.line(),
                        command.environment(),
                        Command.Place.in(directory),
                        command.limits());
    }

    /// prlimit(1), before anything else is started: no limit of this process's is any other's.
    private static List<String> limit(long fileSize) {
        return fileSize > 0
                ? List.of("/usr/bin/prlimit", "--fsize=" + fileSize + ":" + fileSize, "--")
                : List.of();
    }

    /// All that the command finds in its environment.
    static Map<String, String> environment(Command command) throws Act {
        Map<String, String> out = CommandLine.environment(command);
        for (Map.Entry<String, String> e : out.entrySet()) {
            if (e.getKey().isEmpty()
                    || e.getKey().contains("=")
                    || !Posix.name(e.getKey() + e.getValue())) {
                throw Act.failed("setenv", -Errno.EINVAL);
            }
        }
        return out;
    }

    /// Opened with the user's rights, and one that he may enter.
    private static int directory(@Nullable String name) throws Act {
        if (name == null) {
            return -1;
        }
        int may = Posix.mayExecute(name);
        int opened = may < 0 ? may : Posix.open(name, Posix.PATH | Posix.DIRECTORY, 0);
        if (opened < 0) {
            throw Act.failed("cannot change directory to \"" + name + "\"", opened);
        }
        return opened;
    }
}

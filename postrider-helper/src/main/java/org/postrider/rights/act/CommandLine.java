package org.postrider.rights.act;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postrider.rights.Command;
import org.postrider.rights.Command.Line;
import org.postrider.rights.Command.Place;
import org.postrider.rights.Errno;
import org.postrider.rights.system.Act;
import org.postrider.rights.system.Actor;
import org.postrider.rights.system.Posix;
import org.postrider.rights.system.Posix.Stat;
import org.postrider.rights.system.Starter;
import org.postrider.rights.system.Starter.Found;
import org.postrider.rights.system.Starter.Looked;

/// What is run for a line, and where it is found: exec_command(3) and execvp(3), with the rights of
/// the calling thread.
public final class CommandLine {
    /// `_PATH_DEFPATH`.
    private static final String PATH = "/usr/bin:/bin";

    private static final String BLANKS = " \t";
    private static final String PLAIN = "!@%-_=+:,./" + BLANKS;

    private CommandLine() {}

    private static Found find(Command command) throws Act {
        Search search =
                new Search(
                        command.environment().getOrDefault("PATH", PATH),
                        command.place().directory());
        return switch (command.line()) {
            case Line.Words w -> search.found(w.argv());
            case Line.Text t -> {
                if (!t.shell().isBlank()) {
                    List<String> words = words(t.shell());
                    words.add(t.text());
                    yield search.found(words);
                }
                yield direct(t.text(), search);
            }
        };
    }

    /// What it may be below another root, in the order of execvp(3); for a line, its shell.
    private static List<Found> unseen(Command command) throws Act {
        List<String> words =
                switch (command.line()) {
                    case Line.Words w -> w.argv();
                    case Line.Text t -> {
                        List<String> shell =
                                t.shell().isBlank() ? words("/bin/sh -c") : words(t.shell());
                        shell.add(t.text());
                        yield shell;
                    }
                };
        String path = command.environment().getOrDefault("PATH", PATH);
        String root = String.valueOf(command.place().root());
        String directory = String.valueOf(command.place().directory());
        String name = words.isEmpty() ? "" : words.getFirst();
        if (name.isEmpty()
                || !Stream.concat(words.stream(), Stream.of(path, root, directory))
                        .allMatch(Posix::name)) {
            throw Act.failed("execvp " + name, -Errno.EINVAL);
        }
        if (name.contains("/")) {
            return List.of(new Found(name, words));
        }
        return Stream.of(path.split(":", -1))
                .map(place -> new Found((place.isEmpty() ? "." : place) + "/" + name, words))
                .toList();
    }

    /// What it is and where it begins, as the actor's user sees it. Below another root it is seen
    /// by whoever gets there.
    static Looked look(Command command, Actor actor) throws Act {
        List<String> settings = settings(command);
        if (command.place().root() != null) {
            return new Looked(command, unseen(command), settings, -1);
        }
        actor.user();
        List<Found> found = List.of(find(command));
        return new Looked(command, found, settings, directory(command.place().directory()));
    }

    /// The same beginning in a directory, unless it says another or the user may not enter that
    /// one; with the user's rights.
    public static Command from(String directory, Command command) {
        Place place = command.place();
        return place.root() != null || place.directory() != null || Posix.mayExecute(directory) < 0
                ? command
                : new Command(
                        command.line(),
                        command.environment(),
                        Place.in(directory),
                        command.limits());
    }

    /// All that the command finds in its environment.
    private static List<String> settings(Command command) throws Act {
        Map<String, String> all = new HashMap<>(Map.of("PATH", PATH));
        all.putAll(command.environment());
        List<String> out = new ArrayList<>();
        for (Map.Entry<String, String> e : all.entrySet()) {
            String setting = e.getKey() + "=" + e.getValue();
            if (e.getKey().isEmpty() || e.getKey().contains("=") || !Posix.name(setting)) {
                throw Act.failed("setenv", -Errno.EINVAL);
            }
            out.add(setting);
        }
        return out;
    }

    /// The directory is one that the user may enter.
    private static int directory(@Nullable String name) throws Act {
        if (name == null) {
            return -1;
        }
        int may = Posix.mayExecute(name);
        int opened = may < 0 ? may : Posix.open(name, Posix.PATH | Posix.DIRECTORY, 0);
        if (opened < 0) {
            throw Act.failed(Starter.entering(name), opened);
        }
        return opened;
    }

    /// Without a shell if none is needed; a word that is no program may be the shell's own.
    private static Found direct(String text, Search search) throws Act {
        List<String> words = words(text);
        if (!words.isEmpty() && text.chars().allMatch(CommandLine::plain)) {
            try {
                return search.found(words);
            } catch (Act e) {
                if (e.trouble().errno() != Errno.ENOENT || words.getFirst().contains("/")) {
                    throw e;
                }
            }
        }
        return new Found("/bin/sh", List.of("sh", "-c", text));
    }

    private static boolean plain(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || PLAIN.indexOf(c) >= 0;
    }

    private static List<String> words(String text) {
        return new ArrayList<>(
                Stream.of(text.split("[ \t]+")).filter(word -> !word.isEmpty()).toList());
    }

    /// @param path directories, as in PATH
    /// @param directory where the command begins, which what is not absolute starts from
    private record Search(String path, @Nullable String directory) {
        Found found(List<String> words) throws Act {
            String name = words.isEmpty() ? "" : words.getFirst();
            if (!Stream.concat(words.stream(), Stream.of(path)).allMatch(Posix::name)) {
                throw Act.failed("execvp " + name, -Errno.EINVAL);
            }
            if (name.contains("/")) {
                int may = mayRun(name);
                if (may < 0) {
                    throw Act.failed("execvp " + name, may);
                }
                return new Found(name, words);
            }
            int worst = -Errno.ENOENT;
            for (String place : path.split(":", -1)) {
                String program = (place.isEmpty() ? "." : place) + "/" + name;
                int may = name.isEmpty() ? worst : mayRun(program);
                if (may == 0) {
                    return new Found(program, words);
                }
                worst = may == -Errno.EACCES ? may : worst;
            }
            throw Act.failed("execvp " + name, worst);
        }

        private int mayRun(String name) {
            String program =
                    name.startsWith("/") || directory == null ? name : directory + "/" + name;
            int may = Posix.mayExecute(program);
            if (may < 0) {
                return may;
            }
            return Posix.stat(program, true) instanceof Stat.Known k && k.facts().regular()
                    ? 0
                    : -Errno.EACCES;
        }
    }
}

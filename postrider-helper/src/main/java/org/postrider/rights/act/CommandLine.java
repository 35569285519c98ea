package org.postrider.rights.act;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postrider.rights.Command;
import org.postrider.rights.Command.Line;
import org.postrider.rights.Errno;
import org.postrider.rights.act.Posix.Stat;

/// What is run for a line, and where it is found: exec_command(3) and execvp(3), with the rights of
/// the calling thread.
final class CommandLine {
    /// `_PATH_DEFPATH`.
    private static final String PATH = "/usr/bin:/bin";

    private static final String BLANKS = " \t";
    private static final String PLAIN = "!@%-_=+:,./" + BLANKS;

    private CommandLine() {}

    /// A program, where it is, and its words.
    record Found(String program, List<String> words) {}

    static Found find(Command command) throws Act {
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
    static List<Found> unseen(Command command) throws Act {
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

    static Map<String, String> environment(Command command) {
        if (command.environment().containsKey("PATH")) {
            return command.environment();
        }
        Map<String, String> out = new HashMap<>(command.environment());
        out.put("PATH", PATH);
        return out;
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

package org.postrider.command.multi;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.postrider.command.CommandException;
import org.postrider.command.Options;
import org.postrider.command.Terminal;

/// postmulti's command line.
///
/// @param directory of the first instance's configuration (`-c`, our own); null for the usual one
/// @param selection `-a`, `-g` or `-i` with its word
record Request(
        @Nullable String directory, Deed deed, Selection selection, Names names, Manner manner) {
    static final List<String> ACTIONS =
            List.of("create", "destroy", "import", "deport", "enable", "disable", "assign", "init");

    private static final String SAFE = "!@%-_=+:./";
    private static final String PREFIX = "postfix-";

    /// What is to be done.
    enum Mode {
        LIST,
        POSTFIX,
        COMMAND,
        EDIT
    }

    /// @param action of an edit, null for none
    /// @param words what stands behind the options
    record Deed(Mode mode, @Nullable String action, List<String> words) {}

    /// @param name `-I`, null for none
    /// @param group `-G`, null for none
    record Names(@Nullable String name, @Nullable String group) {}

    /// @param reversed `-R`
    /// @param json `-j`
    /// @param verbose `-v`
    record Manner(boolean reversed, boolean json, boolean verbose) {}

    Mode mode() {
        return deed.mode();
    }

    @Nullable String action() {
        return deed.action();
    }

    List<String> words() {
        return deed.words();
    }

    @Nullable String name() {
        return names.name();
    }

    @Nullable String group() {
        return names.group();
    }

    boolean reversed() {
        return manner.reversed();
    }

    boolean json() {
        return manner.json();
    }

    boolean verbose() {
        return manner.verbose();
    }

    /// For which instances.
    ///
    /// @param by `a`, `g`, `i`, or 0 for nothing said
    record Selection(char by, String word) {
        static final Selection NONE = new Selection('\0', "");

        Predicate<Instance> predicate() {
            return switch (by) {
                case 'g' -> each -> !word.isEmpty() && each.group().equals(word);
                case 'i' -> each -> each.called(word);
                default -> _ -> true;
            };
        }
    }

    /// @throws CommandException with postmulti's words for what does not fit together
    static Request of(String[] args, Terminal terminal) {
        Options options = new Options("postmulti", "ac:e:g:i:jG:I:lpRvx", args, terminal.err());
        Gathered it = new Gathered();
        for (char each = options.next(); each != 0; each = options.next()) {
            it.take(each, options.argument());
        }
        String[] rest = options.rest();
        return it.request(Arrays.asList(rest));
    }

    /// The options as they come.
    private static final class Gathered {
        private final StringBuilder modes = new StringBuilder();
        private final List<String> names = new ArrayList<>();
        private final List<String> groups = new ArrayList<>();
        private @Nullable String directory;
        private @Nullable String action;
        private Selection selection = Selection.NONE;
        private boolean reversed;
        private boolean json;
        private boolean verbose;

        private void take(char option, String argument) {
            switch (option) {
                case 'a' -> select(option, "");
                case 'g', 'i' -> select(option, argument);
                case 'c' -> directory = argument;
                case 'e' -> {
                    modes.append(option);
                    action = argument;
                }
                case 'l', 'p', 'x' -> modes.append(option);
                case 'G' -> add(groups, option, argument);
                case 'I' -> add(names, option, argument);
                case 'R' -> reversed = true;
                case 'j' -> json = true;
                case 'v' -> verbose = true;
                default -> throw usage();
            }
        }

        private void select(char by, String word) {
            if (selection.by() != 0 && selection.by() != by) {
                // Spelled as postmulti has it.
                throw fatal("Specity no more than one of '-a', '-g', '-i'");
            }
            selection = new Selection(by, word);
        }

        private static void add(List<String> to, char option, String argument) {
            if (!to.isEmpty()) {
                throw fatal("Specify at most one '-" + option + "' option");
            }
            to.add(argument);
        }

        private Request request(List<String> words) {
            if (modes.length() != 1) {
                throw fatal("Specify exactly one of '-e', '-l', '-p', '-x'");
            }
            Mode mode =
                    switch (modes.charAt(0)) {
                        case 'l' -> Mode.LIST;
                        case 'p' -> Mode.POSTFIX;
                        case 'x' -> Mode.COMMAND;
                        default -> Mode.EDIT;
                    };
            String name = names.isEmpty() ? null : names.getFirst();
            String group = groups.isEmpty() ? null : groups.getFirst();
            String edit = action;
            if (edit != null && !ACTIONS.contains(edit)) {
                throw fatal(
                        "Invalid '-e' edit action '"
                                + edit
                                + "'. Specify '"
                                + String.join("', '", ACTIONS.subList(0, ACTIONS.size() - 1))
                                + "' or '"
                                + ACTIONS.getLast()
                                + "'");
            }
            if (reversed && (mode == Mode.POSTFIX || mode == Mode.EDIT)) {
                throw fatal("The '-p' and '-e' options preclude the use of '-R'");
            }
            if (json && mode != Mode.LIST) {
                throw fatal("The '-j' option requires '-l'");
            }
            checkNames(edit, name, group);
            checkWords(mode, words);
            return new Request(
                    directory,
                    new Deed(mode, edit, List.copyOf(words)),
                    selection,
                    new Names(name, group),
                    new Manner(reversed, json, verbose));
        }

        private static void checkWords(Mode mode, List<String> words) {
            if (mode == Mode.LIST && !words.isEmpty()) {
                throw fatal("Command not allowed with '-l'");
            }
            if ((mode == Mode.POSTFIX || mode == Mode.COMMAND) && words.isEmpty()) {
                throw fatal("Command required with '-p' or '-x' option");
            }
        }

        private static void checkNames(
                @Nullable String action, @Nullable String name, @Nullable String group) {
            boolean names = name != null || group != null;
            if (action == null) {
                if (names) {
                    throw fatal("Cannot assign instance name or group without '-e assign'");
                }
                return;
            }
            switch (action) {
                case "create", "import" -> {}
                case "assign" -> {
                    if (!names) {
                        throw fatal("Specify new instance name or group with '-e assign'");
                    }
                }
                default -> {
                    if (names) {
                        throw fatal(
                                "Cannot assign instance name or group with '-e " + action + "'");
                    }
                }
            }
            if (group != null && !safe(group)) {
                throw fatal("Unsafe characters in '-G " + group + "'");
            }
            if (name != null && !name.equals("-")) {
                checkName(name);
            }
        }

        private static void checkName(String name) {
            if (!safe(name)) {
                throw fatal("Unsafe characters in new instance name: '" + name + "'");
            }
            if (name.indexOf('/') >= 0) {
                throw fatal("Illegal '/' character in new instance name: '" + name + "'");
            }
            if (!name.startsWith(PREFIX)) {
                throw fatal("New instance name must start with '" + PREFIX + "'");
            }
        }
    }

    /// Nothing that a shell would see more in than itself.
    static boolean safe(String text) {
        return text.chars()
                .allMatch(c ->
                        c >= '0' && c <= '9'
                                || c >= 'a' && c <= 'z'
                                || c >= 'A' && c <= 'Z'
                                || SAFE.indexOf(c) >= 0);
    }

    private static CommandException fatal(String text) {
        return new CommandException(1, text);
    }

    private static CommandException usage() {
        return fatal(
                "Usage:postmulti -l [-v] [-a] [-g group] [-i instance] | postmulti -p [-v] [-a]"
                        + " [-g group] [-i instance] command... | postmulti -x [-v] [-a] [-i name]"
                        + " [-g group] command... | postmulti -e action [-v] [-a] [-i name]"
                        + " [-g group] [-I name] [-G group] [param=value ...]");
    }
}

package org.postrider.command;

import java.io.PrintStream;

/// getopt(3): options end at the first argument that is none.
public final class Options {
    private final String program;
    private final String known;
    private final String[] args;
    private final PrintStream err;
    private int at;
    private int within;
    private String argument = "";

    /// @param known option letters, those with an argument followed by `:`
    public Options(String program, String known, String[] args, PrintStream err) {
        this.program = program;
        this.known = known;
        this.args = args;
        this.err = err;
    }

    /// The next option letter, 0 at the end, `?` for a bad one (which is said on err).
    public char next() {
        if (within == 0) {
            if (at >= args.length || args[at].length() < 2 || args[at].charAt(0) != '-') {
                return 0;
            }
            if (args[at].equals("--")) {
                at++;
                return 0;
            }
            within = 1;
        }
        String word = args[at];
        char letter = word.charAt(within++);
        int where = letter == ':' ? -1 : known.indexOf(letter);
        boolean last = within == word.length();
        if (where >= 0 && where + 1 < known.length() && known.charAt(where + 1) == ':') {
            return withArgument(letter, word, last);
        }
        if (last) {
            step();
        }
        if (where < 0) {
            err.print(program + ": invalid option -- '" + letter + "'\n");
            return '?';
        }
        return letter;
    }

    private char withArgument(char letter, String word, boolean last) {
        if (!last) {
            argument = word.substring(within);
            step();
            return letter;
        }
        step();
        if (at >= args.length) {
            err.print(program + ": option requires an argument -- '" + letter + "'\n");
            return '?';
        }
        argument = args[at++];
        return letter;
    }

    private void step() {
        at++;
        within = 0;
    }

    /// Of the option just returned.
    public String argument() {
        return argument;
    }

    /// What stands after the options.
    public String[] rest() {
        return java.util.Arrays.copyOfRange(args, at, args.length);
    }
}

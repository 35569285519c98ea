package org.postrider.command;

import java.util.Map;
import java.util.Set;

/// The flags of one `postconf` and which of them exclude each other.
final class PostconfFlags {
    /// What to do: at most one.
    private static final String MODES = "aAbFlmMpPtT";

    /// How to do it, in the order in which they are named.
    private static final String WAYS = "defhHnxX#";

    private static final Map<Character, String> NEVER_WITH =
            Map.of(
                    'a', "defhHnxX#",
                    'A', "defhHnxX#",
                    'b', "defhHnxX#",
                    'l', "defhHnxX#",
                    'm', "defhHnxX#",
                    't', "defhHnxX#",
                    'M', "dhHn",
                    'F', "dnX#",
                    'P', "dn#");

    private static final Set<String> EITHER =
            Set.of(
                    "de", "dn", "dX", "d#", "ef", "eh", "eH", "en", "ex", "eX", "e#", "fX", "f#",
                    "hH", "hX", "h#", "HX", "H#", "nX", "n#", "xX", "x#", "X#");

    private final StringBuilder flags = new StringBuilder();

    void add(char flag) {
        flags.append(flag);
    }

    boolean has(char flag) {
        return flags.indexOf(String.valueOf(flag)) >= 0;
    }

    /// Of the editing flags: `e`, `X`, `#`, else 0.
    char edit() {
        return has('X') ? 'X' : has('#') ? '#' : has('e') ? 'e' : 0;
    }

    /// Of the flags for master.cf: `M`, `F`, `P`, else 0.
    char master() {
        return has('M') ? 'M' : has('F') ? 'F' : has('P') ? 'P' : 0;
    }

    /// Nothing but the default listing was asked for.
    boolean none() {
        for (int i = 0; i < flags.length(); i++) {
            if ("jqv".indexOf(flags.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }

    /// @throws CommandException naming two that exclude each other
    void check() {
        if (has('b') && has('t')) {
            throw new CommandException(1, "specify one of -b and -t");
        }
        char mode = 0;
        for (char each : MODES.toCharArray()) {
            if (has(each) && mode != 0) {
                throw new CommandException(1, "specify one of -" + mode + " -" + each);
            }
            mode = has(each) ? each : mode;
        }
        for (char way : NEVER_WITH.getOrDefault(mode, "").toCharArray()) {
            if (has(way)) {
                throw new CommandException(1, "with option -" + mode + ", do not specify -" + way);
            }
        }
        for (int i = 0; i < WAYS.length(); i++) {
            for (int j = i + 1; j < WAYS.length(); j++) {
                String pair = "" + WAYS.charAt(i) + WAYS.charAt(j);
                if (EITHER.contains(pair) && has(pair.charAt(0)) && has(pair.charAt(1))) {
                    throw new CommandException(
                            1, "specify one of -" + pair.charAt(0) + " -" + pair.charAt(1));
                }
            }
        }
    }
}

package org.postrider.command.postconf;

import java.util.Map;
import org.postrider.command.CommandException;

/// The flags of one `postconf` and which of them exclude each other.
final class PostconfFlags {
    /// All, in the order in which Postfix names them.
    private static final String ORDER = "aAbdefFhHjlmMnopPtTxX#";

    /// What to do: at most one.
    private static final String MODES = "aAbFlmMpPtT";

    /// Those that a flag excludes.
    private static final Map<Character, String> EXCLUDES =
            Map.of(
                    'd', "enoX#",
                    'e', "dfhHnoxX#",
                    'f', "eX#",
                    'h', "eHX#",
                    'H', "ehX#",
                    'n', "deX#",
                    'o', "deX#",
                    'x', "eX#",
                    'X', "defhHnox#",
                    '#', "defhHnoxX");

    private static final String WAYS = "defhHnoxX#";

    private static final Map<Character, String> NEVER_WITH =
            Map.of(
                    'a', WAYS,
                    'A', WAYS,
                    'b', WAYS,
                    'j', "fhH",
                    'l', WAYS,
                    'm', WAYS,
                    't', WAYS,
                    'T', WAYS,
                    'M', "dhHn",
                    'F', "dnX#");

    private static final Map<Character, String> NEVER_WITH_PARAMETERS = Map.of('P', "dn#");

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
        for (char each : ORDER.toCharArray()) {
            String others =
                    MODES.indexOf(each) >= 0 ? MODES : EXCLUDES.getOrDefault(each, "") + each;
            String given = given(others);
            if (has(each) && given.length() > "-x".length()) {
                throw new CommandException(1, "specify one of " + given);
            }
        }
        for (char each : ORDER.toCharArray()) {
            String never =
                    NEVER_WITH.getOrDefault(each, NEVER_WITH_PARAMETERS.getOrDefault(each, ""));
            String given = given(never);
            if (has(each) && !given.isEmpty()) {
                throw new CommandException(1, "with option -" + each + ", do not specify " + given);
            }
        }
    }

    /// Of these, those that were given: `-d, -n`.
    private String given(String flags) {
        StringBuilder out = new StringBuilder();
        for (char each : ORDER.toCharArray()) {
            if (has(each) && flags.indexOf(each) >= 0) {
                out.append(out.isEmpty() ? "-" : ", -").append(each);
            }
        }
        return out.toString();
    }
}

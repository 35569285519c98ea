package org.postrider.command.postconf;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.postrider.command.CommandException;

/// The flags of one `postconf` and which of them exclude each other. `2` stands for the second
/// `-P`.
final class PostconfFlags {
    /// All, in the order in which Postfix names them.
    private static final String ORDER = "aAbdefFhHjlmMnopPtTxX#2";

    /// What to do: at most one, `p` where none is given.
    private static final String MODES = "aAblmtpMFPT";

    /// At most one of each.
    private static final List<String> ONE_OF =
            List.of(MODES, "2e#X", "den#X", "fe#X", "xe#X", "ode#X", "he#XH");

    /// Those that a flag goes with, in the order in which they are asked.
    private static final Map<Character, String> WITH = with();

    private final StringBuilder flags = new StringBuilder();

    private static Map<Character, String> with() {
        Map<Character, String> out = new LinkedHashMap<>();
        "aAblmTt".chars().forEach(mode -> out.put((char) mode, ""));
        out.put('p', "eX#fhxdnoHj");
        out.put('M', "eX#foxj");
        out.put('F', "efhoxHj");
        out.put('P', "eXfhoxHj2");
        out.put('2', "fhoxHjP");
        out.put('j', "pMFPoxnd");
        return out;
    }

    void add(char flag) {
        flags.append(flag == 'P' && has('P') ? '2' : flag);
    }

    boolean has(char flag) {
        return flags.indexOf(String.valueOf(flag)) >= 0;
    }

    /// `-PP`
    boolean effective() {
        return has('2');
    }

    /// Of the editing flags: `e`, `X`, `#`, else 0.
    char edit() {
        return has('X') ? 'X' : has('#') ? '#' : has('e') ? 'e' : 0;
    }

    /// Of the flags for master.cf: `M`, `F`, `P`, else 0.
    char master() {
        return has('M') ? 'M' : has('F') ? 'F' : has('P') ? 'P' : 0;
    }

    /// Makes those explicit that nobody wrote.
    ///
    /// @param assigns whether the first word that is no flag is a `name=value`
    void complete(boolean assigns) {
        if (given(MODES).isEmpty()) {
            add('p');
        }
        if (assigns && !given("pMFP").isEmpty()) {
            add('e');
        }
    }

    /// @throws CommandException naming two that exclude each other
    void check() {
        for (String each : ONE_OF) {
            String given = given(each);
            if (given.indexOf(',') >= 0) {
                throw new CommandException(1, "specify one of " + given);
            }
        }
        WITH.forEach((flag, others) -> {
            StringBuilder never = new StringBuilder();
            for (char each : ORDER.toCharArray()) {
                never.append(each == flag || others.indexOf(each) >= 0 ? "" : each);
            }
            String given = given(never.toString());
            if (has(flag) && !given.isEmpty()) {
                throw new CommandException(
                        1, "with option " + shown(flag) + ", do not specify " + given);
            }
        });
    }

    private static String shown(char flag) {
        return flag == '2' ? "-PP" : "-" + flag;
    }

    /// Of these, those that were given: `-d, -n`.
    private String given(String some) {
        StringBuilder out = new StringBuilder();
        for (char each : ORDER.toCharArray()) {
            if (has(each) && some.indexOf(each) >= 0) {
                out.append(out.isEmpty() ? "" : ", ").append(shown(each));
            }
        }
        return out.toString();
    }
}

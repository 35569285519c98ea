package org.postrider.command.postconf;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.postrider.command.CommandException;

/// What one `postconf` is asked for, in the order in which messages name it. One flag says what is
/// shown or edited ([#SUBJECTS]), others say how; which go together stands in two tables.
enum PostconfFlag {
    SERVER_LOGINS("-a"),
    CLIENT_LOGINS("-A"),
    EXPANDED_TEMPLATES("-b"),
    DEFAULTS("-d"),
    EDIT("-e"),
    FOLD("-f"),
    FIELDS("-F"),
    NO_NAMES("-h"),
    NO_VALUES("-H"),
    JSON("-j"),
    LOCKS("-l"),
    TABLES("-m"),
    SERVICES("-M"),
    SET("-n"),
    OVERRIDE("-o"),
    MAIN("-p"),
    SERVICE_PARAMETERS("-P"),
    TEMPLATES("-t"),
    TLS("-T"),
    EXPAND("-x"),
    REMOVE("-X"),
    COMMENT_OUT("-#"),
    /// `-P` twice: with what main.cf sets.
    EFFECTIVE("-PP");

    private static final Set<PostconfFlag> EDITS = with(Set.of(), EDIT, REMOVE, COMMENT_OUT);
    private static final Set<PostconfFlag> MASTER =
            with(Set.of(), SERVICES, FIELDS, SERVICE_PARAMETERS);
    private static final Set<PostconfFlag> OF_MAIN_OR_MASTER = with(MASTER, MAIN);
    private static final Set<PostconfFlag> ALONE =
            with(
                    Set.of(),
                    SERVER_LOGINS,
                    CLIENT_LOGINS,
                    EXPANDED_TEMPLATES,
                    TEMPLATES,
                    LOCKS,
                    TABLES,
                    TLS);

    /// What a request is about.
    private static final Set<PostconfFlag> SUBJECTS =
            with(OF_MAIN_OR_MASTER, ALONE.toArray(PostconfFlag[]::new));

    private static final Set<PostconfFlag> STYLES = with(Set.of(), FOLD, OVERRIDE, EXPAND, JSON);
    private static final Set<PostconfFlag> COLUMNS = with(STYLES, NO_NAMES, NO_VALUES);

    /// Of each set at most one is given: of the subjects, of the edits, and of what only shows
    /// beside an edit.
    private static final List<Set<PostconfFlag>> ALTERNATIVES =
            List.of(
                    SUBJECTS,
                    with(EDITS, EFFECTIVE),
                    with(EDITS, DEFAULTS, SET),
                    with(EDITS, FOLD),
                    with(EDITS, EXPAND),
                    with(EDITS, OVERRIDE, DEFAULTS),
                    with(EDITS, NO_NAMES, NO_VALUES));

    /// What a flag goes with; one that is not here goes with all.
    private static final Map<PostconfFlag, Set<PostconfFlag>> COMPANIONS = companions();

    private final String shown;

    PostconfFlag(String shown) {
        this.shown = shown;
    }

    char letter() {
        return shown.charAt(1);
    }

    /// In the order of the flags. A set made for an enumeration asks for its members by reflection,
    /// for which Java makes itself classes at each start.
    private static Set<PostconfFlag> with(Set<PostconfFlag> some, PostconfFlag... more) {
        Set<PostconfFlag> out = new TreeSet<>(some);
        out.addAll(List.of(more));
        return out;
    }

    private static Map<PostconfFlag, Set<PostconfFlag>> companions() {
        // In the order in which they are looked at.
        Map<PostconfFlag, Set<PostconfFlag>> out = new LinkedHashMap<>();
        ALONE.forEach(each -> out.put(each, new TreeSet<>()));
        out.put(MAIN, with(COLUMNS, EDIT, REMOVE, COMMENT_OUT, DEFAULTS, SET));
        out.put(SERVICES, with(STYLES, EDIT, REMOVE, COMMENT_OUT));
        out.put(FIELDS, with(COLUMNS, EDIT));
        out.put(SERVICE_PARAMETERS, with(COLUMNS, EDIT, REMOVE, EFFECTIVE));
        out.put(EFFECTIVE, with(COLUMNS, SERVICE_PARAMETERS));
        out.put(JSON, with(OF_MAIN_OR_MASTER, OVERRIDE, EXPAND, SET, DEFAULTS));
        return out;
    }

    /// The flag of a letter.
    static PostconfFlag of(char letter) {
        for (PostconfFlag each : values()) {
            if (each.letter() == letter) {
                return each;
            }
        }
        throw new IllegalArgumentException("no flag: " + letter);
    }

    /// Flags of one command line.
    static final class Given {
        private final Set<PostconfFlag> flags = new TreeSet<>();

        void add(char letter) {
            PostconfFlag flag = of(letter);
            if (!flags.add(flag) && flag == SERVICE_PARAMETERS) {
                flags.add(EFFECTIVE);
            }
        }

        boolean has(PostconfFlag flag) {
            return flags.contains(flag);
        }

        /// Null where nothing is to be edited.
        @Nullable PostconfFlag edit() {
            return first(EDITS);
        }

        /// What is asked of master.cf; null for nothing.
        @Nullable PostconfFlag master() {
            return first(MASTER);
        }

        private @Nullable PostconfFlag first(Set<PostconfFlag> some) {
            Set<PostconfFlag> both = both(some);
            return both.isEmpty() ? null : both.iterator().next();
        }

        private Set<PostconfFlag> both(Set<PostconfFlag> some) {
            Set<PostconfFlag> out = new TreeSet<>(some);
            out.retainAll(flags);
            return out;
        }

        /// Makes those explicit that nobody wrote.
        ///
        /// @param assigns whether the first word that is no flag is a `name=value`
        void complete(boolean assigns) {
            if (both(SUBJECTS).isEmpty()) {
                flags.add(MAIN);
            }
            if (assigns && !both(OF_MAIN_OR_MASTER).isEmpty()) {
                flags.add(EDIT);
            }
        }

        /// @throws CommandException naming those that exclude each other
        void check() {
            for (Set<PostconfFlag> each : ALTERNATIVES) {
                Set<PostconfFlag> both = both(each);
                if (both.size() > 1) {
                    throw new CommandException(1, "specify one of " + shown(both));
                }
            }
            COMPANIONS.forEach((flag, companions) -> {
                Set<PostconfFlag> others = new TreeSet<>(flags);
                others.remove(flag);
                others.removeAll(companions);
                if (has(flag) && !others.isEmpty()) {
                    throw new CommandException(
                            1, "with option " + flag.shown + ", do not specify " + shown(others));
                }
            });
        }

        private static String shown(Set<PostconfFlag> some) {
            return String.join(", ", some.stream().map(each -> each.shown).toList());
        }
    }
}

package org.postrider.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.postrider.config.names.NameList;

/// What is done with every name of Postfix 3.12 that a configuration may hold: it is honoured, or
/// it is not and that harms nobody, or mail is held. One list, `honoured.tsv` beside this class, a
/// line a name: kind, name, verdict, then why or which [Hold], then a condition; the programs of
/// master.cf come from the table of who makes them ([#with]). Immutable; any thread.
public final class Honoured {
    /// What a name is the name of.
    public enum Kind {
        /// Of main.cf.
        PARAMETER("parameters"),
        /// The end of a name that begins with a transport's or a service's: `_time_limit`.
        FAMILY("families"),
        /// In smtpd_…_restrictions (SMTPD_ACCESS_README).
        RESTRICTION("restrictions"),
        /// A result of access(5).
        ACCESS("access results"),
        /// An action of header_checks(5).
        CHECK("check actions"),
        /// A daemon of master.cf; not in [Honoured#list], which knows no daemons.
        PROGRAM("programs"),
        /// A type of lookup table.
        TABLE("table types");

        private final String plural;

        Kind(String plural) {
            this.plural = plural;
        }

        public String plural() {
            return plural;
        }

        private static Kind of(String line) {
            for (Kind each : values()) {
                if (line.startsWith(each.inList())) {
                    return each;
                }
            }
            throw new IllegalStateException("honoured.tsv: no such kind: " + line);
        }

        /// The first field of its lines, with the tab.
        private String inList() {
            return name().toLowerCase(Locale.ROOT) + '\t';
        }
    }

    /// What is done.
    public sealed interface Verdict {
        record Honours() implements Verdict {}

        /// Not honoured, and no mail passes for it that should not.
        ///
        /// @param why a part of a sentence
        record Harmless(String why) implements Verdict {}

        /// Not honoured: mail waits.
        ///
        /// @param with what it acts with: without that (a parameter, a restriction, a program) it
        ///   does nothing in Postfix either; empty if it acts alone
        /// @param unless values that need not hold mail
        record Holding(Hold hold, String with, Set<String> unless) implements Verdict {}
    }

    public record Entry(Kind kind, String name, Verdict verdict) {}

    private static final NameList LIST = NameList.beside(Honoured.class, "honoured.tsv");
    private static final Honoured WITHOUT_PROGRAMS = new Honoured(Map.of());

    private final Map<String, Verdict> programs;

    /// Every service asks at each door.
    private final Map<Hold, List<Entry>> held = new ConcurrentHashMap<>();

    private Honoured(Map<String, Verdict> programs) {
        this.programs = new TreeMap<>(programs);
    }

    /// All but the programs.
    public static Honoured list() {
        return WITHOUT_PROGRAMS;
    }

    /// This list with what is done with each program, too.
    public Honoured with(Map<String, Verdict> programs) {
        return new Honoured(programs);
    }

    private static Entry parse(Kind kind, String line) {
        String[] f = line.split("\t", -1);
        return new Entry(kind, f[1], verdict(f));
    }

    private static Verdict verdict(String[] f) {
        String text = f.length > 3 ? f[3] : "";
        String condition = f.length > 4 ? f[4] : "";
        return switch (f[2]) {
            case "honoured" -> new Verdict.Honours();
            case "harmless" -> new Verdict.Harmless(text);
            case "holds" ->
                    new Verdict.Holding(
                            Hold.named(text),
                            condition.startsWith("with ") ? condition.substring(5) : "",
                            condition.startsWith("unless ")
                                    ? Set.copyOf(Values.words(condition.substring(7)))
                                    : Set.of());
            default -> throw new IllegalStateException("honoured.tsv: " + f[1] + ": " + f[2]);
        };
    }

    /// Null for a name that Postfix does not have.
    public @Nullable Entry entry(Kind kind, String name) {
        if (kind == Kind.PROGRAM) {
            Verdict verdict = programs.get(name);
            return verdict == null ? null : new Entry(kind, name, verdict);
        }
        String line = LIST.line(kind.inList() + name);
        return line == null ? null : parse(kind, line);
    }

    /// Of a parameter, or of a member of a service's family (`lists_time_limit`); null for a name
    /// that is neither.
    public @Nullable Entry parameter(String name) {
        Entry own = entry(Kind.PARAMETER, name);
        if (own != null) {
            return own;
        }
        for (int at = name.indexOf('_'); at >= 0; at = name.indexOf('_', at + 1)) {
            Entry family = entry(Kind.FAMILY, name.substring(at));
            if (family != null) {
                return family;
            }
        }
        return null;
    }

    /// Whether nothing is to be said of a name; false for one that Postfix does not have.
    public boolean honoured(Kind kind, String name) {
        Entry entry = entry(kind, name);
        return entry != null && entry.verdict() instanceof Verdict.Honours;
    }

    /// All of one kind, by name. Made anew for each call.
    public Map<String, Entry> entries(Kind kind) {
        Map<String, Entry> out = new TreeMap<>();
        if (kind == Kind.PROGRAM) {
            programs.forEach((name, verdict) -> out.put(name, new Entry(kind, name, verdict)));
        } else {
            for (String line : LIST.lines(kind.inList())) {
                Entry entry = parse(kind, line);
                out.put(entry.name(), entry);
            }
        }
        return out;
    }

    /// How many of each kind are honoured, harmless and holding mail: `parameters 335 151 423, …`.
    public String counts() {
        List<String> out = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            int[] n = new int[3];
            for (Entry e : entries(kind).values()) {
                switch (e.verdict()) {
                    case Verdict.Honours _ -> n[0]++;
                    case Verdict.Harmless _ -> n[1]++;
                    case Verdict.Holding _ -> n[2]++;
                }
            }
            out.add(kind.plural + " " + n[0] + " " + n[1] + " " + n[2]);
        }
        return String.join(", ", out);
    }

    /// What is held at one door, by kind and name.
    public List<Entry> holding(Hold hold) {
        return held.computeIfAbsent(hold, this::heldAt);
    }

    private List<Entry> heldAt(Hold hold) {
        List<Entry> all = new ArrayList<>(entries(Kind.PROGRAM).values());
        for (String line : LIST.containing("\tholds\t")) {
            all.add(parse(Kind.of(line), line));
        }
        all.removeIf(e -> !(e.verdict() instanceof Verdict.Holding h && h.hold() == hold));
        all.sort(Comparator.comparing(Entry::kind).thenComparing(Entry::name));
        return List.copyOf(all);
    }
}

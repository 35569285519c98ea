package org.postrider.access.list;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.access.AccessParams;
import org.postrider.access.RestrictionChecks.Fault;
import org.postrider.access.restriction.Word;
import org.postrider.config.ConfigException;
import org.postrider.config.Honoured;
import org.postrider.config.Param;
import org.postrider.config.Settings;
import org.postrider.config.Values;

/// Finds what keeps clients out in lists and classes without making restrictions of them: nothing
/// is opened.
public final class Faults {
    private static final List<Param<List<String>>> LISTS =
            List.of(
                    AccessParams.CLIENT_RESTRICTIONS,
                    AccessParams.HELO_RESTRICTIONS,
                    AccessParams.SENDER_RESTRICTIONS,
                    AccessParams.RELAY_RESTRICTIONS,
                    AccessParams.RECIPIENT_RESTRICTIONS,
                    AccessParams.DATA_RESTRICTIONS,
                    AccessParams.END_OF_DATA_RESTRICTIONS,
                    AccessParams.ETRN_RESTRICTIONS);

    private Faults() {}

    public static List<Fault> of(Settings settings) {
        List<Fault> out = new ArrayList<>();
        words(settings, out)
                .forEach(word -> {
                    Fault fault = fault(word, settings);
                    if (fault != null) {
                        out.add(fault);
                    }
                });
        early(settings, out);
        return out;
    }

    /// What cannot be known where a class is asked, though it could be elsewhere.
    private static void early(Settings settings, List<Fault> out) {
        Set<String> classes = Parser.classNames(settings);
        for (Param<List<String>> list : LISTS) {
            for (String each : named(settings.get(list), settings)) {
                for (Word word : ofClass(each, settings)) {
                    String text =
                            classes.contains(word.name())
                                    ? null
                                    : there(word, list.name(), settings);
                    if (text != null) {
                        out.add(new Fault(each, null, text));
                    }
                }
            }
        }
    }

    /// What is wrong with a restriction where a list asks it, and is not where it is written.
    private static @Nullable String there(Word word, String list, Settings settings) {
        return Catalogue.fault(word, settings) != null
                ? null
                : Catalogue.fault(new Word(word.name(), word.argument(), list), settings);
    }

    private static List<Word> ofClass(String name, Settings settings) {
        try {
            return Parser.words(
                    name,
                    Values.words(Parser.classText(settings, name)),
                    Parser.classNames(settings));
        } catch (ConfigException e) {
            return List.of();
        }
    }

    /// The classes that words name, and those that these name.
    private static Set<String> named(List<String> words, Settings settings) {
        Set<String> classes = Parser.classNames(settings);
        Set<String> out = new LinkedHashSet<>();
        List<Word> left = new ArrayList<>(Parser.words("", words, classes));
        while (!left.isEmpty()) {
            String name = left.removeLast().name();
            if (classes.contains(name) && out.add(name)) {
                left.addAll(ofClass(name, settings));
            }
        }
        return out;
    }

    /// The same of a table's result.
    ///
    /// @param parameter the list or class that the table stands in
    static @Nullable String early(List<String> result, String parameter, Settings settings) {
        List<Word> all =
                new ArrayList<>(Parser.words(parameter, result, Parser.classNames(settings)));
        named(result, settings).forEach(each -> all.addAll(ofClass(each, settings)));
        for (Param<List<String>> list : LISTS) {
            boolean asks =
                    list.name().equals(parameter)
                            || named(settings.get(list), settings).contains(parameter);
            for (Word word : asks ? all : List.<Word>of()) {
                String text =
                        Parser.classNames(settings).contains(word.name())
                                ? null
                                : Catalogue.fault(
                                        new Word(word.name(), word.argument(), list.name()),
                                        settings);
                if (text != null) {
                    return text;
                }
            }
        }
        return null;
    }

    /// Restrictions that decide nothing.
    public static List<Fault> idle(Settings settings) {
        List<Fault> out = new ArrayList<>();
        Set<String> classes = Parser.classNames(settings);
        for (String name : settings.get(AccessParams.RESTRICTION_CLASSES)) {
            if (!classes.contains(name)) {
                String text = "restriction class " + name + " has the name of a restriction";
                out.add(new Fault(AccessParams.RESTRICTION_CLASSES.name(), null, text));
            }
        }
        words(settings, new ArrayList<>())
                .forEach(word -> {
                    boolean faulty = Catalogue.fault(word, settings) != null;
                    String text = faulty ? null : Catalogue.idle(word, settings);
                    if (text != null) {
                        out.add(new Fault(word.parameter(), null, text));
                    }
                });
        return out;
    }

    /// All that lists and classes hold but for names of classes.
    static List<Word> words(Settings settings) {
        return words(settings, new ArrayList<>());
    }

    /// The same.
    ///
    /// @param out gets classes that hold nothing
    private static List<Word> words(Settings settings, List<Fault> out) {
        Set<String> classes = Parser.classNames(settings);
        Map<String, List<String>> lists = new LinkedHashMap<>();
        for (Param<List<String>> list : LISTS) {
            lists.put(list.name(), settings.get(list));
        }
        for (String name : classes) {
            try {
                lists.put(name, Values.words(Parser.classText(settings, name)));
            } catch (ConfigException e) {
                out.add(new Fault(name, null, String.valueOf(e.getMessage())));
            }
        }
        List<Word> all = new ArrayList<>();
        lists.forEach((name, words) -> all.addAll(Parser.words(name, words, classes)));
        circles(all, classes, out);
        all.removeIf(word -> classes.contains(word.name()));
        return all;
    }

    /// Classes that name themselves, or another that does: asked, they end where a session's
    /// patience does.
    private static void circles(List<Word> all, Set<String> classes, List<Fault> out) {
        Map<String, Set<String>> names = new LinkedHashMap<>();
        for (Word word : all) {
            if (classes.contains(word.parameter()) && classes.contains(word.name())) {
                names.computeIfAbsent(word.parameter(), _ -> new LinkedHashSet<>())
                        .add(word.name());
            }
        }
        for (String name : names.keySet()) {
            Set<String> reached = new LinkedHashSet<>(names.get(name));
            int before;
            do {
                before = reached.size();
                List.copyOf(reached).forEach(n -> reached.addAll(names.getOrDefault(n, Set.of())));
            } while (reached.size() > before);
            if (reached.contains(name)) {
                out.add(new Fault(name, null, "restriction class " + name + " names itself"));
            }
        }
    }

    private static @Nullable Fault fault(Word word, Settings settings) {
        String wrong = Catalogue.fault(word, settings);
        String text = wrong == null ? Catalogue.badType(word) : wrong;
        if (text != null) {
            return new Fault(word.parameter(), null, text);
        }
        Honoured.Entry entry = Honoured.list().entry(Honoured.Kind.RESTRICTION, word.name());
        return entry == null || entry.verdict() instanceof Honoured.Verdict.Honours
                ? null
                : new Fault(word.parameter(), word.name(), "not built");
    }
}

package org.postrider.access.list;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.postrider.access.AccessParams;
import org.postrider.access.Stage;
import org.postrider.access.restriction.Asking;
import org.postrider.access.restriction.Faulty;
import org.postrider.access.restriction.Means;
import org.postrider.access.restriction.PermitLog;
import org.postrider.access.restriction.Restriction;
import org.postrider.access.restriction.RestrictionClass;
import org.postrider.access.restriction.RestrictionList;
import org.postrider.access.restriction.Word;
import org.postrider.config.ConfigException;
import org.postrider.config.Settings;
import org.postrider.config.Values;
import org.postrider.maps.Fold;

/// Makes restrictions of what lists, classes and access tables say, all by the same rules. Those of
/// lists and classes are made when the server starts, those of a table when its result is read.
/// Immutable; any thread.
public final class Parser {
    private static final int MOST_KNOWN = 1000;

    /// @param parameter of the list that the table was asked in
    private record Said(String parameter, String text) {}

    private final Means means;
    private final Set<String> classNames;
    private final Map<String, List<Restriction>> classes = new HashMap<>();

    /// What tables have said so far, so that a result that many share is read once.
    private final ConcurrentHashMap<Said, List<Restriction>> known = new ConcurrentHashMap<>();

    public Parser(Settings settings, Means means) {
        this.means = means;
        classNames = classNames(settings);
        for (String name : classNames) {
            classes.put(name, ofClass(settings, name));
        }
    }

    /// The classes that are asked: where one has the name of a restriction, that is meant, as in
    /// smtpd(8).
    static Set<String> classNames(Settings settings) {
        Set<String> out = new HashSet<>(settings.get(AccessParams.RESTRICTION_CLASSES));
        out.removeIf(name -> Catalogue.knows(Fold.lower(name)));
        return Set.copyOf(out);
    }

    private List<Restriction> ofClass(Settings settings, String name) {
        try {
            return parse(name, Values.words(classText(settings, name)));
        } catch (ConfigException e) {
            return List.of(new Faulty(name, "", String.valueOf(e.getMessage())));
        }
    }

    /// What a class holds.
    ///
    /// @throws ConfigException for one that holds nothing: whoever refers to it means something
    static String classText(Settings settings, String name) {
        String text = settings.text(name);
        if (text == null || text.isBlank()) {
            throw new ConfigException("restriction class `" + name + "' needs a definition");
        }
        return text;
    }

    /// The list of a parameter.
    public RestrictionList list(String parameter, Stage stage, List<String> words) {
        return new RestrictionList(parameter, stage, parse(parameter, words));
    }

    private List<Restriction> parse(String parameter, List<String> words) {
        List<Restriction> out = new ArrayList<>();
        for (Word word : words(parameter, words, classNames)) {
            out.add(
                    classNames.contains(word.name())
                            ? new RestrictionClass(word.name())
                            : Catalogue.restriction(word, means));
        }
        return List.copyOf(out);
    }

    /// Of an access table's result.
    List<Restriction> said(String parameter, String text) {
        Said key = new Said(parameter, text);
        List<Restriction> read = known.get(key);
        if (read == null) {
            read = parse(parameter, Values.words(text));
            if (known.size() >= MOST_KNOWN) {
                known.clear();
            }
            known.put(key, read);
        }
        return read;
    }

    List<Restriction> restrictions(RestrictionClass c) {
        return classes.getOrDefault(c.name(), List.of());
    }

    /// What takes others' time in lists and in the classes that they name.
    public List<Asking> asking(List<RestrictionList> lists) {
        List<Asking> out = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        lists.forEach(list -> asking(list.restrictions(), seen, out));
        return List.copyOf(out);
    }

    private void asking(List<Restriction> restrictions, Set<String> seen, List<Asking> out) {
        for (Restriction each : restrictions) {
            if (each instanceof Asking a) {
                out.add(a);
            } else if (each instanceof RestrictionClass c && seen.add(c.name())) {
                asking(restrictions(c), seen, out);
            }
        }
    }

    PermitLog permits() {
        return PermitLog.of(means);
    }

    /// Cuts a list into restrictions and their arguments.
    ///
    /// @param classes smtpd_restriction_classes
    static List<Word> words(String parameter, List<String> words, Set<String> classes) {
        List<Word> out = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            String name = word.toLowerCase(Locale.ROOT);
            if (Catalogue.takesArgument(name)) {
                String argument = i + 1 < words.size() ? words.get(++i) : "";
                out.add(new Word(name, argument, parameter));
            } else if (classes.contains(word) || !Catalogue.knows(name)) {
                out.add(new Word(word, "", parameter));
            } else {
                out.add(new Word(name, "", parameter));
            }
        }
        return out;
    }
}

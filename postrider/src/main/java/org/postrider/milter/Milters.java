package org.postrider.milter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.postrider.config.ConfigException;
import org.postrider.config.Param;
import org.postrider.config.Settings;
import org.postrider.config.Values;
import org.postrider.maps.Fold;
import org.postrider.milter.client.MilterTerms;

/// The milters of one listener, or of cleanup, in the order in which they are asked. Immutable; any
/// thread.
public final class Milters {
    private static final Map<String, Param<Duration>> TIMEOUTS =
            Map.of(
                    "connect_timeout", MilterParams.CONNECT_TIMEOUT,
                    "command_timeout", MilterParams.COMMAND_TIMEOUT,
                    "content_timeout", MilterParams.CONTENT_TIMEOUT);

    private final List<MilterTerms> all;
    private final Defaults defaults;

    private Milters(List<MilterTerms> all, Defaults defaults) {
        this.all = all;
        this.defaults = defaults;
    }

    /// What all milters of one service have in common, unless they say otherwise. Immutable.
    ///
    /// @param nameless for all milters but the name
    public record Defaults(MilterTerms nameless, MacroLists macros, MilterSockets sockets) {
        /// @throws ConfigException if a setting is malformed
        public static Defaults of(Settings settings, MilterSockets sockets) {
            MilterTerms nameless =
                    new MilterTerms(
                            "",
                            new MilterTerms.Timeouts(
                                    settings.get(MilterParams.CONNECT_TIMEOUT).toMillis(),
                                    settings.get(MilterParams.COMMAND_TIMEOUT).toMillis(),
                                    settings.get(MilterParams.CONTENT_TIMEOUT).toMillis()),
                            settings.get(MilterParams.DEFAULT_ACTION),
                            settings.get(MilterParams.PROTOCOL),
                            "yes".equalsIgnoreCase(settings.text("soft_bounce")),
                            null);
            return new Defaults(nameless, MacroLists.of(settings), sockets);
        }

        /// The milters that a list names: names, or `{ name, attribute=value … }`. One that nobody
        /// understands stands for a server that is not set up.
        public Milters of(List<String> words) {
            return new Milters(words.stream().map(this::one).toList(), this);
        }

        private MilterTerms one(String word) {
            if (!word.startsWith("{")) {
                return nameless.called(word);
            }
            if (!word.endsWith("}")) {
                return nameless.called(word).broken("missing '}' in \"" + word + "\"");
            }
            List<String> parts = Values.words(bare(word));
            if (parts.isEmpty()) {
                return nameless.called(word).broken("empty milter definition: \"" + word + "\"");
            }
            MilterTerms out = nameless.called(parts.getFirst());
            for (String part : parts.subList(1, parts.size())) {
                out = with(out, bare(part));
            }
            return out;
        }

        private static MilterTerms with(MilterTerms it, String attribute) {
            int equals = attribute.indexOf('=');
            String name = attribute.substring(0, Math.max(0, equals)).strip();
            String value = attribute.substring(equals + 1).strip();
            Param<Duration> timeout = TIMEOUTS.get(Fold.lower(name));
            if (timeout != null) {
                try {
                    Duration time = timeout.parse(value);
                    return time.toSeconds() < timeout.lowest()
                            ? it.broken("too small: " + attribute)
                            : it.within(timeout, time.toMillis());
                } catch (ConfigException e) {
                    return it.broken(e.getMessage() + ": " + attribute);
                }
            }
            return switch (Fold.lower(name)) {
                case "default_action" -> it.failing(value);
                case "protocol" -> it.speaking(value);
                default -> it.broken("unknown option: \"" + attribute + "\"");
            };
        }

        private static String bare(String word) {
            return word.startsWith("{") && word.endsWith("}")
                    ? word.substring(1, word.length() - 1).strip()
                    : word;
        }
    }

    /// The milters of a list under some settings ([Defaults#of]).
    ///
    /// @throws ConfigException if a setting is malformed
    public static Milters of(Settings settings, MilterSockets sockets, List<String> words) {
        return Defaults.of(settings, sockets).of(words);
    }

    /// What is wrong with how they are named, for the administrator.
    public List<String> problems() {
        return all.stream().map(MilterTerms::problem).filter(p -> !p.isEmpty()).toList();
    }

    /// The same, with those that nobody can listen as, and those that nobody does on this host.
    public List<String> problemsOfPlaces() {
        List<String> out = new ArrayList<>();
        for (MilterTerms each : all) {
            String problem = each.problem(defaults.nameless());
            String place = defaults.sockets().problem(each.name());
            if (!problem.isEmpty()) {
                out.add(problem);
            } else if (place != null) {
                out.add(place);
            }
        }
        return out;
    }

    /// What is wrong with the lists of macros, whoever gets them: sentences that begin with the
    /// parameter's name.
    public static List<String> problemsOfMacros(Settings settings) {
        return MacroLists.problems(settings);
    }

    public boolean isEmpty() {
        return all.isEmpty();
    }

    /// For one client's session or one local mail; nobody is connected yet.
    ///
    /// @param warnings gets what is wrong with a milter
    public MailFilter open(Macros values, Consumer<String> warnings) {
        return all.isEmpty()
                ? MailFilter.NONE
                : new MilterSession(all, defaults.macros(), defaults.sockets(), values, warnings);
    }
}

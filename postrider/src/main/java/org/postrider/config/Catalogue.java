package org.postrider.config;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.postrider.config.names.NameList;

/// Every parameter name of Postfix 3.12 with type, bounds and default text. What a room honours it
/// declares itself as a [Param]; the rest is known here so that it can be read, shown and named as
/// not honoured.
public final class Catalogue {
    /// @param type as the oracle names it: str, raw, int, long, time, bool, nint, nbool, str_fn
    /// @param highest 0 for no limit
    public record Known(String name, String type, long lowest, long highest, String defaultText) {
        /// Whether two expanded texts are one value.
        ///
        /// @throws ConfigException for a number or time that is none
        boolean means(String a, String b) {
            return switch (type) {
                case "bool", "nbool" -> a.equalsIgnoreCase(b);
                case "int", "nint", "long" -> Values.size(a) == Values.size(b);
                case "time" -> Values.time(a, unit()).equals(Values.time(b, unit()));
                default -> Values.words(a).equals(Values.words(b));
            };
        }

        /// How its value is read, for the types that not every text is a value of; null for others.
        /// A lower bound of 0 is none, as in Postfix.
        @Nullable Param<?> param() {
            long from = lowest == 0 ? Integer.MIN_VALUE : lowest;
            return switch (type) {
                case "bool", "nbool" -> Param.bool(name, defaultText, "");
                case "int", "nint" ->
                        Param.integer(name, defaultText, (int) from, (int) highest, "");
                case "long" -> Param.size(name, defaultText, from, highest, "");
                case "time" -> Param.time(name, "0" + unit(), from, highest, "");
                default -> null;
            };
        }

        /// In what a bare number counts: in the default's unit.
        private char unit() {
            char last = defaultText.isEmpty() ? 's' : defaultText.charAt(defaultText.length() - 1);
            return "smhdw".indexOf(last) >= 0 ? last : 's';
        }
    }

    private final Part postfix;
    private final Part own;

    private Catalogue(Part postfix, Part own) {
        this.postfix = postfix;
        this.own = own;
    }

    /// Reads the lists that stand beside this class.
    public static Catalogue load() {
        return new Catalogue(Part.of("parameters.tsv"), Part.of("own.tsv"));
    }

    /// A list, and those of it that were asked for: rooms ask for the same ones again and again.
    private record Part(NameList list, Map<String, Known> found) {
        static Part of(String list) {
            return new Part(NameList.beside(Catalogue.class, list), new ConcurrentHashMap<>());
        }

        @Nullable Known find(String name) {
            Known before = found.get(name);
            if (before != null) {
                return before;
            }
            String line = list.line(name);
            if (line == null) {
                return null;
            }
            Known known = parse(line);
            found.put(name, known);
            return known;
        }

        List<Known> all() {
            return list.lines("").stream().map(Catalogue::parse).toList();
        }
    }

    private static Known parse(String line) {
        int a = line.indexOf('\t');
        int b = line.indexOf('\t', a + 1);
        int c = line.indexOf('\t', b + 1);
        int d = line.indexOf('\t', c + 1);
        return new Known(
                line.substring(0, a),
                line.substring(a + 1, b),
                number(line.substring(b + 1, c)),
                number(line.substring(c + 1, d)),
                line.substring(d + 1));
    }

    private static long number(String text) {
        return text.isEmpty() ? 0 : Long.parseLong(text);
    }

    public @Nullable Known known(String name) {
        return postfix.find(name);
    }

    /// A parameter that is ours and that Postfix does not have; null for any other name.
    public @Nullable Known own(String name) {
        return own.find(name);
    }

    /// Ours, in name order.
    public List<Known> ours() {
        return own.all();
    }

    /// Postfix's, in name order.
    public List<Known> all() {
        return postfix.all();
    }
}

package org.postrider.anvil;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.config.Param;
import org.postrider.config.Settings;

/// `100/1h, 500/1d recipients hold`: how much in which time, what is counted, what becomes of the
/// rest. Immutable values.
public final class RateGrammar {
    private static final int MOST_LIMITS = 16;
    private static final long LONGEST_SECONDS = 366L * 86_400;
    private static final int DIGITS = 9;

    /// What becomes of mail over a limit.
    enum Action {
        REJECT,
        DEFER,
        HOLD;

        /// @throws ConfigException for any other word
        static Action of(String word) {
            return switch (word.toLowerCase(Locale.ROOT)) {
                case "reject" -> REJECT;
                case "defer" -> DEFER;
                case "hold" -> HOLD;
                default ->
                        throw new ConfigException(
                                "bad rate limit action: \"" + word + "\": not reject, defer, hold");
            };
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// Up to `most`, and the action beyond.
    record Bound(int most, Action action) {}

    /// What holds in one window: mail beyond `refused` is not taken, beyond `held` it is put on
    /// hold. One of them is there.
    record Window(int seconds, Rates.Unit unit, @Nullable Bound refused, @Nullable Bound held) {
        Rates.Limit limit() {
            Bound b = refused != null ? refused : held;
            return new Rates.Limit(b == null ? 1 : b.most(), seconds, unit);
        }

        private Window with(Bound bound) {
            if (bound.action() == Action.HOLD) {
                return new Window(seconds, unit, refused, lower(held, bound));
            }
            return new Window(seconds, unit, lower(refused, bound), held);
        }

        private static Bound lower(@Nullable Bound a, Bound b) {
            return a == null || b.most() < a.most() ? b : a;
        }

        /// `101 messages in 1h`.
        String counted(int count) {
            return count + " " + unit.name().toLowerCase(Locale.ROOT) + " in " + time(seconds);
        }
    }

    private RateGrammar() {}

    /// A setting in its grammar.
    ///
    /// @throws ConfigException with file, line and name
    static <T, R> R parsed(Settings settings, Param<T> param, Function<T, R> parser) {
        try {
            return parser.apply(settings.get(param));
        } catch (ConfigException e) {
            String where = settings.origin(param.name());
            String at = where == null ? "" : where + ": ";
            throw new ConfigException(at + "bad parameter " + param.name() + ": " + e.getMessage());
        }
    }

    /// @param fallback the action of a limit that names none
    /// @return one window a length and unit, in the order of the words; none for `none`
    /// @throws ConfigException that quotes what is no limit
    static List<Window> parse(List<String> words, Action fallback) {
        if (words.size() == 1 && words.getFirst().equalsIgnoreCase("none")) {
            return List.of();
        }
        Map<List<Object>, Window> out = new LinkedHashMap<>();
        int i = 0;
        while (i < words.size()) {
            String word = words.get(i);
            int slash = word.indexOf('/');
            int most = slash < 0 ? 0 : number(word.substring(0, slash));
            long seconds = slash < 0 ? 0 : seconds(word.substring(slash + 1));
            if (most < 1 || seconds < 1 || seconds > LONGEST_SECONDS) {
                throw bad(word);
            }
            Rates.Unit unit = Rates.Unit.MESSAGES;
            Action action = fallback;
            i++;
            Rates.Unit named = i < words.size() ? unit(words.get(i)) : null;
            if (named != null) {
                unit = named;
                i++;
            }
            if (i < words.size() && words.get(i).indexOf('/') < 0) {
                action = Action.of(words.get(i++));
            }
            Window window =
                    out.getOrDefault(
                            List.of(seconds, unit), new Window((int) seconds, unit, null, null));
            out.put(List.of(seconds, unit), window.with(new Bound(most, action)));
        }
        if (out.size() > MOST_LIMITS) {
            throw new ConfigException("more than " + MOST_LIMITS + " rate limits");
        }
        return new ArrayList<>(out.values());
    }

    /// Limits beyond which mail waits: `10/s, 600/m recipients`.
    ///
    /// @return none for `none`
    /// @throws ConfigException that quotes what is no limit; an action is none
    public static List<Rates.Limit> limits(List<String> words) {
        for (String word : words) {
            if (word.indexOf('/') < 0 && unit(word) == null && !word.equalsIgnoreCase("none")) {
                throw new ConfigException(
                        "bad rate limit: \"" + word + "\": not messages, recipients");
            }
        }
        return parse(words, Action.DEFER).stream().map(Window::limit).toList();
    }

    /// `10/s`, `600/1m recipients`: as limits are written.
    public static String text(Rates.Limit limit) {
        String unit = limit.unit() == Rates.Unit.MESSAGES ? "" : " recipients";
        String time = time(limit.seconds());
        return limit.most()
                + "/"
                + (time.startsWith("1") && time.length() == 2 ? time.substring(1) : time)
                + unit;
    }

    private static ConfigException bad(String word) {
        return new ConfigException(
                "bad rate limit: \""
                        + word
                        + "\": specify a number over 0, a slash and a time, as in 100/1h");
    }

    private static Rates.@Nullable Unit unit(String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "message", "messages" -> Rates.Unit.MESSAGES;
            case "recipient", "recipients" -> Rates.Unit.RECIPIENTS;
            default -> null;
        };
    }

    /// @return -1 for what is no number of at most nine digits
    private static int number(String text) {
        boolean digits = !text.isEmpty() && text.length() <= DIGITS;
        for (int i = 0; i < text.length(); i++) {
            digits &= text.charAt(i) >= '0' && text.charAt(i) <= '9';
        }
        return digits ? Integer.parseInt(text) : -1;
    }

    /// `60`, `60s`, `1h`, `h`; -1 for anything else.
    private static long seconds(String text) {
        if (text.isEmpty()) {
            return -1;
        }
        char last = Character.toLowerCase(text.charAt(text.length() - 1));
        boolean digit = last >= '0' && last <= '9';
        String count = digit ? text : text.substring(0, text.length() - 1);
        long n = count.isEmpty() ? 1 : number(count);
        return n < 1 ? -1 : n * unitSeconds(digit ? 's' : last);
    }

    private static long unitSeconds(char unit) {
        return switch (unit) {
            case 's' -> 1;
            case 'm' -> 60;
            case 'h' -> 3_600;
            case 'd' -> 86_400;
            case 'w' -> 7 * 86_400;
            default -> -1;
        };
    }

    /// `1h`, `90s`: in the largest unit that divides it.
    static String time(int seconds) {
        for (char unit : new char[] {'d', 'h', 'm'}) {
            long each = unitSeconds(unit);
            if (seconds % each == 0) {
                return seconds / each + String.valueOf(unit);
            }
        }
        return seconds + "s";
    }
}

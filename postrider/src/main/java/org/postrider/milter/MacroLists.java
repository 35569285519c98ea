package org.postrider.milter;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Param;
import org.postrider.config.Settings;
import org.postrider.config.Values;

/// Which macros milters get at which stage, and what those have that have no value of their own.
/// Immutable.
///
/// @param defaults by the name without braces
public record MacroLists(Map<Stage, List<String>> names, Map<String, String> defaults) {
    /// Of the protocol, in the order of the numbers that it has for them.
    public enum Stage {
        CONNECT,
        HELO,
        MAIL,
        RCPT,
        DATA,
        END_OF_BODY,
        END_OF_HEADER,
        /// Has no number.
        UNKNOWN
    }

    static MacroLists of(Settings settings) {
        Map<Stage, List<String>> names = new EnumMap<>(Stage.class);
        MilterParams.MACROS.forEach((stage, param) -> names.put(stage, settings.get(param)));
        Map<String, String> defaults = new HashMap<>();
        for (String each : settings.get(MilterParams.MACRO_DEFAULTS)) {
            String pair = bare(each);
            int equals = pair.indexOf('=');
            if (equals > 0) {
                String value = pair.substring(equals + 1).strip();
                defaults.put(bare(pair.substring(0, equals).strip()), value);
            }
        }
        return new MacroLists(Map.copyOf(names), Map.copyOf(defaults));
    }

    /// Names that are none, and defaults without a value. A milter gets neither.
    static List<String> problems(Settings settings) {
        List<String> out = new ArrayList<>();
        MilterParams.MACROS.values().stream()
                .sorted(Comparator.comparing(Param::name))
                .forEach(list -> {
                    for (String name : settings.get(list)) {
                        if (name.startsWith("{") != name.endsWith("}") || bare(name).isEmpty()) {
                            out.add(list.name() + ": malformed name of a macro: " + name);
                        }
                    }
                });
        for (String each : settings.get(MilterParams.MACRO_DEFAULTS)) {
            if (bare(each).indexOf('=') <= 0) {
                out.add(
                        MilterParams.MACRO_DEFAULTS.name()
                                + ": malformed default macro entry: missing '=' in \""
                                + each
                                + "\"");
            }
        }
        return out;
    }

    /// The macros that a milter gets: names and values in turn.
    ///
    /// @param asked for by the milter itself, null for nothing
    public List<String> values(Stage stage, @Nullable List<String> asked, Macros macros) {
        List<String> out = new ArrayList<>();
        for (String name : asked == null ? names.getOrDefault(stage, List.of()) : asked) {
            String inner = bare(name);
            String value = macros.value(inner.length() == 1 ? inner : "{" + inner + "}");
            if (value == null) {
                value = defaults.get(inner);
            }
            if (value != null) {
                out.add(name);
                out.add(value);
            }
        }
        return out;
    }

    /// The names in a text that a milter sends.
    public static List<String> parsed(String text) {
        return Values.words(text);
    }

    private static String bare(String name) {
        return name.startsWith("{") && name.endsWith("}") && name.length() > 2
                ? name.substring(1, name.length() - 1).strip()
                : name;
    }
}

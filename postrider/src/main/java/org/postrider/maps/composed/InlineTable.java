package org.postrider.maps.composed;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Values;
import org.postrider.maps.Fold;
import org.postrider.maps.Listed;
import org.postrider.maps.Table;

/// `inline:{key=value, {key = text with blanks}}`: the name is the table.
public record InlineTable(String name, Map<String, String> values) implements Table, Listed {
    /// @throws IllegalArgumentException what is wrong with the name, in Postfix's words
    public static InlineTable read(String spec, String name) {
        String need = "name=value";
        Map<String, String> values = new HashMap<>();
        // Blanks alone are an empty table, and nothing at all is no table.
        boolean blank = name.matches("\\{[\\s,]+}");
        for (String word :
                blank ? List.<String>of() : Values.words(Braces.name(spec, "inline", need, name))) {
            String pair = word.startsWith("{") ? pair(spec, word) : word;
            int equals = pair.indexOf('=');
            String key = equals < 0 ? "" : pair.substring(0, equals).strip();
            if (key.isEmpty() || key.chars().anyMatch(Character::isWhitespace)) {
                throw new IllegalArgumentException(
                        "missing '=' after attribute name: \""
                                + spec
                                + "\"; need \"inline:{name=value...}\"");
            }
            values.put(Fold.lower(key), pair.substring(equals + 1).strip());
        }
        if (values.isEmpty()) {
            throw new IllegalArgumentException(
                    "empty table: \"" + spec + "\"; need \"inline:{name=value...}\"");
        }
        return new InlineTable(spec, Map.copyOf(values));
    }

    private static String pair(String spec, String word) {
        try {
            return Braces.inner(word);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "%s: \"%s\"; need \"inline:{name=value...}\"".formatted(e.getMessage(), spec),
                    e);
        }
    }

    @Override
    public @Nullable String lookup(String key) {
        return values.get(Fold.lower(key));
    }

    @Override
    public @Nullable String lookupExact(String key) {
        return values.get(key);
    }

    @Override
    public void each(BiConsumer<String, String> visitor) {
        values.forEach(visitor);
    }
}

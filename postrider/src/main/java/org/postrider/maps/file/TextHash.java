package org.postrider.maps.file;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.maps.Fold;
import org.postrider.maps.Listed;
import org.postrider.maps.SourceText;
import org.postrider.maps.SourceText.Entry;
import org.postrider.maps.Table;

/// A table held in memory, keys folded to lower case if its source folds them. The first of two
/// equal keys counts, as with `postmap`.
public record TextHash(String name, Map<String, String> values) implements Table, Listed {
    /// Reads `key value` lines (texthash, and hash from its text source).
    public static TextHash read(String name, String text, Consumer<String> warnings) {
        Map<String, String> values = new HashMap<>();
        SourceText.texthash(name, text, warnings, kept(name, values, warnings));
        return new TextHash(name, values);
    }

    /// Reads `name: value` lines (hash from a source in the form of aliases(5)).
    static TextHash aliases(String name, String text, Consumer<String> warnings) {
        Map<String, String> values = new HashMap<>();
        AliasText.read(name, text, warnings, kept(name, values, warnings));
        return new TextHash(name, values);
    }

    private static Consumer<Entry> kept(
            String name, Map<String, String> values, Consumer<String> warnings) {
        return entry -> {
            String key = Fold.lower(entry.key());
            if (values.putIfAbsent(key, entry.value()) != null) {
                warnings.accept(
                        name
                                + ", line "
                                + entry.line()
                                + ": duplicate entry: \""
                                + entry.key()
                                + "\"");
            }
        };
    }

    @Override
    public @Nullable String lookup(String key) {
        return lookupFolded(key);
    }

    @Override
    public @Nullable String lookupExact(String key) {
        return values.get(key);
    }

    @Override
    public void each(java.util.function.BiConsumer<String, String> visitor) {
        values.forEach(visitor);
    }
}

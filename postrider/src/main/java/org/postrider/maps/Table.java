package org.postrider.maps;

import java.nio.file.Path;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// A lookup table, `type:name` (see Postfix DATABASE_README). Any thread; answers reflect one
/// consistent state of the source.
public interface Table {
    /// The value for this key, or null: not found.
    ///
    /// @param key octets as chars (ISO 8859-1); the table folds case if its type does
    /// @throws TableException when the table cannot answer: a temporary error, never "not found"
    @Nullable String lookup(String key);

    /// The same for who takes no part of the key for an answer (alias_maps: a stranger's name must
    /// not become a command): a rule that puts one there cannot answer.
    ///
    /// @throws TableException when the table, or the rule, cannot answer
    default @Nullable String lookupWhole(String key) {
        return lookup(key);
    }

    /// The file that it is read from now, whose owner answers for it; null for a table that is no
    /// file.
    default @Nullable Path source() {
        return null;
    }

    /// `type:name` as configured.
    String name();

    /// True for regexp, pcre, cidr, tcp, socketmap: such a table is asked once with the full key,
    /// no partial keys.
    default boolean patterned() {
        return false;
    }

    /// All its results, for who looks whether they mean something, with their keys, which are empty
    /// where they are patterns or there are none. What a result takes from the key is an `x` in it.
    /// None of a table that asks others.
    ///
    /// @throws TableException when the table cannot answer
    default void results(BiConsumer<String, String> visitor) {
        if (this instanceof Listed listed) {
            listed.each(visitor);
        }
    }
}

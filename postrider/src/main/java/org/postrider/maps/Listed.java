package org.postrider.maps;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// A table whose entries can be listed (`postmap -s`) and asked for without case folding (`postmap
/// -f`).
public interface Listed {
    /// In the source's order.
    ///
    /// @throws TableException when the table cannot answer
    void each(BiConsumer<String, String> visitor);

    /// @param key as the source has it
    /// @throws TableException when the table cannot answer
    @Nullable String lookupExact(String key);

    /// In any case. What was made with `smtputf8_enable = no` has keys with the letters of ASCII
    /// folded only, and they are found, too.
    ///
    /// @return null if there is none
    default @Nullable String lookupFolded(String key) {
        String folded = Fold.lower(key);
        String found = lookupExact(folded);
        String ascii = found == null ? Fold.ascii(key) : folded;
        return ascii.equals(folded) ? found : lookupExact(ascii);
    }
}

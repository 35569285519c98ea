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
}

package org.postrider.sasl;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// One authentication under way. Session thread only.
public interface Exchange extends AutoCloseable {
    /// Takes what the client says.
    ///
    /// @param response base64 as it came; null if AUTH had no initial response
    /// @throws IOException if the back end cannot be asked
    Step step(@Nullable String response) throws IOException;

    /// Over, however it ended.
    @Override
    default void close() {}
}

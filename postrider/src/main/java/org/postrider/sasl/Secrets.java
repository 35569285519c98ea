package org.postrider.sasl;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Knows users' passwords (an auxprop plugin). Any thread.
public interface Secrets {
    /// Null if there is no such user.
    ///
    /// @throws IOException if it cannot be said now
    @Nullable String password(Login login) throws IOException;
}

package org.postrider.sasl;

import org.jspecify.annotations.Nullable;

/// What an exchange comes to with what the client said.
public sealed interface Step {
    /// @param text base64, for the client to answer
    record Challenge(String text) implements Step {}

    /// @param username who the client is, as rules and logs name it
    record Success(String username) implements Step {}

    /// The client is refused.
    ///
    /// @param reason for the reply and the log
    /// @param username as far as it is known
    /// @param detail for the log alone; never a secret
    record Failure(String reason, @Nullable String username, @Nullable String detail)
            implements Step {
        Failure(String reason) {
            this(reason, null, null);
        }
    }

    /// Nobody can say now; the client may come again.
    record Unavailable(String reason, @Nullable String username, @Nullable String detail)
            implements Step {}
}

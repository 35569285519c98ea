package org.postrider.sasl.mechanism;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.postrider.sasl.Login;

/// The server's half of one mechanism, on octets. Session thread only.
public interface Dialogue {
    /// What a mechanism comes to.
    sealed interface Turn {
        record Say(byte[] challenge) implements Turn {}

        /// @param authenticated whose password or key it was
        /// @param wanted who the client wants to be, empty for the same
        record Proven(Login authenticated, String wanted) implements Turn {}

        /// @param login as far as it is known
        /// @param detail for the log
        record Wrong(@Nullable Login login, String detail) implements Turn {}

        /// The client does not keep to the mechanism.
        record Malformed(@Nullable Login login, String detail) implements Turn {}
    }

    /// @param response null if the client has said nothing yet
    /// @throws IOException if a database or server cannot be asked
    Turn turn(byte @Nullable [] response) throws IOException;

    /// Whether the client speaks first; such a mechanism asks with an empty challenge.
    default boolean clientFirst() {
        return true;
    }

    /// Whether AUTH may bring a first response.
    default boolean takesInitial() {
        return true;
    }

    /// As far as the client has said, for the log.
    @Nullable Login login();
}

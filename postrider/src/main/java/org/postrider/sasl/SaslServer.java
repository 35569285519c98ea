package org.postrider.sasl;

import java.io.IOException;
import java.util.List;

/// What can authenticate the clients of one service. Any thread.
public interface SaslServer extends AutoCloseable {
    /// The mechanisms that a client on this channel may use, in the order in which they are
    /// offered.
    ///
    /// @throws IOException if that cannot be said now (a Dovecot server that does not answer)
    List<String> mechanisms(Channel channel) throws IOException;

    /// Begins an exchange; a mechanism that there is not, or not on this channel, fails at its
    /// first step.
    ///
    /// @param mechanism as the client wrote it
    Exchange begin(String mechanism, Channel channel) throws IOException;

    /// Its configuration is no longer used: connections that are kept are let go, exchanges under
    /// way go on.
    @Override
    default void close() {}
}

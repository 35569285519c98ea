package org.postrider.smtp.policy;

import org.postrider.dsn.Status;

/// Whether mail may go to a server, before there is a connection.
public sealed interface Way {
    /// Over a session of this key.
    record Open(SessionKey key) implements Way {}

    /// Not now.
    ///
    /// @param text for the recipient's status
    /// @param notBuilt what it needs is not built: it waits, however long
    record Closed(Status status, String text, boolean notBuilt) implements Way {}
}

package org.postrider.smtp.policy;

import org.postrider.dsn.Status;

/// Whether mail may go to a server, before there is a connection.
public sealed interface Way {
    /// Over a session of this key.
    ///
    /// @param said what of its policy is reported
    record Open(SessionKey key, Said said) implements Way {}

    /// Not now.
    ///
    /// @param text for the recipient's status
    /// @param notBuilt what it needs is not built: it waits, however long
    /// @param said what of its policy is reported
    record Closed(Status status, String text, boolean notBuilt, Said said) implements Way {
        Closed(Status status, String text, boolean notBuilt) {
            this(status, text, notBuilt, Said.NOTHING);
        }
    }
}

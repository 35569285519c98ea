package org.postrider.smtp.policy;

import org.postrider.dsn.Status;

/// Whether mail may go to a server, as far as TLS is concerned.
public sealed interface TlsAnswer {
    /// Under this policy.
    record Go(TlsPolicy policy) implements TlsAnswer {}

    /// It waits, and no connection is made.
    ///
    /// @param text for the recipient's status
    /// @param warning for the log, the setting at fault
    /// @param notBuilt the fault is this version's, which cannot do what is asked
    record Wait(Status status, String text, String warning, boolean notBuilt)
            implements TlsAnswer {}
}

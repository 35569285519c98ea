package org.postrider.smtp.policy;

import org.postrider.dsn.Status;

/// Whether mail may go to a server, as far as TLS is concerned.
public sealed interface TlsAnswer {
    /// Under this policy.
    ///
    /// @param said what of it is reported
    record Go(TlsPolicy policy, Said said) implements TlsAnswer {}

    /// It waits, and no connection is made.
    ///
    /// @param text for the recipient's status
    /// @param warning for the log, the setting at fault
    /// @param notBuilt the fault is this version's, which cannot do what is asked
    /// @param said what of it is reported
    record Wait(Status status, String text, String warning, boolean notBuilt, Said said)
            implements TlsAnswer {
        /// One that is this host's own trouble.
        Wait(Status status, String text, String warning, boolean notBuilt) {
            this(status, text, warning, notBuilt, Said.NOTHING);
        }

        Wait saying(Said of) {
            return new Wait(status, text, warning, notBuilt, of);
        }
    }
}

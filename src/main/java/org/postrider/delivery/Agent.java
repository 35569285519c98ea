package org.postrider.delivery;

import org.jspecify.annotations.Nullable;
import org.postrider.dsn.Status;

/// A delivery agent: smtp, lmtp, local, pipe, error, discard … A master.cf service under any name.
public interface Agent {
    /// Tries each recipient once, reporting each outcome as soon as it is known. Blocking; on a
    /// virtual thread of its own. Must report every recipient of the request exactly once unless it
    /// throws; a throw defers those not reported.
    ///
    /// @return null, or why the whole destination is unavailable (it is then throttled)
    @Nullable Unavailable deliver(DeliveryRequest request, Report report);

    /// Takes outcomes. Called on the agent's thread.
    interface Report {
        /// One that makes mail is durable on return; where it cannot be, the recipient is deferred
        /// instead, and nothing of the mail is there. Either way the agent may let go of the mail.
        void outcome(int recipient, Outcome outcome);
    }

    /// The destination as such cannot be reached now.
    record Unavailable(Status status, String text) {}
}

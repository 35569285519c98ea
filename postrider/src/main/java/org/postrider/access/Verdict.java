package org.postrider.access;

import org.postrider.wire.NotifyClass;
import org.postrider.wire.Reply;

/// Whether a client may go on.
public sealed interface Verdict {
    /// A restriction lets it.
    record Permit() implements Verdict {}

    /// Nothing speaks against it.
    record Dunno() implements Verdict {}

    /// It may not, for now (4xx) or for good (5xx).
    ///
    /// @param about what the postmaster may be told it is
    record Reject(Reply reply, NotifyClass about) implements Verdict {}

    Verdict PERMIT = new Permit();
    Verdict DUNNO = new Dunno();
}

package org.postrider.access;

import org.postrider.wire.Reply;

/// Whether a client may go on.
public sealed interface Verdict {
    /// A restriction lets it.
    record Permit() implements Verdict {}

    /// Nothing speaks against it.
    record Dunno() implements Verdict {}

    /// It may not, for now (4xx) or for good (5xx).
    record Reject(Reply reply) implements Verdict {}

    Verdict PERMIT = new Permit();
    Verdict DUNNO = new Dunno();
}

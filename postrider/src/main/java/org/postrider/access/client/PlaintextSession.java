package org.postrider.access.client;

import org.postrider.access.restriction.Question;
import org.postrider.access.restriction.Rule;
import org.postrider.access.restriction.Ruling;
import org.postrider.wire.Reply;

/// reject_plaintext_session
public record PlaintextSession() implements Rule {
    private static final Ruling PLAIN =
            new Ruling.Reject(Reply.of(450, 7, 1, "Session encryption is required"));

    @Override
    public String name() {
        return "reject_plaintext_session";
    }

    @Override
    public Ruling ask(Question q) {
        return q.subject().encrypted() ? Ruling.DUNNO : PLAIN;
    }
}

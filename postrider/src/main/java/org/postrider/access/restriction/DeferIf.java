package org.postrider.access.restriction;

import org.postrider.wire.Reply;

/// defer_if_permit, defer_if_reject
public record DeferIf(String name) implements Rule {
    static final String PERMIT = "defer_if_permit";

    @Override
    public boolean guardsRelay() {
        return name.equals(PERMIT);
    }

    @Override
    public Ruling ask(Question q) {
        Reply reply = q.rejected(450, 7, 0, name + " requested").reply();
        return name.equals(PERMIT)
                ? new Ruling.DeferIfPermit(reply)
                : new Ruling.DeferIfReject(reply);
    }
}

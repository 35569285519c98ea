package org.postrider.access.client;

import org.postrider.access.restriction.Question;
import org.postrider.access.restriction.Rule;
import org.postrider.access.restriction.Ruling;

/// reject_unauth_pipelining
public record UnauthPipelining() implements Rule {
    @Override
    public String name() {
        return "reject_unauth_pipelining";
    }

    @Override
    public Ruling ask(Question q) {
        return q.subject().pipelined()
                ? q.rejected(503, 5, 0, "Improper use of SMTP command pipelining")
                : Ruling.DUNNO;
    }
}

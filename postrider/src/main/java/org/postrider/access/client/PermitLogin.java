package org.postrider.access.client;

import org.postrider.access.restriction.Question;
import org.postrider.access.restriction.Rule;
import org.postrider.access.restriction.Ruling;

/// permit_sasl_authenticated
public record PermitLogin() implements Rule {
    @Override
    public String name() {
        return "permit_sasl_authenticated";
    }

    @Override
    public Ruling ask(Question q) {
        return q.subject().login() == null ? Ruling.DUNNO : Ruling.PERMIT;
    }
}

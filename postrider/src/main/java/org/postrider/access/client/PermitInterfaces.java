package org.postrider.access.client;

import java.net.InetAddress;
import java.util.Set;
import org.postrider.access.restriction.Question;
import org.postrider.access.restriction.Rule;
import org.postrider.access.restriction.Ruling;

/// permit_inet_interfaces
public record PermitInterfaces(Set<InetAddress> own) implements Rule {
    @Override
    public String name() {
        return "permit_inet_interfaces";
    }

    @Override
    public Ruling ask(Question q) {
        return own.contains(q.subject().client().address()) ? Ruling.PERMIT : Ruling.DUNNO;
    }
}

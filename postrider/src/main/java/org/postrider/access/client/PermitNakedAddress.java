package org.postrider.access.client;

import org.postrider.access.restriction.Question;
import org.postrider.access.restriction.Rule;
import org.postrider.access.restriction.Ruling;
import org.postrider.maps.Network;

/// permit_naked_ip_address, which no configuration should hold any more.
public record PermitNakedAddress() implements Rule {
    @Override
    public String name() {
        return "permit_naked_ip_address";
    }

    @Override
    public Ruling ask(Question q) {
        q.warn(
                "restriction permit_naked_ip_address is deprecated. Use permit_mynetworks or"
                        + " permit_sasl_authenticated instead");
        String helo = q.subject().helo();
        boolean address = helo.startsWith("[") || Network.literal(helo) != null;
        return address ? Ruling.PERMIT : Ruling.DUNNO;
    }
}

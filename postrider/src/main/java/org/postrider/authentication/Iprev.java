package org.postrider.authentication;

import org.postrider.maps.Fold;
import org.postrider.peer.Client;

/// Whether the client's address and its name lead to each other (RFC 8601 3).
public enum Iprev {
    PASS,
    FAIL,
    TEMPERROR,
    /// It has no name.
    PERMERROR;

    static Iprev of(Client client) {
        return switch (client.nameStatus()) {
            case OK -> PASS;
            case FORGED -> FAIL;
            case TEMPORARY -> TEMPERROR;
            case NONE -> PERMERROR;
        };
    }

    public String word() {
        return Fold.lower(name());
    }
}

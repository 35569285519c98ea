package org.postrider.dmarc;

import org.jspecify.annotations.Nullable;
import org.postrider.maps.Fold;

/// What the owner of a domain wants done with mail that fails (RFC 9989 4.7, "p").
public enum DmarcPolicy {
    NONE,
    QUARANTINE,
    REJECT;

    /// As records have it.
    public String word() {
        return Fold.lower(name());
    }

    /// Case does not matter (RFC 5234 2.3); null for another word.
    public static @Nullable DmarcPolicy of(String word) {
        for (DmarcPolicy each : values()) {
            if (Fold.same(each.name(), word)) {
                return each;
            }
        }
        return null;
    }

    /// One level below: what a domain in test mode expects (`t=y`).
    DmarcPolicy tested() {
        return this == REJECT ? QUARANTINE : NONE;
    }
}

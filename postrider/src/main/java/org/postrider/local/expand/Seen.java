package org.postrider.local.expand;

import java.util.HashSet;
import java.util.Set;
import org.postrider.maps.Fold;

/// What was delivered to or looked into for one recipient: each once. Case makes no difference.
final class Seen {
    /// Octets of aliases and files that are looked at, each of which counts for some more: where
    /// they name each other, and no more is remembered, nobody is done with them in a lifetime.
    private static final long MOST = 256L << 20;

    private static final int EACH = 1024;

    private final int limit;
    private long looked;
    private final Set<String> keys = new HashSet<>();

    /// @param limit most that is remembered (duplicate_filter_limit); 0 for no limit
    Seen(int limit) {
        this.limit = limit;
    }

    /// @return true where it was seen before
    boolean before(String key) {
        String folded = Fold.lower(key);
        if (limit <= 0 || limit > keys.size()) {
            return !keys.add(folded);
        }
        return keys.contains(folded);
    }

    boolean has(String key) {
        return keys.contains(Fold.lower(key));
    }

    /// An alias or a file of so many octets.
    ///
    /// @throws Expansion.TooMany where that is more than can be
    void looked(int octets) {
        looked += EACH + octets;
        if (looked > MOST) {
            throw new Expansion.TooMany(
                    "more aliases and files than can be looked at for one recipient");
        }
    }
}

package org.postrider.local.expand;

import java.util.HashSet;
import java.util.Set;
import org.postrider.maps.Fold;

/// What was delivered to or looked into for one recipient: each once. Case makes no difference.
final class Seen {
    private final int limit;
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
}

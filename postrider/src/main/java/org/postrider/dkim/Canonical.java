package org.postrider.dkim;

import org.jspecify.annotations.Nullable;
import org.postrider.maps.Fold;

/// What counts as unchanged on the way (RFC 6376 3.4): nothing, or changes of white space and of
/// the case of field names.
public enum Canonical {
    SIMPLE,
    RELAXED;

    /// As `c=` has it.
    public String word() {
        return Fold.lower(name());
    }

    /// Of its word in any case; null where there is none of that name.
    public static @Nullable Canonical of(String word) {
        return word.equalsIgnoreCase("simple")
                ? SIMPLE
                : word.equalsIgnoreCase("relaxed") ? RELAXED : null;
    }
}

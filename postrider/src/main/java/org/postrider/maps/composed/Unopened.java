package org.postrider.maps.composed;

import org.jspecify.annotations.Nullable;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;

/// A table that cannot be opened; one that has it as a part cannot be either. Lookups say why.
public record Unopened(String name, String why) implements Table {
    @Override
    public @Nullable String lookup(String key) {
        throw TableException.unavailable(name, why);
    }
}

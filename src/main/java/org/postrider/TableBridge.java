package org.postrider;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;

/// A program's table in the place of one of the server's.
///
/// @param name `java:NAME`
record TableBridge(String name, LookupTable table) implements Table {
    @Override
    public @Nullable String lookup(String key) {
        try {
            String value = table.lookup(Text.of(key));
            return value == null ? null : Text.octets(value);
        } catch (IOException e) {
            TableException none = new TableException(name + ": " + e.getMessage());
            none.initCause(e);
            throw none;
        }
    }
}

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
            String message = e.getMessage();
            throw failed(message == null ? e.toString() : message, e);
        } catch (RuntimeException e) {
            // A fault of the table costs no more than its answer; its kind helps who mends it.
            throw failed(e.toString(), e);
        }
    }

    private TableException failed(String why, Exception cause) {
        TableException none = new TableException(name + ": " + Text.octets(why));
        none.initCause(cause);
        return none;
    }
}

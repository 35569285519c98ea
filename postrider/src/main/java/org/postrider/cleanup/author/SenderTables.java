package org.postrider.cleanup.author;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.maps.AddressMaps;
import org.postrider.maps.Fold;
import org.postrider.maps.Table;
import org.postrider.maps.Tables;

/// Tables of something for a sender: asked for `user@domain`, then `domain`, then `.parent` of each
/// domain above it, as transport(5) has it. Tables of patterns are asked for the whole address
/// alone. Immutable; any thread.
final class SenderTables {
    /// A domain name has at most 127 labels (RFC 1035 2.3.4).
    private static final int LABELS = 127;

    private final List<Table> tables;

    /// @param title the parameter that names them
    SenderTables(String title, List<String> words, Tables from) {
        tables = words.stream().map(w -> AddressMaps.titled(title, from.open(w))).toList();
    }

    boolean isEmpty() {
        return tables.isEmpty();
    }

    /// @param address in internal form
    /// @throws org.postrider.maps.TableException when a table cannot answer
    @Nullable String find(String address) {
        if (tables.isEmpty() || address.isEmpty()) {
            return null;
        }
        String found = AddressMaps.ask(tables, address, false);
        String domain = Fold.lower(address.substring(address.lastIndexOf('@') + 1));
        if (found != null || domain.isEmpty() || domain.length() == address.length()) {
            return found;
        }
        found = AddressMaps.ask(tables, domain, true);
        int dot = domain.indexOf('.', 1);
        for (int n = 0; found == null && dot >= 0 && n < LABELS; n++) {
            found = AddressMaps.ask(tables, domain.substring(dot), true);
            dot = domain.indexOf('.', dot + 1);
        }
        return found;
    }
}

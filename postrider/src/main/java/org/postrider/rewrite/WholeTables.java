package org.postrider.rewrite;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.postrider.maps.Table;
import org.postrider.maps.Tables;

/// Tables that say where mail goes: no answer holds a part of the address that was looked up, or
/// whoever writes to us, or in whose name, would choose the next hop (transport(5)). Such a rule
/// cannot answer.
record WholeTables(Tables all) implements Tables {
    @Override
    public Table open(String typeAndName) {
        return new Whole(all.open(typeAndName));
    }

    private record Whole(Table table) implements Table {
        @Override
        public @Nullable String lookup(String key) {
            return table.lookupWhole(key);
        }

        @Override
        public @Nullable Path source() {
            return table.source();
        }

        @Override
        public String name() {
            return table.name();
        }

        @Override
        public boolean patterned() {
            return table.patterned();
        }
    }
}

package org.postrider.maps;

import java.util.ArrayList;
import java.util.List;
import org.postrider.maps.composed.JoinedTables;

/// Opens tables by `type:name`; one open table is shared by all who name it within a generation.
public interface Tables {
    /// Never throws for a table that does not open: the answer is a table whose lookups throw
    /// [TableException] with the reason, as Postfix's `451 4.3.5`/`4.3.0` behaviour needs.
    Table open(String typeAndName);

    /// Several tables, asked in order (`maps_find`).
    default Table chain(List<String> typesAndNames) {
        List<Table> tables = new ArrayList<>();
        for (String each : typesAndNames) {
            tables.add(open(each));
        }
        return JoinedTables.chain(tables);
    }

    /// The same under the name of the parameter that has them.
    default Table chain(String title, List<String> typesAndNames) {
        List<Table> tables = new ArrayList<>();
        for (String each : typesAndNames) {
            tables.add(AddressMaps.titled(title, open(each)));
        }
        return JoinedTables.chain(tables);
    }
}

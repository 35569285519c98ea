package org.postrider.maps;

import java.util.List;

/// The types of lookup tables (DATABASE_README), as `postconf -m` lists them.
public final class TableTypes {
    private static final List<String> NAMES =
            List.of(
                    "btree",
                    "cidr",
                    "environ",
                    "fail",
                    "hash",
                    "inline",
                    "internal",
                    "pcre",
                    "pipemap",
                    "proxy",
                    "randmap",
                    "regexp",
                    "static",
                    "texthash",
                    "unionmap");

    private TableTypes() {}

    /// In name order.
    public static List<String> names() {
        return NAMES;
    }
}

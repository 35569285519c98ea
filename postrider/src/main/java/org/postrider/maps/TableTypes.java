package org.postrider.maps;

import java.util.List;

/// The types of lookup tables (DATABASE_README), as `postconf -m` lists them.
public final class TableTypes {
    private static final List<String> NAMES =
            List.of(
                    "btree",
                    "cdb",
                    "cidr",
                    "dbm",
                    "debug",
                    "environ",
                    "fail",
                    "hash",
                    "inline",
                    "internal",
                    "ldap",
                    "lmdb",
                    "memcache",
                    "mysql",
                    "pcre",
                    "pgsql",
                    "pipemap",
                    "proxy",
                    "randmap",
                    "regexp",
                    "socketmap",
                    "sqlite",
                    "static",
                    "tcp",
                    "texthash",
                    "unionmap",
                    "unix");

    private TableTypes() {}

    /// In name order.
    public static List<String> names() {
        return NAMES;
    }
}

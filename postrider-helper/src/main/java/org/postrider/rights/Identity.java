package org.postrider.rights;

import java.util.List;

/// With whose rights something is done.
///
/// @param name for the log and for the account's other facts; need not exist
/// @param uid never 0 and never mail_owner's where it is to be acted for
/// @param gid the effective group
/// @param groups all supplementary groups; Postfix's agents act with `gid` alone
public record Identity(String name, int uid, int gid, List<Integer> groups) {
    public Identity {
        groups = List.copyOf(groups);
    }

    /// As Postfix's agents act: no other group than `gid` (set_eugid(3)).
    public static Identity of(String name, int uid, int gid) {
        return new Identity(name, uid, gid, List.of(gid));
    }
}

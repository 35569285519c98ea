package org.postrider.rights;

/// A line of the machine's user database, passwd(5).
public record Account(String name, int uid, int gid, String gecos, String home, String shell) {
    public Identity identity() {
        return Identity.of(name, uid, gid);
    }
}

package org.postrider.access.restriction;

/// One of Postfix's restrictions that this version does not have: clients that come to it are not
/// let pass (decision 0022).
///
/// @param where it stands, for the log
public record NotBuilt(String name, String argument, String where) implements Restriction {
    public String warning() {
        return warning(name, where);
    }

    /// Also of one that has an answer in some cases only.
    public static String warning(String name, String where) {
        return where + ": restriction " + name + " is not built";
    }
}

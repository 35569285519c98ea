package org.postrider.access.name;

/// The form of host names.
public final class HostName {
    private HostName() {}

    /// Without the dot of the root.
    public static String stripped(String name) {
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    /// It might be meant as an address.
    static boolean numeric(String name) {
        return name.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
    }
}

package org.postrider.dkim.form;

/// Names of domains as signatures hold them: ASCII, with underscores.
public final class Domains {
    private static final int MOST = 253;
    private static final int MOST_OF_A_LABEL = 63;

    private Domains() {}

    /// Two labels or more.
    public static boolean isDomain(String name) {
        return name.indexOf('.') > 0 && isSelector(name);
    }

    /// One label or more, none of them empty.
    public static boolean isSelector(String name) {
        int label = 0;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean ordinary = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            label = c == '.' ? 0 : label + 1;
            boolean fits = c == '.' ? i > 0 && name.charAt(i - 1) != '.' : ordinary || mid(c);
            if (!fits || label > MOST_OF_A_LABEL) {
                return false;
            }
        }
        return label > 0 && name.length() <= MOST;
    }

    private static boolean mid(char c) {
        return c == '-' || c == '_';
    }

    /// Whether a name is a domain or below it.
    ///
    /// @param name in lower case
    /// @param domain in lower case
    public static boolean within(String name, String domain) {
        return name.equals(domain) || name.endsWith("." + domain);
    }
}

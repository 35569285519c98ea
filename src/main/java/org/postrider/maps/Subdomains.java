package org.postrider.maps;

/// How lists of domains and hosts match a name and its parent domains. Names are in lower case.
final class Subdomains {
    private Subdomains() {}

    /// @param parents `example.com` also stands for its subdomains, else only `.example.com` does
    static boolean match(String pattern, String name, boolean parents) {
        if (pattern.equals(name)) {
            return true;
        }
        int before = name.length() - pattern.length() - 1;
        if (parents) {
            return before > 0 && name.endsWith(pattern) && name.charAt(before) == '.';
        }
        return pattern.startsWith(".") && before >= 0 && name.endsWith(pattern);
    }

    /// A table of patterns is asked for the whole name alone.
    ///
    /// @throws TableException when the table cannot answer
    static boolean listed(Table table, String name, boolean parents) {
        if (table.lookup(name) != null) {
            return true;
        }
        if (table.patterned()) {
            return false;
        }
        for (int dot = name.indexOf('.', 1); dot >= 0; dot = name.indexOf('.', dot + 1)) {
            String parent = name.substring(parents ? dot + 1 : dot);
            if (!parent.isEmpty() && table.lookup(parent) != null) {
                return true;
            }
        }
        return false;
    }
}

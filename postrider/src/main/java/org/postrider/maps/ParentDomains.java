package org.postrider.maps;

import org.postrider.config.Settings;

/// In which lists `example.com` also stands for its subdomains (parent_domain_matches_subdomains);
/// in the others `.example.com` does.
public final class ParentDomains {
    private ParentDomains() {}

    /// @param list the name of the parameter that holds the list, `smtpd_access_maps` for all
    ///   access tables
    public static boolean match(Settings settings, Tables tables, String list) {
        return new StringList(
                        MapsParams.PARENT_DOMAIN_MATCHES_SUBDOMAINS.name(),
                        settings.get(MapsParams.PARENT_DOMAIN_MATCHES_SUBDOMAINS),
                        tables)
                .contains(list);
    }

    /// Whether a pattern of a list stands for the name. Both are in lower case.
    ///
    /// @param parents `example.com` also stands for its subdomains, else only `.example.com` does
    static boolean covers(String pattern, String name, boolean parents) {
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

package org.postrider.smtpd;

import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.maps.Fold;
import org.postrider.maps.Table;

/// Lookups in access(5) order.
final class AccessTable {
    private final boolean parentMatches;
    private final String delimiters;
    private final String nullKey;

    /// @param parentMatches smtpd_access_maps is in parent_domain_matches_subdomains
    AccessTable(boolean parentMatches, String delimiters, String nullKey) {
        this.parentMatches = parentMatches;
        this.delimiters = delimiters;
        this.nullKey = nullKey;
    }

    @Nullable String domain(Table table, String name) {
        String key = Fold.lower(name);
        String found = table.lookup(key);
        if (table.patterned() || key.startsWith("[")) {
            return found;
        }
        for (int dot = key.indexOf('.');
                found == null && dot >= 0;
                dot = key.indexOf('.', dot + 1)) {
            found = table.lookup(parentMatches ? key.substring(dot + 1) : key.substring(dot));
        }
        return found;
    }

    @Nullable String client(Table table, Client client) {
        String found = domain(table, client.name());
        return found != null ? found : address(table, client.ip());
    }

    private static @Nullable String address(Table table, String ip) {
        String found = table.lookup(ip);
        if (table.patterned()) {
            return found;
        }
        char part = ip.indexOf(':') >= 0 ? ':' : '.';
        String net = ip;
        while (found == null && net.lastIndexOf(part) > 0) {
            net = net.substring(0, net.lastIndexOf(part));
            found = table.lookup(net);
        }
        return found;
    }

    @Nullable String mail(Table table, Address address) {
        if (address.isNull()) {
            return table.lookup(nullKey);
        }
        String text = Fold.lower(address.text());
        String found = table.lookup(text);
        if (found != null || table.patterned()) {
            return found;
        }
        String local = Fold.lower(address.local());
        String domain = Fold.lower(address.domain());
        String base = base(local);
        if (!base.equals(local)) {
            found = table.lookup(base + "@" + domain);
        }
        if (found == null && !domain.isEmpty()) {
            found = domain(table, domain);
        }
        if (found == null) {
            found = table.lookup(local + "@");
        }
        if (found == null && !base.equals(local)) {
            found = table.lookup(base + "@");
        }
        return found;
    }

    private String base(String local) {
        for (int i = 1; i < local.length(); i++) {
            if (delimiters.indexOf(local.charAt(i)) >= 0) {
                return local.substring(0, i);
            }
        }
        return local;
    }
}

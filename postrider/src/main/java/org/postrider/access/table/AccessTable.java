package org.postrider.access.table;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.access.AccessParams;
import org.postrider.access.restriction.Means;
import org.postrider.address.Address;
import org.postrider.maps.AddressMaps;
import org.postrider.maps.Fold;
import org.postrider.maps.ParentDomains;
import org.postrider.maps.Table;
import org.postrider.rewrite.RewriteParams;

/// Lookups in access(5) order.
final class AccessTable {
    private final boolean parentMatches;
    private final String delimiters;
    private final String nullKey;

    static AccessTable of(Means means) {
        return means.shared(
                AccessTable.class,
                m ->
                        new AccessTable(
                                ParentDomains.match(m.settings(), m.tables(), "smtpd_access_maps"),
                                m.settings().get(RewriteParams.RECIPIENT_DELIMITER),
                                m.settings().get(AccessParams.NULL_ACCESS_KEY)));
    }

    /// @param parentMatches smtpd_access_maps is in parent_domain_matches_subdomains
    AccessTable(boolean parentMatches, String delimiters, String nullKey) {
        this.parentMatches = parentMatches;
        this.delimiters = delimiters;
        this.nullKey = nullKey;
    }

    @Nullable String domain(Table table, String name) {
        String key = Fold.lower(name);
        String found = AddressMaps.one(table, key);
        if (table.patterned() || key.startsWith("[")) {
            return found;
        }
        for (int dot = key.indexOf('.');
                found == null && dot >= 0;
                dot = key.indexOf('.', dot + 1)) {
            found =
                    AddressMaps.one(
                            table, parentMatches ? key.substring(dot + 1) : key.substring(dot));
        }
        return found;
    }

    /// A client's name and its parent domains, then its address and its networks.
    @Nullable String host(Table table, String name, String ip) {
        String found = domain(table, name);
        return found != null ? found : address(table, ip);
    }

    /// An address and its networks.
    @Nullable String address(Table table, String ip) {
        String found = AddressMaps.one(table, ip);
        if (table.patterned()) {
            return found;
        }
        char part = ip.indexOf(':') >= 0 ? ':' : '.';
        String net = ip;
        while (found == null && net.lastIndexOf(part) > 0) {
            net = net.substring(0, net.lastIndexOf(part));
            found = AddressMaps.one(table, net);
        }
        return found;
    }

    @Nullable String mail(Table table, Address address) {
        if (address.isNull()) {
            return AddressMaps.one(table, nullKey);
        }
        List<Table> tables = List.of(table);
        String found = AddressMaps.ask(tables, Fold.lower(address.text()), false);
        if (found != null || table.patterned()) {
            return found;
        }
        String local = Fold.lower(address.local());
        String domain = Fold.lower(address.domain());
        String base = AddressMaps.withoutExtension(local, delimiters);
        if (!base.equals(local)) {
            found = AddressMaps.ask(tables, base + "@" + domain, true);
        }
        if (found == null && !domain.isEmpty()) {
            found = domain(table, domain);
        }
        if (found == null) {
            found = AddressMaps.ask(tables, local + "@", true);
        }
        if (found == null && !base.equals(local)) {
            found = AddressMaps.ask(tables, base + "@", true);
        }
        return found;
    }
}

package org.postrider.rewrite;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.maps.AddressMaps;
import org.postrider.maps.Table;
import org.postrider.maps.Tables;

/// transport_maps (transport(5)): `user+ext@domain`, `user@domain`, `domain`, the parents, `*`.
final class TransportMaps {
    private final List<Table> tables;
    private final AddressMaps extensions;
    private final boolean parentMatches;

    TransportMaps(List<String> words, Tables opener, String delimiters, boolean parentMatches) {
        tables =
                words.stream()
                        .map(word ->
                                AddressMaps.titled(
                                        RewriteParams.TRANSPORT_MAPS.name(), opener.open(word)))
                        .toList();
        extensions = new AddressMaps(List.of(), opener, delimiters);
        this.parentMatches = parentMatches;
    }

    boolean isEmpty() {
        return tables.isEmpty();
    }

    /// @param before what holds without a table
    Resolved override(Resolved before) {
        String value = find(before.recipient());
        if (value == null) {
            return before;
        }
        int colon = value.indexOf(':');
        String transport = colon < 0 ? value : value.substring(0, colon);
        String nexthop = colon < 0 ? "" : value.substring(colon + 1);
        if (transport.isEmpty()) {
            // `:` alone changes nothing, `:nexthop` only that.
            return nexthop.isEmpty() ? before : before.to(before.transport(), nexthop);
        }
        if (nexthop.isEmpty()) {
            nexthop =
                    transport.equals("error") || transport.equals("retry")
                            ? "Address is undeliverable"
                            : before.recipient().domain();
        }
        return before.to(transport, nexthop);
    }

    private @Nullable String find(Address recipient) {
        String found = AddressMaps.ask(tables, recipient.text(), false);
        String domain = recipient.domain();
        if (found == null) {
            String local = recipient.local();
            String base = extensions.withoutExtension(local);
            if (!base.equals(local)) {
                found = AddressMaps.ask(tables, base + "@" + domain, true);
            }
        }
        if (found == null) {
            found = AddressMaps.ask(tables, domain, true);
        }
        for (int dot = domain.indexOf('.'); found == null && dot >= 0; ) {
            String parent = domain.substring(parentMatches ? dot + 1 : dot);
            found = AddressMaps.ask(tables, parent, true);
            dot = domain.indexOf('.', dot + 1);
        }
        return found == null ? AddressMaps.ask(tables, "*", false) : found;
    }
}

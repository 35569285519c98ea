package org.postrider.maps;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;

/// Lookups of mail addresses: `user+ext@domain`, `user@domain`, `user+ext`, `user`, `@domain` in
/// the order of Postfix's address mapping tables (virtual(5), canonical(5)).
public final class AddressMaps {
    private final List<Table> tables;
    private final String delimiters;

    /// @param delimiters recipient_delimiter
    public AddressMaps(List<String> words, Tables tables, String delimiters) {
        this.tables = words.stream().map(tables::open).toList();
        this.delimiters = delimiters;
    }

    public boolean isEmpty() {
        return tables.isEmpty();
    }

    /// @param bareLocal whether `user` alone stands for this address's domain (it is ours)
    /// @throws TableException when a table cannot answer
    public @Nullable String lookup(Address address, boolean bareLocal) {
        for (Table table : tables) {
            String found = lookup(table, address, bareLocal);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private @Nullable String lookup(Table table, Address address, boolean bareLocal) {
        String found = table.lookup(address.text());
        if (found != null || table.patterned()) {
            return found;
        }
        String local = address.local();
        String domain = address.domain();
        String base = withoutExtension(local);
        if (!base.equals(local) && !domain.isEmpty()) {
            found = table.lookup(base + "@" + domain);
        }
        if (found == null && bareLocal && !domain.isEmpty()) {
            found = table.lookup(local);
            if (found == null && !base.equals(local)) {
                found = table.lookup(base);
            }
        }
        if (found == null && domain.isEmpty() && !base.equals(local)) {
            found = table.lookup(base);
        }
        if (found == null && !domain.isEmpty()) {
            found = table.lookup("@" + domain);
        }
        return found;
    }

    /// `user` of `user+ext`; the whole where there is no extension or it is a reserved name.
    public String withoutExtension(String local) {
        if (delimiters.isEmpty()
                || local.equalsIgnoreCase("mailer-daemon")
                || local.equalsIgnoreCase("double-bounce")
                || local.startsWith("owner-")
                || local.endsWith("-request")) {
            return local;
        }
        for (int i = 1; i < local.length(); i++) {
            if (delimiters.indexOf(local.charAt(i)) >= 0) {
                return local.substring(0, i);
            }
        }
        return local;
    }
}

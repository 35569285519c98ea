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

    /// Every table is asked for one form of the address before any is asked for the next.
    ///
    /// @param bareLocal whether `user` alone stands for this address's domain (it is ours)
    /// @throws TableException when a table cannot answer
    public @Nullable String lookup(Address address, boolean bareLocal) {
        if (tables.isEmpty()) {
            return null;
        }
        String found = ask(address.text(), false);
        if (found != null) {
            return found;
        }
        String local = address.local();
        String domain = address.domain();
        String base = withoutExtension(local);
        boolean extended = !base.equals(local);
        if (domain.isEmpty()) {
            return extended ? ask(base, true) : null;
        }
        if (extended) {
            found = ask(base + "@" + domain, true);
        }
        if (found == null && bareLocal) {
            found = ask(local, true);
            if (found == null && extended) {
                found = ask(base, true);
            }
        }
        return found == null ? ask("@" + domain, true) : found;
    }

    /// @param partial no full address: tables of patterns are not asked
    private @Nullable String ask(String key, boolean partial) {
        for (Table table : tables) {
            if (!partial || !table.patterned()) {
                String found = table.lookup(key);
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
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

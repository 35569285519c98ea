package org.postrider.maps;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.address.Quoting;

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

    /// @param title the parameter that names them
    public AddressMaps(String title, List<String> words, Tables tables, String delimiters) {
        this.tables = words.stream().map(word -> titled(title, tables.open(word))).toList();
        this.delimiters = delimiters;
    }

    /// A table under the name of the parameter that has it.
    private record Titled(String title, Table table) implements Table {
        @Override
        public @Nullable String lookup(String key) {
            return table.lookup(key);
        }

        @Override
        public @Nullable String lookupWhole(String key) {
            return table.lookupWhole(key);
        }

        @Override
        public @Nullable Path source() {
            return table.source();
        }

        @Override
        public String name() {
            return table.name();
        }

        @Override
        public boolean patterned() {
            return table.patterned();
        }
    }

    /// The same table, which says in its warnings who has it.
    ///
    /// @param title a parameter
    public static Table titled(String title, Table table) {
        return new Titled(title, table);
    }

    public boolean isEmpty() {
        return tables.isEmpty();
    }

    /// @param value what the table holds
    /// @param extension of the address that was not part of the key that matched, its delimiter
    ///   first; empty for none
    public record Found(String value, String extension) {}

    /// @see #find
    public @Nullable String lookup(Address address, boolean bareLocal) {
        Found found = find(address, bareLocal);
        return found == null ? null : found.value();
    }

    /// Every table is asked for one form of the address before any is asked for the next.
    ///
    /// @param bareLocal whether `user` alone stands for this address's domain (it is ours)
    /// @throws TableException when a table cannot answer
    public @Nullable Found find(Address address, boolean bareLocal) {
        if (tables.isEmpty()) {
            return null;
        }
        String value = ask(address.text(), false);
        if (value != null) {
            return new Found(value, "");
        }
        String local = address.local();
        String domain = address.domain();
        String base = withoutExtension(local);
        String extension = local.substring(base.length());
        boolean extended = !extension.isEmpty();
        if (domain.isEmpty()) {
            return found(extended ? ask(base, true) : null, extension);
        }
        if (extended) {
            value = ask(base + "@" + domain, true);
        }
        if (value == null && bareLocal) {
            value = ask(local, true);
            if (value != null) {
                return new Found(value, "");
            }
            value = extended ? ask(base, true) : null;
        }
        if (value != null) {
            return new Found(value, extension);
        }
        return found(ask("@" + domain, true), "");
    }

    private static @Nullable Found found(@Nullable String value, String extension) {
        return value == null ? null : new Found(value, extension);
    }

    /// @param partial no full address: tables of patterns are not asked
    private @Nullable String ask(String key, boolean partial) {
        return ask(tables, key, partial);
    }

    /// Asks each table for the key with a local part quoted as mail has it, then, if that differs,
    /// for the key without quotes.
    ///
    /// @param key an address, a local part or `user@`, in internal form
    /// @param partial no full address: tables of patterns are not asked
    public static @Nullable String ask(List<Table> tables, String key, boolean partial) {
        String quoted = Quoting.rfc5322(new Address(key));
        String found = quoted.equals(key) ? null : each(tables, quoted, partial);
        return found == null ? each(tables, key, partial) : found;
    }

    private static @Nullable String each(List<Table> tables, String key, boolean partial) {
        for (Table table : tables) {
            if (!partial || !table.patterned()) {
                String found = one(table, key);
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }

    /// Asks a table, and says of a failure for which key.
    ///
    /// @throws TableException when it cannot answer
    public static @Nullable String one(Table table, String key) {
        try {
            return answer(table, key, table.lookup(key));
        } catch (TableException e) {
            throw e.asked(table, key);
        }
    }

    /// An answer, if it is one.
    ///
    /// @throws TableException where it is empty
    public static @Nullable String answer(Table table, String key, @Nullable String found) {
        if (found != null && found.isEmpty()) {
            throw TableException.empty(
                    table instanceof Titled(var title, var _) ? title : table.name(), key);
        }
        return found;
    }

    /// `user` of `user+ext`; the whole if there is no extension or it is a reserved name.
    public String withoutExtension(String local) {
        return withoutExtension(local, delimiters);
    }

    /// @param delimiters recipient_delimiter
    public static String withoutExtension(String local, String delimiters) {
        boolean special = delimiters.indexOf('-') >= 0;
        if (delimiters.isEmpty()
                || local.equalsIgnoreCase("mailer-daemon")
                || local.equalsIgnoreCase("double-bounce")
                || (special && local.regionMatches(true, 0, "owner-", 0, 6))
                || (special && Fold.lower(local).endsWith("-request"))) {
            return local;
        }
        for (int i = 0; i < local.length(); i++) {
            if (delimiters.indexOf(local.charAt(i)) >= 0) {
                return i == 0 ? local : local.substring(0, i);
            }
        }
        return local;
    }
}

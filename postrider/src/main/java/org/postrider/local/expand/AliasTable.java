package org.postrider.local.expand;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.address.Quoting;
import org.postrider.agent.SafeTable;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;

/// One of alias_maps: what it answers, and whose it is, for its owner's rights are those of the
/// commands and files that it names.
public final class AliasTable {
    private static final Set<String> SETTINGS = Set.of("ldap", "mysql", "pgsql", "sqlite");
    private static final Set<String> ANYBODYS = Set.of("tcp", "socketmap", "memcache");

    /// Whose a table is.
    sealed interface Owner {
        /// Root's, or the administrator's otherwise.
        record Trusted() implements Owner {}

        record Uid(int uid) implements Owner {}

        /// Nobody can say.
        record Unknown() implements Owner {}
    }

    private final SafeTable table;
    private final String type;
    private final String name;

    /// @param spec `type:name`, where `proxy:` before it makes no difference
    public AliasTable(Tables tables, String spec, String defaultType) {
        String plain = spec;
        while (plain.startsWith("proxy:")) {
            plain = plain.substring("proxy:".length());
        }
        int colon = plain.indexOf(':');
        type = colon < 0 ? defaultType : plain.substring(0, colon);
        name = colon < 0 ? plain : plain.substring(colon + 1);
        table = new SafeTable(tables, plain, true);
    }

    String spec() {
        return type + ":" + name;
    }

    /// @param key in lower case: asked for as mail has it quoted, then, if that differs, as it is
    /// @throws TableException when the table cannot answer
    @Nullable String lookup(String key) {
        String quoted = Quoting.rfc5322(new Address(key + "@")).replaceFirst("@$", "");
        String found = table.lookup(quoted);
        return found == null && !quoted.equals(key) ? table.lookup(key) : found;
    }

    /// The first answer for a key as it is.
    ///
    /// @throws TableException when a table cannot answer
    public static @Nullable String first(List<AliasTable> tables, String key) {
        for (AliasTable each : tables) {
            String found = each.table.lookup(key);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /// As it is now.
    Owner owner() {
        if (ANYBODYS.contains(type)) {
            return new Owner.Unknown();
        }
        Path file = file();
        if (file == null) {
            return new Owner.Trusted();
        }
        try {
            Object uid = Files.getAttribute(file, "unix:uid", new LinkOption[0]);
            int owner = ((Number) uid).intValue();
            return owner == 0 ? new Owner.Trusted() : new Owner.Uid(owner);
        } catch (IOException e) {
            return new Owner.Unknown();
        }
    }

    private @Nullable Path file() {
        return SETTINGS.contains(type) && name.startsWith("/") ? Path.of(name) : table.source();
    }
}

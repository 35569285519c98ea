package org.postrider.maps;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// A list of domains as `mydestination` or `relay_domains` hold: names, `.domain`, tables, files
/// and `!` exclusions, first match counts. Plain names are answered from a set.
public final class DomainList {
    private sealed interface Item {
        boolean negated();
    }

    private record Name(String name, boolean negated) implements Item {}

    private record Lookup(Table table, boolean negated) implements Item {}

    private final List<Item> items = new ArrayList<>();
    private final Set<String> plain = new HashSet<>();
    private final boolean onlyPlain;
    private final boolean parentMatches;
    private final boolean exact;

    /// A list of names and tables without any parent matching, as mydestination and
    /// virtual_alias_domains are.
    public static DomainList exact(List<String> words, Tables tables) {
        return new DomainList(words, tables, false, true);
    }

    /// @param words the list, see [org.postrider.config.Values#words]
    /// @param parentMatches `example.com` also stands for its subdomains
    ///   (parent_domain_matches_subdomains); else only `.example.com` does
    public DomainList(List<String> words, Tables tables, boolean parentMatches) {
        this(words, tables, parentMatches, false);
    }

    private DomainList(List<String> words, Tables tables, boolean parentMatches, boolean exact) {
        this.exact = exact;
        this.parentMatches = parentMatches;
        boolean simple = true;
        for (String word : Lists.filesRead(words)) {
            boolean negated = word.startsWith("!");
            String name = negated ? word.substring(1) : word;
            if (Lists.isTable(name)) {
                items.add(new Lookup(tables.open(name), negated));
                simple = false;
            } else {
                items.add(new Name(Fold.lower(name), negated));
                plain.add(Fold.lower(name));
                simple &= !negated;
            }
        }
        onlyPlain = simple;
    }

    public boolean isEmpty() {
        return items.isEmpty();
    }

    /// @throws TableException when a table in the list cannot answer
    public boolean contains(String domain) {
        String key = Fold.lower(domain);
        if (onlyPlain) {
            return plainMatch(key);
        }
        for (Item item : items) {
            boolean matches =
                    switch (item) {
                        case Name n -> nameMatch(n.name(), key);
                        case Lookup l -> tableMatch(l.table(), key);
                    };
            if (matches) {
                return !item.negated();
            }
        }
        return false;
    }

    private boolean plainMatch(String key) {
        if (plain.contains(key)) {
            return true;
        }
        if (exact) {
            return false;
        }
        for (int dot = key.indexOf('.'); dot >= 0; dot = key.indexOf('.', dot + 1)) {
            if (plain.contains(parentMatches ? key.substring(dot + 1) : key.substring(dot))) {
                return true;
            }
        }
        return false;
    }

    private boolean nameMatch(String name, String key) {
        if (name.equals(key)) {
            return true;
        }
        if (exact) {
            return false;
        }
        if (parentMatches) {
            return key.length() > name.length()
                    && key.endsWith(name)
                    && key.charAt(key.length() - name.length() - 1) == '.';
        }
        return name.startsWith(".") && key.length() > name.length() && key.endsWith(name);
    }

    private boolean tableMatch(Table table, String key) {
        if (table.lookup(key) != null) {
            return true;
        }
        if (exact || table.patterned()) {
            return false;
        }
        for (int dot = key.indexOf('.'); dot >= 0; dot = key.indexOf('.', dot + 1)) {
            String parent = parentMatches ? key.substring(dot + 1) : key.substring(dot);
            if (table.lookup(parent) != null) {
                return true;
            }
        }
        return false;
    }
}

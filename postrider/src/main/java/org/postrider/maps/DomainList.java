package org.postrider.maps;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.postrider.config.Param;
import org.postrider.config.Settings;

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
    private final String parameter;

    /// A list of names and tables without any parent matching, as mydestination and
    /// virtual_alias_domains are.
    public static DomainList exact(Settings settings, Param<List<String>> param, Tables tables) {
        return exact(param.name(), settings.get(param), tables);
    }

    /// @param parameter that holds the list
    public static DomainList exact(String parameter, List<String> words, Tables tables) {
        return new DomainList(parameter, words, tables, false, true);
    }

    /// The list in a parameter, under parent_domain_matches_subdomains.
    public static DomainList of(Settings settings, Param<List<String>> param, Tables tables) {
        boolean parents = ParentDomains.match(settings, tables, param.name());
        return new DomainList(param.name(), settings.get(param), tables, parents);
    }

    /// @param parameter that holds the list
    /// @param words the list, see [org.postrider.config.Values#words]
    /// @param parentMatches `example.com` also stands for its subdomains
    ///   (parent_domain_matches_subdomains); else only `.example.com` does
    public DomainList(String parameter, List<String> words, Tables tables, boolean parentMatches) {
        this(parameter, words, tables, parentMatches, false);
    }

    private DomainList(
            String parameter,
            List<String> words,
            Tables tables,
            boolean parentMatches,
            boolean exact) {
        this.parameter = parameter;
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

    /// The parameter that holds the list.
    public String parameter() {
        return parameter;
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
                        case Name n ->
                                exact
                                        ? n.name().equals(key)
                                        : ParentDomains.covers(n.name(), key, parentMatches);
                        case Lookup l -> listed(l.table(), key);
                    };
            if (matches) {
                return !item.negated();
            }
        }
        return false;
    }

    private boolean listed(Table table, String key) {
        try {
            return exact
                    ? table.lookup(key) != null
                    : ParentDomains.listed(table, key, parentMatches);
        } catch (TableException e) {
            throw e.listed(parameter, table);
        }
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
}

package org.postrider.maps;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.postrider.config.ConfigException;
import org.postrider.config.Param;
import org.postrider.config.Settings;

/// A list of client names and address blocks, as `mynetworks` or `debug_peer_list` hold: blocks,
/// names, tables, files, `!`; first match counts. Tables are asked for the name, its parent domains
/// and the address as [Network#text(InetAddress)] spells it.
public final class NetworkList {
    private sealed interface Item {
        boolean negated();
    }

    private record Block(Network network, boolean negated) implements Item {}

    private record Name(String name, boolean negated) implements Item {}

    private record Lookup(Table table, boolean negated) implements Item {}

    private final List<Item> items = new ArrayList<>();
    private final boolean parentMatches;
    private final String parameter;

    /// The list in a parameter, under parent_domain_matches_subdomains.
    ///
    /// @throws ConfigException for a malformed block, with where the parameter is set
    public static NetworkList of(Settings settings, Param<List<String>> param, Tables tables) {
        boolean parents = ParentDomains.match(settings, tables, param.name());
        List<String> words = settings.get(param);
        try {
            return new NetworkList(param.name(), words, tables, parents);
        } catch (ConfigException e) {
            String set = settings.origin(param.name());
            throw new ConfigException(
                    (set == null ? "" : set + ": ") + param.name() + ": " + e.getMessage());
        }
    }

    /// @param parameter that holds the list
    /// @param parentMatches `example.com` also stands for its subdomains; else only `.example.com`
    ///   does
    /// @throws ConfigException for a malformed block, naming it
    public NetworkList(String parameter, List<String> words, Tables tables, boolean parentMatches) {
        this.parameter = parameter;
        this.parentMatches = parentMatches;
        for (String word : Lists.filesRead(words)) {
            boolean negated = word.startsWith("!");
            String name = negated ? word.substring(1) : word;
            if (Lists.isTable(name)) {
                items.add(new Lookup(tables.open(name), negated));
                continue;
            }
            try {
                Network network = Network.parse(name);
                items.add(
                        network != null
                                ? new Block(network, negated)
                                : new Name(Fold.lower(name), negated));
            } catch (IllegalArgumentException e) {
                throw new ConfigException(String.valueOf(e.getMessage()));
            }
        }
    }

    public boolean isEmpty() {
        return items.isEmpty();
    }

    /// @param name the verified client name, `unknown` if there is none
    /// @throws TableException when a table in the list cannot answer
    public boolean contains(String name, InetAddress address) {
        byte[] octets = address.getAddress();
        String key = Fold.lower(name);
        for (Item item : items) {
            boolean matches =
                    switch (item) {
                        case Block b -> b.network().contains(octets);
                        case Name n -> ParentDomains.covers(n.name(), key, parentMatches);
                        case Lookup l -> listed(l.table(), key, octets);
                    };
            if (matches) {
                return !item.negated();
            }
        }
        return false;
    }

    private boolean listed(Table table, String key, byte[] octets) {
        try {
            return ParentDomains.listed(table, key, parentMatches)
                    || table.lookup(Network.text(octets)) != null;
        } catch (TableException e) {
            throw e.listed(parameter, table);
        }
    }
}

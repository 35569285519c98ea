package org.postrider.maps;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.postrider.config.ConfigException;

/// A list of client names and address blocks, as `mynetworks` or `debug_peer_list` hold: blocks,
/// names, tables, files, `!`; first match counts.
public final class NetworkList {
    private sealed interface Item {
        boolean negated();
    }

    private record Block(Network network, boolean negated) implements Item {}

    private record Name(String name, boolean negated) implements Item {}

    private record Lookup(Table table, boolean negated) implements Item {}

    private final List<Item> items = new ArrayList<>();

    /// @throws ConfigException for a malformed block, naming it
    public NetworkList(List<String> words, Tables tables) {
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

    /// @param name the verified client name, `unknown` where there is none
    /// @throws TableException when a table in the list cannot answer
    public boolean contains(String name, InetAddress address) {
        byte[] octets = address.getAddress();
        for (Item item : items) {
            boolean matches =
                    switch (item) {
                        case Block b -> b.network().contains(octets);
                        case Name n -> nameMatch(n.name(), Fold.lower(name));
                        case Lookup l ->
                                l.table().lookup(address.getHostAddress()) != null
                                        || l.table().lookup(Fold.lower(name)) != null;
                    };
            if (matches) {
                return !item.negated();
            }
        }
        return false;
    }

    private static boolean nameMatch(String pattern, String name) {
        return pattern.equals(name) || (pattern.startsWith(".") && name.endsWith(pattern));
    }
}

package org.postrider.maps;

import java.util.ArrayList;
import java.util.List;

/// A list of strings and tables, matched whole and without case (`smtpd_forbidden_commands`).
public final class StringList {
    private record Item(String text, boolean table, boolean negated) {}

    private final List<Item> items = new ArrayList<>();
    private final Tables tables;
    private final String parameter;

    /// @param parameter that holds the list
    public StringList(String parameter, List<String> words, Tables tables) {
        this.parameter = parameter;
        this.tables = tables;
        for (String word : Lists.filesRead(words)) {
            boolean negated = word.startsWith("!");
            String text = negated ? word.substring(1) : word;
            boolean table = Lists.isTable(text);
            items.add(new Item(table ? text : Fold.lower(text), table, negated));
        }
    }

    public boolean contains(String text) {
        for (Item item : items) {
            boolean matches =
                    item.table()
                            ? listed(tables.open(item.text()), text)
                            : item.text().equals(Fold.lower(text));
            if (matches) {
                return !item.negated();
            }
        }
        return false;
    }

    private boolean listed(Table table, String text) {
        try {
            return table.lookup(text) != null;
        } catch (TableException e) {
            throw e.listed(parameter, table);
        }
    }
}

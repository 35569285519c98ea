package org.postrider.maps;

import java.util.ArrayList;
import java.util.List;

/// A list of strings and tables, matched whole and without case (`smtpd_forbidden_commands`).
public final class StringList {
    private record Item(String text, boolean table, boolean negated) {}

    private final List<Item> items = new ArrayList<>();
    private final Tables tables;

    public StringList(List<String> words, Tables tables) {
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
                            ? tables.open(item.text()).lookup(text) != null
                            : item.text().equals(Fold.lower(text));
            if (matches) {
                return !item.negated();
            }
        }
        return false;
    }
}

package org.postrider.access.listed;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.access.restriction.Word;
import org.postrider.config.Honoured;
import org.postrider.dnsbl.DnsList;

/// The list that a restriction names, `domain` or `domain=filter`.
public final class ListWord {
    private ListWord() {}

    /// What is wrong with one, in Postfix's words; null for nothing. None at all is only warned of.
    public static @Nullable String fault(Word word) {
        return fault(word.argument());
    }

    /// Why one decides nothing; null if it does.
    public static @Nullable String idle(Word word) {
        return word.argument().isEmpty() ? missing(word.name()) : null;
    }

    static @Nullable String fault(String text) {
        try {
            String domain = DnsList.of(text).domain();
            if (Honoured.list().entry(Honoured.Kind.RESTRICTION, domain) != null) {
                return "RBL reply error: the restriction "
                        + domain
                        + " stands where a domain is due";
            }
            return domain.isEmpty() && !text.isEmpty()
                    ? "RBL reply error: no domain name before \"" + text + "\""
                    : null;
        } catch (IllegalArgumentException e) {
            return "RBL reply error: " + e.getMessage();
        }
    }

    /// None if the word has no argument.
    static List<DnsList> lists(Word word) {
        return word.argument().isEmpty() ? List.of() : List.of(DnsList.of(word.argument()));
    }

    /// What is said of a restriction that names none.
    static String missing(String restriction) {
        return "restriction " + restriction + " requires domain name argument";
    }
}

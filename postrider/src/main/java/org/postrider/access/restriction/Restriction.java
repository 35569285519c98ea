package org.postrider.access.restriction;

/// One restriction of a list, made when the server starts. The kinds that [Evaluation] treats each
/// in its own way are these; nearly all restrictions are a [Rule].
public sealed interface Restriction permits Rule, WarnIfReject, RestrictionClass, NotBuilt, Faulty {

    /// As configured, lower case; of a class and of a table alone, the word itself.
    String name();

    /// What follows the name; empty for nothing.
    default String argument() {
        return "";
    }

    /// Nothing after it in a list is ever asked.
    default boolean last() {
        return false;
    }

    /// It keeps strangers from relaying: a server needs one such in its relay or recipient list.
    default boolean guardsRelay() {
        return false;
    }

    /// As configured.
    default String text() {
        return argument().isEmpty() ? name() : name() + " " + argument();
    }
}

package org.postrider.peer;

/// What is known of a client's host name.
public enum NameStatus {
    /// It has one.
    OK,

    /// Nobody could say: the name service was not to be reached.
    TEMPORARY,

    /// It has none.
    NONE,

    /// It claims one that is another's.
    FORGED
}

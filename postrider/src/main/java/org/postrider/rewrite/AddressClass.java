package org.postrider.rewrite;

/// Postfix's address classes (ADDRESS_CLASS_README).
public enum AddressClass {
    LOCAL,
    VIRTUAL_ALIAS,
    VIRTUAL_MAILBOX,
    RELAY,
    DEFAULT
}

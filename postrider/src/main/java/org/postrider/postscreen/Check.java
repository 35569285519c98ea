package org.postrider.postscreen;

/// The tests of a client, in the order of their time stamps in the cache.
enum Check {
    PREGREET,
    DNS_LISTS,
    PIPELINING,
    NON_SMTP,
    BARE_NEWLINE;

    /// How many there are.
    static final int COUNT = 5;

    /// Those after the greeting.
    static final int DEEP = PIPELINING.bit() | NON_SMTP.bit() | BARE_NEWLINE.bit();

    int bit() {
        return 1 << ordinal();
    }
}

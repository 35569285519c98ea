package org.postrider.postscreen;

/// The tests of a client, in the order of their time stamps in the cache.
enum Check {
    PREGREET(0),
    DNS_LISTS(1),
    PIPELINING(2),
    NON_SMTP(3),
    BARE_NEWLINE(4);

    /// How many there are.
    static final int COUNT = Cache.STAMPS;

    /// Those after the greeting.
    static final int DEEP = PIPELINING.bit() | NON_SMTP.bit() | BARE_NEWLINE.bit();

    /// Of its time stamp.
    final int place;

    Check(int place) {
        this.place = place;
    }

    /// As the administrator calls it.
    String shown() {
        return switch (this) {
            case PREGREET -> "pregreet";
            case DNS_LISTS -> "dnsbl";
            case PIPELINING -> "pipelining";
            case NON_SMTP -> "non_smtp_command";
            case BARE_NEWLINE -> "bare_newline";
        };
    }

    int bit() {
        return 1 << place;
    }
}

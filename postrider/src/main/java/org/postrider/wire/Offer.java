package org.postrider.wire;

/// What a server may offer in its reply to EHLO, of what this client knows (RFC 5321 4.1.1.1).
public enum Offer {
    PIPELINING("PIPELINING"),
    SIZE("SIZE"),
    EIGHT_BIT("8BITMIME"),
    DSN("DSN"),
    SMTPUTF8("SMTPUTF8"),
    STARTTLS("STARTTLS"),
    XFORWARD("XFORWARD"),
    AUTH("AUTH"),
    CHUNKING("CHUNKING"),
    REQUIRETLS("REQUIRETLS");

    private final String keyword;

    Offer(String keyword) {
        this.keyword = keyword;
    }

    public String keyword() {
        return keyword;
    }
}

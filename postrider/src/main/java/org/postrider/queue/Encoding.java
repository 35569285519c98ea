package org.postrider.queue;

/// Whether a content has octets above 127, as BODY= declares it (RFC 6152).
public enum Encoding {
    SEVEN_BIT("7bit"),
    EIGHT_BIT("8bit");

    private final String text;

    Encoding(String text) {
        this.text = text;
    }

    /// As Content-Transfer-Encoding names it.
    public String text() {
        return text;
    }
}

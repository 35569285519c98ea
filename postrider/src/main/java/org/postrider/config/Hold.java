package org.postrider.config;

/// Where mail is held for something that is configured and not honoured. One of these is one door:
/// the code that answers 4xx or defers there, and one line of `postfix check`.
public enum Hold {
    RECEIVING("receiving", "mail is refused with 451 4.3.5, local mail waits in maildrop"),
    DELIVERY("delivery", "mail for an SMTP client so configured is deferred"),
    CLIENT_TLS("client TLS", "mail for an SMTP client so configured is deferred"),
    VERIFICATION("verification"),
    TABLE_TYPE("table type", "mail that needs such a table is refused with 451 or deferred"),
    LMTP_DELIVERY("lmtp delivery", "mail for an LMTP client so configured is deferred"),
    LMTP_TLS("lmtp TLS", "mail for an LMTP client so configured is deferred"),
    QMQPD("qmqpd", "no client is listened to there");

    private final String text;
    private final String consequence;

    /// A restriction that is not built.
    Hold(String text) {
        this(text, "clients that come to it are answered 451 4.3.5");
    }

    Hold(String text, String consequence) {
        this.text = text;
        this.consequence = consequence;
    }

    /// As `honoured.tsv` has it.
    public String text() {
        return text;
    }

    /// What becomes of mail: the end of a sentence.
    public String consequence() {
        return consequence;
    }

    static Hold named(String text) {
        for (Hold each : values()) {
            if (each.text.equals(text)) {
                return each;
            }
        }
        throw new IllegalStateException("honoured.tsv: no such hold: " + text);
    }
}

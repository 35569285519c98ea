package org.postrider.config;

/// Where mail is held for something that is configured and not honoured. One of these is one door:
/// the code that answers 4xx or defers there, and one line of `postfix check`.
public enum Hold {
    SUBMISSION("submission", "mail from sendmail waits in maildrop"),
    QUEUE_TOOLS("queue tools", "only root and mail_owner may list and flush the queue"),
    LOG_FILE("log file", "new log files are for their owner only"),
    RECEIVING("receiving", "mail is refused with 451 4.3.0, local mail waits in maildrop"),
    UNTRUSTED_ROUTING("untrusted routing", "recipients with a route are refused"),
    DELIVERY("delivery", "mail for the SMTP client is deferred"),
    FILTER("filter", "mail for a content filter without a next hop is deferred"),
    LOGIN("login", "mail for the SMTP client is deferred where smtp_sasl_auth_enable = yes"),
    CLIENT_TLS("client TLS", "mail that it is about is deferred"),
    MILTER("milter", "milter_default_action is done, as for a milter that cannot be reached"),
    PROXY_FILTER("proxy filter", "mail is refused with 451 4.3.0, as by a proxy that is down"),
    VERIFICATION("verification", "clients are answered 451 4.3.5"),
    DNS_LISTS("DNS lists", "clients are answered 451 4.3.5"),
    POLICY("policy", "clients are answered 451 4.3.5"),
    ADDRESS_RECORDS("address records", "clients are answered 451 4.3.5"),
    ADDRESS_MAP("address map", "clients are answered 451 4.3.5"),
    BACKUP("backup", "recipients that are not ours are answered 451 4.3.5"),
    TABLE_TYPE("table type", "mail that needs such a table is refused with 451 or deferred"),
    LOCAL("local", "mail for local is deferred"),
    VIRTUAL("virtual", "mail for virtual is deferred"),
    PIPE("pipe", "mail for it is deferred"),
    LMTP("lmtp", "mail for lmtp is deferred"),
    POSTSCREEN("postscreen", "nothing listens where it should"),
    QMQPD("qmqpd", "nothing listens where it should"),
    SPAWN("spawn", "nothing listens where it should");

    private final String text;
    private final String consequence;

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

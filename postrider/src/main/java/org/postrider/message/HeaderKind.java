package org.postrider.message;

/// The headers that Postfix knows by name, and what it does with their addresses.
public enum HeaderKind {
    UNKNOWN("", 0),
    APPARENTLY_TO("apparently-to", HeaderKind.TO_RECIPIENTS),
    BCC("bcc", HeaderKind.TO_RECIPIENTS | HeaderKind.EXTRACT),
    CONTENT_DESCRIPTION("content-description", HeaderKind.MIME),
    CONTENT_DISPOSITION("content-disposition", HeaderKind.MIME),
    CONTENT_ID("content-id", HeaderKind.MIME),
    CONTENT_TRANSFER_ENCODING("content-transfer-encoding", HeaderKind.MIME),
    CONTENT_TYPE("content-type", HeaderKind.MIME),
    CC("cc", HeaderKind.TO_RECIPIENTS | HeaderKind.EXTRACT),
    DATE("date", 0),
    DISPOSITION_NOTIFICATION_TO("disposition-notification-to", HeaderKind.OF_SENDER),
    ERRORS_TO("errors-to", HeaderKind.OF_SENDER),
    FROM("from", HeaderKind.OF_SENDER),
    MAIL_FOLLOWUP_TO("mail-followup-to", HeaderKind.OF_SENDER),
    MESSAGE_ID("message-id", 0),
    MIME_VERSION("mime-version", HeaderKind.MIME),
    RECEIVED("received", 0),
    REPLY_TO("reply-to", HeaderKind.OF_SENDER),
    REQUIRE_TLS_ESMTP("require-tls-esmtp", 0),
    RESENT_BCC("resent-bcc", HeaderKind.TO_RECIPIENTS | HeaderKind.EXTRACT | HeaderKind.RESENT),
    RESENT_CC("resent-cc", HeaderKind.TO_RECIPIENTS | HeaderKind.EXTRACT | HeaderKind.RESENT),
    RESENT_DATE("resent-date", HeaderKind.RESENT),
    RESENT_FROM("resent-from", HeaderKind.OF_SENDER | HeaderKind.RESENT),
    RESENT_MESSAGE_ID("resent-message-id", HeaderKind.RESENT),
    RESENT_REPLY_TO("resent-reply-to", HeaderKind.TO_RECIPIENTS | HeaderKind.RESENT),
    RESENT_SENDER("resent-sender", HeaderKind.OF_SENDER | HeaderKind.RESENT),
    RESENT_TO("resent-to", HeaderKind.TO_RECIPIENTS | HeaderKind.EXTRACT | HeaderKind.RESENT),
    RETURN_PATH("return-path", HeaderKind.OF_SENDER),
    RETURN_RECEIPT_TO("return-receipt-to", HeaderKind.OF_SENDER),
    SENDER("sender", HeaderKind.OF_SENDER),
    TLS_REQUIRED("tls-required", 0),
    TO("to", HeaderKind.TO_RECIPIENTS | HeaderKind.EXTRACT);

    private static final int OF_SENDER = 1;
    private static final int TO_RECIPIENTS = 2;
    private static final int EXTRACT = 4;
    private static final int RESENT = 8;
    private static final int MIME = 16;

    private static final int RESENT_BITS = resentBits();

    private static int resentBits() {
        int out = 0;
        for (HeaderKind each : values()) {
            out |= each.resent() ? each.bit() : 0;
        }
        return out;
    }

    private final String lower;
    private final int flags;

    HeaderKind(String lower, int flags) {
        this.lower = lower;
        this.flags = flags;
    }

    /// Holds sender addresses.
    public boolean ofSender() {
        return (flags & OF_SENDER) != 0;
    }

    /// Holds recipient addresses.
    public boolean ofRecipients() {
        return (flags & TO_RECIPIENTS) != 0;
    }

    /// `sendmail -t` takes recipients from it.
    public boolean extracted() {
        return (flags & EXTRACT) != 0;
    }

    /// Of MIME: mime_header_checks see it wherever it stands.
    public boolean mime() {
        return (flags & MIME) != 0;
    }

    public boolean resent() {
        return (flags & RESENT) != 0;
    }

    /// One bit for each kind.
    public int bit() {
        return 1 << ordinal();
    }

    /// The bits of all that say that mail was sent again.
    public static int ofResent() {
        return RESENT_BITS;
    }

    /// Of the name that stands at `from`; no allocation.
    public static HeaderKind of(byte[] b, int from, int to) {
        return switch (to - from) {
            case 2 -> either(b, from, TO, CC);
            case 3 -> either(b, from, BCC, UNKNOWN);
            case 4 -> either(b, from, DATE, FROM);
            case 6 -> either(b, from, SENDER, UNKNOWN);
            case 8 -> either(b, from, RECEIVED, REPLY_TO);
            case 9 -> first(b, from, either(b, from, RESENT_TO, RESENT_CC), ERRORS_TO);
            case 10 -> first(b, from, either(b, from, MESSAGE_ID, RESENT_BCC), CONTENT_ID);
            case 11 -> first(b, from, either(b, from, RESENT_DATE, RESENT_FROM), RETURN_PATH);
            case 12 -> first(b, from, either(b, from, CONTENT_TYPE, MIME_VERSION), TLS_REQUIRED);
            case 13 -> either(b, from, RESENT_SENDER, APPARENTLY_TO);
            case 15 -> either(b, from, RESENT_REPLY_TO, UNKNOWN);
            case 16 -> either(b, from, MAIL_FOLLOWUP_TO, UNKNOWN);
            case 17 ->
                    first(
                            b,
                            from,
                            either(b, from, RESENT_MESSAGE_ID, RETURN_RECEIPT_TO),
                            REQUIRE_TLS_ESMTP);
            case 19 -> either(b, from, CONTENT_DISPOSITION, CONTENT_DESCRIPTION);
            case 25 -> either(b, from, CONTENT_TRANSFER_ENCODING, UNKNOWN);
            case 27 -> either(b, from, DISPOSITION_NOTIFICATION_TO, UNKNOWN);
            default -> UNKNOWN;
        };
    }

    private static HeaderKind either(byte[] b, int from, HeaderKind one, HeaderKind other) {
        if (is(b, from, one.lower)) {
            return one;
        }
        return other != UNKNOWN && is(b, from, other.lower) ? other : UNKNOWN;
    }

    private static HeaderKind first(byte[] b, int from, HeaderKind found, HeaderKind other) {
        return found != UNKNOWN ? found : either(b, from, other, UNKNOWN);
    }

    private static boolean is(byte[] b, int from, String lower) {
        for (int i = 0; i < lower.length(); i++) {
            byte c = b[from + i];
            if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != lower.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}

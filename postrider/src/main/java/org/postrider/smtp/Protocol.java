package org.postrider.smtp;

import org.postrider.config.Hold;

/// Which of its two protocols a client speaks: by the name under which master.cf calls it. Where
/// SMTP and LMTP differ (RFC 2033), this says how.
public enum Protocol {
    SMTP("smtp_", Hold.DELIVERY, Hold.CLIENT_TLS),
    LMTP("lmtp_", Hold.LMTP_DELIVERY, Hold.LMTP_TLS);

    private final String prefix;
    private final Hold delivery;
    private final Hold tls;

    Protocol(String prefix, Hold delivery, Hold tls) {
        this.prefix = prefix;
        this.delivery = delivery;
        this.tls = tls;
    }

    /// Of a parameter's name as SMTP has it: `smtp_tls_policy_maps`.
    public String name(String smtp) {
        return prefix + smtp.substring(SMTP.prefix.length());
    }

    /// Where mail waits for a setting that is not built.
    public Hold delivery() {
        return delivery;
    }

    /// The same for TLS.
    public Hold tls() {
        return tls;
    }
}

package org.postrider.access;

/// The points of a session at which somebody decides whether the client may go on. All but VRFY
/// have a list of restrictions; what that list is about names the subject of its replies.
public enum Stage {
    /// At connect (smtpd_client_restrictions).
    CLIENT("Client host"),
    /// At HELO and EHLO (smtpd_helo_restrictions).
    HELO("Helo command"),
    /// At MAIL (smtpd_sender_restrictions).
    SENDER("Sender address"),
    /// At RCPT (smtpd_relay_restrictions, smtpd_recipient_restrictions).
    RECIPIENT("Recipient address"),
    /// At VRFY: what RCPT would be answered.
    VRFY("Recipient address"),
    /// At DATA and the first BDAT (smtpd_data_restrictions).
    DATA("Data command"),
    /// After the content (smtpd_end_of_data_restrictions).
    END_OF_DATA("End-of-data"),
    /// At ETRN (smtpd_etrn_restrictions).
    ETRN("Etrn command");

    private final String what;

    Stage(String what) {
        this.what = what;
    }

    /// In replies and logs: `Client host`, `Sender address` …
    public String what() {
        return what;
    }

    /// What stands in the `<…>` of a reply.
    public String of(Subject subject) {
        return switch (this) {
            case CLIENT -> subject.client().nameAndAddress();
            case HELO -> subject.helo();
            case SENDER -> subject.sender().text();
            case RECIPIENT, VRFY -> subject.recipient() == null ? "" : subject.recipient().text();
            case DATA -> "DATA";
            case END_OF_DATA -> "END-OF-MESSAGE";
            case ETRN -> String.valueOf(subject.etrn());
        };
    }
}

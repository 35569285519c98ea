package org.postrider.wire;

/// Where an SMTP or LMTP client stands: which reply it waits for.
public enum ClientStage {
    GREETING("", "receiving the initial server greeting"),
    EHLO("EHLO", "performing the EHLO handshake"),
    LHLO("LHLO", "performing the LHLO handshake"),
    HELO("HELO", "performing the HELO handshake"),
    STARTTLS("STARTTLS", "receiving the STARTTLS response"),
    XFORWARD_CLIENT("XFORWARD name/address", "sending XFORWARD name/address"),
    XFORWARD_MAIL("XFORWARD helo/protocol", "sending XFORWARD protocol/helo_name"),
    MAIL("MAIL FROM", "sending MAIL FROM"),
    RCPT("RCPT TO", "sending RCPT TO"),
    DATA("DATA", "sending DATA command"),
    BODY("end of DATA", "sending message body"),
    END_OF_DATA("end of DATA", "sending end of data -- message may be sent more than once"),
    CHUNK("BDAT", "sending message body"),
    LAST_CHUNK("BDAT", "sending end of data -- message may be sent more than once");

    private final String command;
    private final String doing;

    ClientStage(String command, String doing) {
        this.command = command;
        this.doing = doing;
    }

    /// `(in reply to RCPT TO command)`
    public String inReplyTo() {
        return "(in reply to " + command + " command)";
    }

    /// What stands behind `lost connection with h[ip] while`.
    public String doing() {
        return doing;
    }
}

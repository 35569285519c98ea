package org.postrider.wire;

/// The first half of the SMTP client: what a reply means where it comes. Pure and total; the second
/// half ([ClientDialogue] and who it is for) acts on it.
public enum ClientStep {
    /// As wanted: on to the next command.
    GO_ON,
    /// A server that knows no EHLO.
    TRY_HELO,
    /// This server serves nobody now: the next one, or all recipients get this.
    SITE_REFUSED,
    /// The message as a whole is refused.
    MESSAGE_REFUSED,
    /// One recipient is refused.
    RECIPIENT_REFUSED,
    /// Success where only an intermediate reply makes sense: replies are out of step.
    PROTOCOL_ERROR,
    /// 354 though nobody is to get the message: it is ended with nothing in it.
    END_EMPTY,
    /// Nobody is to get the message and the server knows: the transaction is given up.
    GIVE_UP;

    /// @param code of the reply, 0–999
    /// @param accepted some recipient of this transaction is accepted
    public static ClientStep of(ClientStage stage, int code, boolean accepted) {
        int kind = code / 100;
        return switch (stage) {
            // Where policy lets it, a session without TLS goes on in clear.
            case GREETING, LHLO, HELO, STARTTLS -> kind == 2 ? GO_ON : SITE_REFUSED;
            case EHLO -> kind == 2 ? GO_ON : code == 421 ? SITE_REFUSED : TRY_HELO;
            // Whoever does not take it gets the mail all the same.
            case XFORWARD_CLIENT, XFORWARD_MAIL -> GO_ON;
            case MAIL -> kind == 2 ? GO_ON : MESSAGE_REFUSED;
            case RCPT -> kind == 2 ? GO_ON : RECIPIENT_REFUSED;
            case DATA -> {
                if (!accepted) {
                    yield kind == 3 ? END_EMPTY : GIVE_UP;
                }
                yield kind == 3 ? GO_ON : kind == 2 ? PROTOCOL_ERROR : MESSAGE_REFUSED;
            }
            case BODY, END_OF_DATA, CHUNK, LAST_CHUNK -> kind == 2 ? GO_ON : MESSAGE_REFUSED;
        };
    }
}

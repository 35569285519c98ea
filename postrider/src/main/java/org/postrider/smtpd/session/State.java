package org.postrider.smtpd.session;

import org.jspecify.annotations.Nullable;

/// Where a session stands in the order of commands (RFC 5321 4.1.4), with the mail under way.
public sealed interface State {
    /// No HELO or EHLO yet.
    record Connected() implements State {}

    record Greeted() implements State {}

    /// MAIL is accepted.
    record InMail(Mail mail) implements State {}

    /// Between the BDAT chunks of a mail.
    record InChunks(Mail mail) implements State {}

    /// A BDAT chunk was refused: those after it are skipped up to the last, or to RSET.
    ///
    /// @param mail null if MAIL was not accepted before
    record SkippingChunks(@Nullable Mail mail) implements State {}

    /// Null if none is under way.
    default @Nullable Mail mail() {
        return switch (this) {
            case Connected _, Greeted _ -> null;
            case InMail(Mail mail) -> mail;
            case InChunks(Mail mail) -> mail;
            case SkippingChunks(Mail mail) -> mail;
        };
    }
}

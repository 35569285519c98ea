package org.postrider.smtpd;

/// Where a session stands in the order of commands (RFC 5321 4.1.4).
sealed interface State {
    /// No HELO or EHLO yet.
    record Connected() implements State {}

    record Greeted() implements State {}

    /// MAIL is accepted.
    ///
    /// @param greeted HELO or EHLO came before
    /// @param accepted recipients accepted
    /// @param tried recipients named, refused ones included
    record InMail(boolean greeted, int accepted, int tried) implements State {}

    /// Between the BDAT chunks of a message.
    record InChunks(boolean greeted) implements State {}

    /// A BDAT chunk was refused: those behind it are skipped up to the last, or to RSET.
    ///
    /// @param inMail MAIL was accepted before
    record SkippingChunks(boolean inMail) implements State {}
}

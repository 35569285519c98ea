package org.postrider.milter;

import java.io.IOException;
import java.util.List;

/// Hears what happens in a session and with its mails, and says what is to come of it: milters, by
/// a [MilterSession], and whatever else wants to. One thread. Octets of clients are chars.
public interface MailFilter extends AutoCloseable {
    /// Minds nothing.
    MailFilter NONE = new MailFilter() {};

    /// Where macros have their values from now on.
    default void macros(Macros macros) {}

    /// What is known of the mail whoever says the macros: asked for those that have no value there.
    default void facts(Macros facts) {}

    /// A client has come.
    default Answer connect(ClientFacts client) {
        return Answer.GO_ON;
    }

    /// HELO or EHLO.
    default Answer helo(String name) {
        return Answer.GO_ON;
    }

    /// MAIL.
    ///
    /// @param argv the address as the client wrote it, then its parameters
    default Answer mail(List<String> argv) {
        return Answer.GO_ON;
    }

    /// RCPT.
    ///
    /// @param argv the address as the client wrote it, then its parameters
    /// @param rejected by the server already: only those hear it that asked for such ones
    default Answer rcpt(List<String> argv, boolean rejected) {
        return Answer.GO_ON;
    }

    default Answer data() {
        return Answer.GO_ON;
    }

    /// A command that the server does not know.
    default Answer unknown(String line) {
        return Answer.GO_ON;
    }

    /// A command that filters do not hear (VRFY, ETRN, AUTH, STARTTLS): what was decided before.
    default Answer other() {
        return Answer.GO_ON;
    }

    /// The content, from the first field to the end. Each filter sees the mail as the ones before
    /// it left it.
    ///
    /// @param changes told of what a filter wants to be changed, while it is heard
    /// @throws IOException where the mail cannot be read; what a filter fails at is an answer
    default Answer message(FilteredMail mail, Changes changes) throws IOException {
        return Answer.GO_ON;
    }

    /// The mail under way is over, however it ended; none is the same as one.
    default void abort() {}

    /// The session is over. More than once is the same as once.
    @Override
    default void close() {}
}

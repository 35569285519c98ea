package org.postrider.smtpd;

import org.postrider.wire.Command;
import org.postrider.wire.Reply;

/// The *check* half of a session: which command may come when (RFC 5321 4.1.4). Pure and total;
/// what a command that may come does is its verb's other half. The table of all pairs of command
/// and state stands in src/test/resources/org/postrider/smtpd/dialogue.txt.
final class Dialogue {
    /// May it go on, or what is answered.
    sealed interface Step {
        record Proceed() implements Step {}

        record Refuse(Reply reply) implements Step {}
    }

    static final Step PROCEED = new Step.Proceed();

    private final Verbs verbs;
    private final boolean tlsRequired;

    /// @param tlsRequired what is not for plaintext waits for STARTTLS
    Dialogue(Verbs verbs, boolean tlsRequired) {
        this.verbs = verbs;
        this.tlsRequired = tlsRequired;
    }

    /// @param secure the session is within TLS
    Step step(State state, boolean secure, Command command) {
        Verb verb = verbs.of(command);
        return tlsRequired && !secure && !verb.is(Verb.Trait.PLAINTEXT)
                ? refuse(SmtpdReplies.STARTTLS_FIRST)
                : verb.check(state, command.arguments());
    }

    static Step refuse(Reply reply) {
        return new Step.Refuse(reply);
    }

    /// A command that must have arguments.
    static Step named(String arguments, Reply syntax) {
        return arguments.isEmpty() ? refuse(syntax) : PROCEED;
    }

    /// A command that has none.
    static Step bare(String arguments, Reply syntax) {
        return arguments.isEmpty() ? PROCEED : refuse(syntax);
    }

    /// What may not come within a mail.
    static Step betweenMails(State state, Reply inMail) {
        return switch (state) {
            case State.Connected _, State.Greeted _ -> PROCEED;
            case State.InMail _, State.InChunks _ -> refuse(inMail);
            case State.SkippingChunks k -> k.mail() != null ? refuse(inMail) : PROCEED;
        };
    }
}

package org.postrider.smtpd.session;

import org.postrider.wire.NotifyClass;
import org.postrider.wire.Reply;

/// What the order of commands says to one: it may come, or what is answered.
public sealed interface Admission {
    record Proceed() implements Admission {}

    /// @param about what the postmaster may be told it is
    record Refuse(Reply reply, NotifyClass about) implements Admission {}

    Admission PROCEED = new Proceed();

    static Admission refuse(Reply reply) {
        return new Refuse(reply, NotifyClass.PROTOCOL);
    }

    /// Of this nobody is told.
    static Admission refuseQuietly(Reply reply) {
        return new Refuse(reply, NotifyClass.NONE);
    }

    /// A command that must have arguments.
    static Admission named(String arguments, Reply syntax) {
        return arguments.isEmpty() ? refuse(syntax) : PROCEED;
    }

    /// A command that has none.
    static Admission bare(String arguments, Reply syntax) {
        return arguments.isEmpty() ? PROCEED : refuse(syntax);
    }

    /// What may not come within a mail.
    static Admission betweenMails(State state, Reply inMail) {
        return switch (state) {
            case State.Connected _, State.Greeted _ -> PROCEED;
            case State.InMail _, State.InChunks _ -> refuse(inMail);
            case State.SkippingChunks k -> k.mail() != null ? refuse(inMail) : PROCEED;
        };
    }
}

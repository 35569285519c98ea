package org.postrider.smtpd;

import org.postrider.wire.Reply;

/// What a rule says.
sealed interface Verdict {
    /// This list is done; the client may go on.
    record Permit() implements Verdict {}

    /// Nothing: ask the next rule.
    record Dunno() implements Verdict {}

    record Reject(Reply reply) implements Verdict {}

    /// An access table named rules of its own.
    record More(String rules) implements Verdict {}

    Verdict PERMIT = new Permit();
    Verdict DUNNO = new Dunno();

    /// One step of how a decision was reached.
    ///
    /// @param list the parameter, `smtpd_recipient_restrictions`
    /// @param rule as configured, with its argument
    /// @param result permit, dunno or the reply
    record Trace(String list, String rule, String result) {}
}

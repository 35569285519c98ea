package org.postrider.access;

import org.jspecify.annotations.Nullable;

/// How a decision is reached, step by step, for whoever wants it explained. Nobody pays for it who
/// does not ask. Told on the thread that decides, facts also on those that it waits for.
public interface Trace {
    /// A restriction is about to be asked: what it looks up is told next, then the restrictions of
    /// a class or those that its table named, then what it answered.
    void asked(Asked restriction);

    /// What the restriction said that was asked last and has not answered yet: `permit`, `dunno`,
    /// `reject 554 5.7.1 …`, `defer_if_permit 450 4.7.0 …`.
    void answered(String result);

    /// Something was looked up on the way.
    void fact(Fact fact);

    /// What was answered to the same question before, of those that are to be asked once; null to
    /// ask.
    default @Nullable String known(Kind kind, String source, String question) {
        return null;
    }

    /// @param list the parameter of the list, `smtpd_recipient_restrictions`
    /// @param parameter the list or the class that the restriction stands in; empty if a table
    ///   named it
    /// @param depth 0 for the list itself, 1 for a class in it …
    /// @param restriction as configured, with its argument
    /// @param warnOnly it can only warn (warn_if_reject)
    record Asked(String list, String parameter, int depth, String restriction, boolean warnOnly) {}

    /// @param kind who was asked
    /// @param source its name: `hash:/etc/postfix/access`, `MX`, `inet:127.0.0.1:10023`
    /// @param question the key or name that was looked up
    /// @param answer what came; for nothing and for failures a sentence in parentheses
    record Fact(Kind kind, String source, String question, String answer) {}

    /// Who answers questions of restrictions.
    enum Kind {
        /// A lookup table.
        TABLE,
        /// The name service.
        DNS,
        /// A policy server (check_policy_service).
        POLICY,
        /// What address verification knows.
        VERIFY
    }
}

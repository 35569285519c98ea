package org.postrider.access;

/// How a decision was reached, step by step, for whoever wants it explained. Nobody pays for it who
/// does not ask.
@FunctionalInterface
public interface Trace {
    /// One restriction has been asked. Those of a restriction class, and those that a table named,
    /// come before what they stand for.
    void step(Step step);

    /// @param list the parameter, `smtpd_recipient_restrictions`
    /// @param depth 0 for the list itself, 1 for a class in it …
    /// @param restriction as configured, with its argument
    /// @param result `permit`, `dunno`, `reject 554 5.7.1 …`, `defer_if_permit 450 4.7.0 …`
    record Step(String list, int depth, String restriction, String result) {}
}

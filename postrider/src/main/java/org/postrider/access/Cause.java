package org.postrider.access;

/// The restriction that a refusal comes from.
///
/// @param parameter the list or restriction class that it stands in, `smtpd_helo_restrictions`
/// @param restriction as configured, with its argument
/// @param said the restriction that its table named in its place, if that is what refused; empty
///   for none
public record Cause(String parameter, String restriction, String said) {
    /// Of one that stands in a table's answer: who asked the table is known to who called.
    public static Cause unplaced(String restriction) {
        return new Cause("", restriction, "");
    }

    /// The same, if a table of this restriction named it; itself if it stands in a parameter.
    public Cause saidBy(String where, String table) {
        if (!parameter.isEmpty()) {
            return this;
        }
        return new Cause(where, table, said.isEmpty() ? restriction : restriction + ": " + said);
    }

    /// `smtpd_relay_restrictions: reject_unauth_destination`.
    public String text() {
        return parameter + ": " + restriction + (said.isEmpty() ? "" : ": " + said);
    }
}

package org.postrider.smtp.policy;

/// Who this client is to a server. Part of what a kept session is known by ([SessionKey]): one that
/// is logged in for one sender or next hop carries no other's mail. Immutable.
public sealed interface Login {
    Login NONE = new None();

    /// Nobody in particular.
    record None() implements Login {}

    /// A user, as smtp_sasl_password_maps names it.
    ///
    /// @param sender whose entry it is; empty where it is the server's or the next hop's
    record User(String name, Secret secret, String sender) implements Login {
        /// @param entry `name:password`; without the delimiter the password is empty
        /// @param delimiter smtp_sasl_password_result_delimiter: the first one divides
        static User of(String entry, char delimiter, String sender) {
            int at = entry.indexOf(delimiter);
            return at < 0
                    ? new User(entry, new Secret(""), sender)
                    : new User(entry.substring(0, at), new Secret(entry.substring(at + 1)), sender);
        }
    }

    /// A password or token. In no log, no text and no report: it has no form to be shown in.
    record Secret(String octets) {
        @Override
        public String toString() {
            return "…";
        }
    }
}

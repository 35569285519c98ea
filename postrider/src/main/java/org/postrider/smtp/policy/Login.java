package org.postrider.smtp.policy;

/// Who this client is to a server. Part of what a kept session is known by ([SessionKey]): one that
/// is logged in for one sender or next hop carries no other's mail. Immutable.
public sealed interface Login {
    Login NONE = new None();

    /// Nobody in particular.
    record None() implements Login {}

    /// A user, as smtp_sasl_password_maps names it.
    record User(String name, Secret secret) implements Login {
        /// @param entry `name:password`; without a colon the password is empty
        public static User of(String entry) {
            int colon = entry.indexOf(':');
            return colon < 0
                    ? new User(entry, new Secret(""))
                    : new User(entry.substring(0, colon), new Secret(entry.substring(colon + 1)));
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

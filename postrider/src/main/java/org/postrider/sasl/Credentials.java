package org.postrider.sasl;

/// Who this server is to another, and what proves it: octets, one a char. The secret shows in no
/// text.
///
/// @param authorized the name is said as the one to act as, too (send_cyrus_sasl_authzid)
public record Credentials(String user, String secret, boolean authorized) {
    /// Whom to act as; empty for the same.
    public String actsAs() {
        return authorized ? user : "";
    }

    @Override
    public String toString() {
        return "Credentials[" + user + "]";
    }
}

package org.postrider.command.explain;

import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.peer.Client;
import org.postrider.tls.PeerCertificate;

/// Who would send what to whom.
///
/// @param helo empty for a client that says none
/// @param login null for nobody
/// @param tls whether within TLS
record Caller(Client client, String helo, @Nullable String login, Encryption tls, Mail mail) {
    /// @param wrapped from the first octet on, not by STARTTLS
    /// @param certificate the client's, taken for trusted; null for none
    record Encryption(boolean encrypted, boolean wrapped, @Nullable PeerCertificate certificate) {}

    /// @param before recipients that the mail has already
    record Mail(Address sender, Address to, int before) {}

    Address sender() {
        return mail.sender();
    }

    Address to() {
        return mail.to();
    }

    /// The same client, logged in.
    Caller loggedIn(String as) {
        return new Caller(client, helo, as, tls, mail);
    }

    /// The same client within TLS.
    Caller encrypted() {
        Encryption within = new Encryption(true, tls.wrapped(), tls.certificate());
        return new Caller(client, helo, login, within, mail);
    }
}

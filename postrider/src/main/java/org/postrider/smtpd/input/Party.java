package org.postrider.smtpd.input;

import org.jspecify.annotations.Nullable;
import org.postrider.log.MailEvent;
import org.postrider.peer.Client;

/// Who speaks: the client, what it calls itself, who it has authenticated as, and for whom it says
/// it passes mail on. An immutable value; a session has another one as soon as something of it
/// changes.
///
/// @param login null for nobody
public record Party(Client client, Hello hello, @Nullable Login login, Forwarded forwarded) {
    /// What HELO or EHLO said.
    ///
    /// @param name empty if it gave none that is taken
    /// @param given one of them was accepted
    public record Hello(String name, boolean esmtp, boolean given) {
        static final Hello NONE = new Hello("", false, false);
    }

    /// @param username as rules, logs and headers have it
    /// @param method the mechanism as the client wrote it; `XCLIENT` if that said so
    public record Login(String username, String method) {
        public MailEvent.Login logged() {
            return new MailEvent.Login(method, username);
        }
    }

    public static Party of(Client client) {
        return new Party(client, Hello.NONE, null, Forwarded.NONE);
    }

    /// The session begins anew after a handshake.
    public Party anew() {
        return of(client);
    }

    public Party as(Hello other) {
        return new Party(client, other, login, forwarded);
    }

    public Party as(Login other) {
        return new Party(client, hello, other, forwarded);
    }

    public Party as(Forwarded other) {
        return new Party(client, hello, login, other);
    }

    /// `SMTP` or `ESMTP`.
    public String protocol() {
        return hello.esmtp() ? "ESMTP" : "SMTP";
    }

    /// Empty for nobody.
    public String helo() {
        return hello.name();
    }
}

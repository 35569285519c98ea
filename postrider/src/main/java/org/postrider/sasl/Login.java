package org.postrider.sasl;

import org.jspecify.annotations.Nullable;

/// A user of a realm, as Cyrus finds both in what a client wrote.
///
/// @param user before the `@`
/// @param realm after it, or smtpd_sasl_local_domain, or our host name
/// @param canonical as rules and logs name the user
public record Login(String user, String realm, String canonical) {
    /// @param written as the client wrote it
    /// @param domain smtpd_sasl_local_domain, empty for none
    public static Login of(String written, String domain, String hostname) {
        int at = written.indexOf('@');
        if (at >= 0) {
            return new Login(written.substring(0, at), written.substring(at + 1), written);
        }
        return domain.isEmpty()
                ? new Login(written, hostname, written)
                : new Login(written, domain, written + "@" + domain);
    }

    /// A user whose realm the client named apart (DIGEST-MD5).
    public static Login of(String written, @Nullable String realm, String domain, String hostname) {
        boolean other = realm != null && !realm.isEmpty() && !realm.equals(own(domain, hostname));
        return other && written.indexOf('@') < 0
                ? of(written + "@" + realm, domain, hostname)
                : of(written, domain, hostname);
    }

    /// The realm that the client or smtpd_sasl_local_domain named; empty if neither did.
    String namedRealm() {
        return canonical.indexOf('@') >= 0 ? realm : "";
    }

    public static String own(String domain, String hostname) {
        return domain.isEmpty() ? hostname : domain;
    }
}

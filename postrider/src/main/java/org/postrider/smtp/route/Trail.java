package org.postrider.smtp.route;

import org.postrider.dns.Resolver;

/// How DNS led to a server, and how far DNSSEC vouches for the way (RFC 7672 2).
///
/// @param domain whose mail exchangers, or what service's hosts, were asked for; empty for neither
/// @param domainEnd where its aliases end
/// @param domainSecure the exchangers are vouched for
/// @param hostEnd where the aliases of the server's name end
/// @param hostSecure its addresses are vouched for
public record Trail(
        String domain, String domainEnd, boolean domainSecure, String hostEnd, boolean hostSecure) {
    /// Nobody asked DNS.
    public static final Trail NONE = new Trail("", "", false, "", false);

    /// By the mail exchangers of a domain.
    static Trail exchangers(String domain, Resolver.Answer.Found<Resolver.Mx> answer) {
        String end = answer.name().isEmpty() ? domain : answer.name();
        return new Trail(domain, end, answer.secure(), "", false);
    }

    /// By the SRV records of a service (RFC 7673 3).
    static Trail services(String name, Resolver.Answer.Found<Resolver.Srv> answer) {
        return new Trail(name, name, answer.secure(), "", false);
    }

    /// On to the addresses of a host.
    Trail to(String host, Resolver.Answer.Found<?> answer) {
        String end = answer.name().isEmpty() ? host : answer.name();
        return new Trail(domain, domainEnd, domainSecure, end, answer.secure());
    }

    /// An exchanger's or a service's record led there.
    public boolean exchanged() {
        return !domain.isEmpty();
    }
}

package org.postrider.access.name;

import java.net.InetAddress;
import org.postrider.access.restriction.Question;
import org.postrider.dns.Resolver;

/// Whether a name is there for mail.
enum Known {
    YES,
    NO,
    /// Nobody can say now.
    LATER,
    /// RFC 7505.
    TAKES_NO_MAIL;

    private static final String MX_FIRST = "MX or address";
    private static final String HOST_FIRST = "address or MX";

    /// A domain has an MX or an address.
    static Known domain(DnsReplies dns, String domain, Question q) {
        Known mail = mx(dns, domain, MX_FIRST, q);
        return mail == YES || mail == TAKES_NO_MAIL
                ? mail
                : either(mail, host(dns, domain, MX_FIRST, q));
    }

    /// A host has an address or an MX.
    static Known host(DnsReplies dns, String name, Question q) {
        Known host = host(dns, name, HOST_FIRST, q);
        if (host == YES) {
            return host;
        }
        Known mail = mx(dns, name, HOST_FIRST, q);
        return either(host, mail == TAKES_NO_MAIL ? YES : mail);
    }

    private static Known mx(DnsReplies dns, String name, String what, Question q) {
        return switch (dns.mx(name, q)) {
            case Resolver.Answer.Found<Resolver.Mx> f -> {
                boolean none = f.records().size() == 1 && f.records().getFirst().host().isEmpty();
                yield none ? TAKES_NO_MAIL : YES;
            }
            case Resolver.Answer.TryAgain<Resolver.Mx> a ->
                    DnsReplies.dropped(a, name, what, q) ? YES : LATER;
            case Resolver.Answer.NoName<Resolver.Mx> _, Resolver.Answer.NoData<Resolver.Mx> _ -> NO;
        };
    }

    private static Known host(DnsReplies dns, String name, String what, Question q) {
        return switch (dns.addresses(name, q)) {
            case Resolver.Answer.Found<InetAddress> _ -> YES;
            case Resolver.Answer.TryAgain<InetAddress> a ->
                    DnsReplies.dropped(a, name, what, q) ? YES : LATER;
            case Resolver.Answer.NoName<InetAddress> _, Resolver.Answer.NoData<InetAddress> _ -> NO;
        };
    }

    private static Known either(Known a, Known b) {
        return b == YES || a == NO ? b : a;
    }
}

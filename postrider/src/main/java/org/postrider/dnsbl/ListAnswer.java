package org.postrider.dnsbl;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.postrider.dns.Resolver;

/// What a list says of one address or name. A value.
public sealed interface ListAnswer {
    /// It is there. Whether that counts, the filter of the list says ([DnsList#counts]).
    ///
    /// @param addresses IPv4, at least one, at most a hundred
    record Listed(List<InetAddress> addresses, Duration ttl) implements ListAnswer {}

    /// It is not there, or has no address.
    record NotListed() implements ListAnswer {}

    /// Nobody can say now: SERVFAIL, garbage, or nothing in time.
    ///
    /// @param text why, in the resolver's words
    record Unknown(String text) implements ListAnswer {}

    ListAnswer NOT_LISTED = new NotListed();

    /// What an answer of DNS means.
    static ListAnswer of(Resolver.Answer<InetAddress> answer) {
        return switch (answer) {
            case Resolver.Answer.Found<InetAddress> f when !f.records().isEmpty() ->
                    new Listed(f.records(), f.ttl());
            case Resolver.Answer.TryAgain<InetAddress> t -> new Unknown(t.text());
            default -> NOT_LISTED;
        };
    }
}

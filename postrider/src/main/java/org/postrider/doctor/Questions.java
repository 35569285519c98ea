package org.postrider.doctor;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.postrider.dns.AddressText;
import org.postrider.dns.Resolver;
import org.postrider.dns.Resolver.Answer;
import org.postrider.time.Clock;

/// Asks DNS, each question for at most [#PATIENCE]. One thread.
final class Questions {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final Resolver dns;
    private final Clock clock;

    /// DNS does not say; that nothing is there is not known.
    static final class Unsaid extends Exception {
        private static final long serialVersionUID = 1;

        Unsaid(String why) {
            super(why, null, false, false);
        }

        String why() {
            return String.valueOf(getMessage());
        }
    }

    Questions(Resolver dns, Clock clock) {
        this.dns = dns;
        this.clock = clock;
    }

    /// For whoever asks more than once.
    Resolver patient() {
        return dns.until(clock.nanos() + PATIENCE.toNanos());
    }

    private static <T> List<T> records(Answer<T> answer) throws Unsaid {
        return switch (answer) {
            case Answer.Found<T> found -> found.records();
            case Answer.NoName<T> _, Answer.NoData<T> _ -> List.of();
            case Answer.TryAgain<T> again -> throw new Unsaid("DNS: " + again.text());
        };
    }

    List<String> texts(String name) throws Unsaid {
        return records(patient().texts(name));
    }

    /// Those that begin with the version of a kind of record.
    List<String> texts(String name, String version) throws Unsaid {
        return texts(name).stream()
                .filter(t -> t.regionMatches(true, 0, version, 0, version.length()))
                .toList();
    }

    /// A and AAAA, or the address that it is itself; one that DNS does not say now fails all,
    /// unless the other is there.
    List<InetAddress> addresses(String host) throws Unsaid {
        byte[] literal = AddressText.octets(host);
        if (literal != null) {
            try {
                return List.of(InetAddress.getByAddress(literal));
            } catch (UnknownHostException e) {
                throw new IllegalStateException(e);
            }
        }
        return records(patient().addresses(host, true, true));
    }

    List<String> names(InetAddress address) throws Unsaid {
        return records(patient().names(address));
    }

    List<String> alias(String host) throws Unsaid {
        return records(patient().alias(host));
    }

    Answer<Resolver.Mx> exchangers(String domain) {
        return patient().mx(domain);
    }

    Answer<Resolver.Tlsa> tlsa(String name) {
        return patient().tlsa(name);
    }
}

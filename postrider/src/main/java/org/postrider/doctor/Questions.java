package org.postrider.doctor;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.postrider.dns.AddressText;
import org.postrider.dns.Resolver;
import org.postrider.dns.Resolver.Answer;
import org.postrider.time.Clock;

/// Asks DNS, each question for at most [#PATIENCE], and for less once name servers have been silent
/// a few times on end: a run ends within two minutes though none of them answers. One thread.
final class Questions {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private static final Duration LITTLE = Duration.ofSeconds(2);
    private static final Duration SILENCE = Duration.ofSeconds(2);
    private static final int MOST_SILENT = 3;

    private final Resolver dns;
    private final Clock clock;
    private int silent;

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
        return dns.until(clock.nanos() + patience().toNanos());
    }

    /// How long is waited for an answer now.
    Duration patience() {
        return silent < MOST_SILENT ? PATIENCE : LITTLE;
    }

    private interface Question<T> {
        Answer<T> by(Resolver resolver);
    }

    /// One that fails after a time was met with silence; one that fails at once was answered.
    private <T> Answer<T> ask(Question<T> question) {
        long begun = clock.nanos();
        Answer<T> answer = question.by(patient());
        boolean late = clock.nanos() - begun >= SILENCE.toNanos();
        silent = !(answer instanceof Answer.TryAgain<T>) ? 0 : late ? silent + 1 : silent;
        return answer;
    }

    private static <T> List<T> records(Answer<T> answer) throws Unsaid {
        return switch (answer) {
            case Answer.Found<T> found -> found.records();
            case Answer.NoName<T> _, Answer.NoData<T> _ -> List.of();
            case Answer.TryAgain<T> again -> throw new Unsaid("DNS: " + again.text());
        };
    }

    List<String> texts(String name) throws Unsaid {
        return records(ask(r -> r.texts(name)));
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
        return records(ask(r -> r.addresses(host, true, true)));
    }

    List<String> names(InetAddress address) throws Unsaid {
        return records(ask(r -> r.names(address)));
    }

    List<String> alias(String host) throws Unsaid {
        return records(ask(r -> r.alias(host)));
    }

    Answer<Resolver.Mx> exchangers(String domain) {
        return ask(r -> r.mx(domain));
    }

    Answer<Resolver.Tlsa> tlsa(String name) {
        return ask(r -> r.tlsa(name));
    }
}

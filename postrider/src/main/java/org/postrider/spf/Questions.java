package org.postrider.spf;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.dns.Resolver;
import org.postrider.dns.Resolver.Answer;
import org.postrider.time.Clock;

/// What one check asks DNS, until its time is up. One thread.
final class Questions {
    private final Resolver resolver;
    private final SpfLimits limits;
    private final Clock clock;
    private final long until;
    private final InetAddress client;
    private @Nullable List<String> names;
    private int voids;

    Questions(Resolver resolver, SpfLimits limits, Clock clock, InetAddress client) {
        this.limits = limits;
        this.clock = clock;
        this.client = client;
        until = clock.nanos() + limits.time().toNanos();
        this.resolver = resolver.until(until);
    }

    int voids() {
        return voids;
    }

    /// The TXT records of a name; none if there are none.
    List<String> texts(String name) throws SpfException {
        return records(asked(() -> resolver.texts(name)), "the record of " + name, false);
    }

    /// The addresses of the client's family.
    List<InetAddress> addresses(String name) throws SpfException {
        return addresses(name, client.getAddress().length == 4);
    }

    private List<InetAddress> addresses(String name, boolean ipv4) throws SpfException {
        return records(
                asked(() -> resolver.addresses(name, ipv4, !ipv4)), "addresses of " + name, true);
    }

    /// Whether a name has an A record, whatever the client's family (RFC 7208 5.7).
    boolean exists(String name) throws SpfException {
        return !addresses(name, true).isEmpty();
    }

    List<Resolver.Mx> exchangers(String name) throws SpfException {
        return records(asked(() -> resolver.mx(name)), "mail exchangers of " + name, true);
    }

    /// The names of the client that have its address too; none if DNS does not say (RFC 7208 5.5).
    /// Asked once.
    List<String> names() throws SpfException {
        List<String> known = names;
        if (known != null) {
            return known;
        }
        List<String> confirmed = new ArrayList<>();
        if (asked(() -> resolver.names(client)) instanceof Answer.Found<String> found) {
            for (String each : found.records().stream().limit(limits.names()).toList()) {
                if (Domains.askable(each) && confirmed(each)) {
                    confirmed.add(each);
                }
            }
        }
        names = confirmed;
        return confirmed;
    }

    private boolean confirmed(String name) throws SpfException {
        boolean ipv4 = client.getAddress().length == 4;
        return asked(() -> resolver.addresses(name, ipv4, !ipv4))
                        instanceof Answer.Found<InetAddress> found
                && found.records().stream()
                        .anyMatch(a -> Arrays.equals(a.getAddress(), client.getAddress()));
    }

    private interface Question<T> {
        Answer<T> ask();
    }

    private <T> Answer<T> asked(Question<T> question) throws SpfException {
        inTime();
        Answer<T> answer = question.ask();
        if (answer instanceof Answer.TryAgain<T>) {
            // What failed for want of time says nothing of the client, though ptr lets it pass.
            inTime();
        }
        return answer;
    }

    private void inTime() throws SpfException {
        if (clock.nanos() - until >= 0) {
            throw new SpfException(
                    Verdict.TEMPERROR, "not done within " + limits.time().toSeconds() + "s");
        }
    }

    private <T> List<T> records(Answer<T> answer, String what, boolean counted)
            throws SpfException {
        return switch (answer) {
            case Answer.Found<T> found -> found.records();
            case Answer.NoName<T> _ -> none(what, counted);
            case Answer.NoData<T> _ -> none(what, counted);
            case Answer.TryAgain<T> _ ->
                    throw new SpfException(Verdict.TEMPERROR, "DNS does not say " + what + " now");
        };
    }

    private <T> List<T> none(String what, boolean counted) throws SpfException {
        if (counted) {
            if (voids == limits.voidLookups()) {
                throw SpfException.permanent(
                        "more than " + limits.voidLookups() + " questions without answer: " + what);
            }
            voids++;
        }
        return List.of();
    }
}

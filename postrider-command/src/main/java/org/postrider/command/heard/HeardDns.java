package org.postrider.command.heard;

import java.io.IOException;
import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postrider.access.Trace;
import org.postrider.dns.Resolver;
import org.postrider.dns.ResolverOptions;
import org.postrider.maps.Network;

/// The name service, each question told to who listens, and asked once only: what is tried after
/// another sees the same answers. Any thread.
///
/// @param ear who listens now; null for nobody
/// @param known answers by question
public record HeardDns(
        Resolver resolver, Supplier<@Nullable Trace> ear, Map<String, Resolver.Answer<?>> known)
        implements Resolver {
    public static HeardDns of(Resolver resolver, Supplier<@Nullable Trace> ear) {
        return new HeardDns(resolver, ear, new ConcurrentHashMap<>());
    }

    /// The same answers, told to another.
    public HeardDns with(Supplier<@Nullable Trace> whose) {
        return new HeardDns(resolver, whose, known);
    }

    @Override
    public Answer<Mx> mx(String domain) {
        return asked(
                "MX",
                domain,
                () -> resolver.mx(domain),
                mx -> mx.preference() + " " + (mx.host().isEmpty() ? "." : mx.host()));
    }

    @Override
    public Answer<InetAddress> addresses(String host, boolean ipv4, boolean ipv6) {
        return asked(
                ipv4 && ipv6 ? "A, AAAA" : ipv4 ? "A" : "AAAA",
                host,
                () -> resolver.addresses(host, ipv4, ipv6),
                Network::text);
    }

    @Override
    public Answer<String> names(InetAddress address) {
        return asked(
                "PTR", Network.text(address), () -> resolver.names(address), Function.identity());
    }

    @Override
    public Answer<Srv> srv(String service) {
        return asked("SRV", service, () -> resolver.srv(service), Record::toString);
    }

    @Override
    public Answer<Tlsa> tlsa(String name) {
        return asked("TLSA", name, () -> resolver.tlsa(name), Record::toString);
    }

    @Override
    public Answer<String> nameServers(String domain) {
        return asked("NS", domain, () -> resolver.nameServers(domain), Function.identity());
    }

    @Override
    public Answer<String> alias(String name) {
        return asked("CNAME", name, () -> resolver.alias(name), Function.identity());
    }

    @Override
    public Answer<String> texts(String name) {
        return asked("TXT", name, () -> resolver.texts(name), Function.identity());
    }

    @Override
    public Answer<String> firstTexts(String name) {
        return asked("TXT", name, () -> resolver.firstTexts(name), Function.identity());
    }

    @Override
    public Resolver under(ResolverOptions options) throws IOException {
        Resolver other = resolver.under(options);
        return other.equals(resolver) ? this : new HeardDns(other, ear, new ConcurrentHashMap<>());
    }

    @SuppressWarnings("unchecked")
    private <T> Answer<T> asked(
            String type, String name, Supplier<Answer<T>> ask, Function<T, String> shown) {
        String question = type + " " + name;
        Answer<?> before = known.get(question);
        Answer<T> answer = before == null ? ask.get() : (Answer<T>) before;
        known.putIfAbsent(question, answer);
        Trace trace = ear.get();
        if (trace != null) {
            trace.fact(new Trace.Fact(Trace.Kind.DNS, type, name, text(answer, shown)));
        }
        return answer;
    }

    private static <T> String text(Answer<T> answer, Function<T, String> shown) {
        return switch (answer) {
            case Answer.Found<T> f ->
                    f.records().stream().map(shown).collect(Collectors.joining(", "));
            case Answer.NoName<T> _ -> "(no such name)";
            case Answer.NoData<T> _ -> "(none)";
            case Answer.TryAgain<T> t -> "(no answer: " + t.text() + ")";
        };
    }
}

package org.postrider.dns;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/// What was asked for the sake of one mail, so that a domain is asked about once and not for each
/// of its recipients. Trouble is not remembered, nor what has more than [#MOST_RECORDS] records.
/// Keeps the last [#MOST] answers of each kind. One thread.
public final class RememberedAnswers {
    static final int MOST = 20;
    static final int MOST_RECORDS = 10;

    private final Map<String, Resolver.Answer<Resolver.Mx>> exchangers = new Last<>();
    private final Map<String, Resolver.Answer<InetAddress>> addresses = new Last<>();

    private static final class Last<V> extends LinkedHashMap<String, V> {
        private static final long serialVersionUID = 1;

        Last() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
            return size() > MOST;
        }
    }

    /// As [Resolver#mx].
    public Resolver.Answer<Resolver.Mx> mx(Resolver resolver, String domain) {
        return known(exchangers, domain, () -> resolver.mx(domain));
    }

    /// As [Resolver#addresses], of both families.
    public Resolver.Answer<InetAddress> addresses(Resolver resolver, String host) {
        return known(addresses, host, () -> resolver.addresses(host, true, true));
    }

    private static <T> Resolver.Answer<T> known(
            Map<String, Resolver.Answer<T>> all,
            String name,
            Supplier<Resolver.Answer<T>> otherwise) {
        Resolver.Answer<T> known = all.get(name);
        if (known == null) {
            known = otherwise.get();
            if (kept(known)) {
                all.put(name, known);
            }
        }
        return known;
    }

    private static boolean kept(Resolver.Answer<?> answer) {
        return switch (answer) {
            case Resolver.Answer.Found<?> f -> f.records().size() <= MOST_RECORDS;
            case Resolver.Answer.NoName<?> _, Resolver.Answer.NoData<?> _ -> true;
            case Resolver.Answer.TryAgain<?> _ -> false;
        };
    }
}

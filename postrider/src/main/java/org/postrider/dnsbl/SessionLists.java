package org.postrider.dnsbl;

import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.postrider.dns.Resolver;

/// What one session has asked lists, so that each is asked once however many mails and recipients
/// it has. Keeps the last [#MOST] questions. Session thread only.
public final class SessionLists {
    /// As many as Postfix keeps.
    static final int MOST = 100;

    private final @Nullable DnsLists lists;
    private final Duration timeout;
    private final Map<String, Query<InetAddress>> queries = new Last<>();
    private final Map<String, ListAnswer> answers = new Last<>();
    private final Map<String, String> reasons = new Last<>();

    /// @param lists null if there is no DNS to ask: nothing is listed then
    /// @param timeout how long an answer is waited for
    public SessionLists(@Nullable DnsLists lists, Duration timeout) {
        this.lists = lists;
        this.timeout = timeout;
    }

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

    /// Begins to ask, if that has not been asked; does not wait.
    public void begin(String name) {
        DnsLists asked = lists;
        if (asked != null && !queries.containsKey(name)) {
            queries.put(name, asked.ask(name, timeout));
        }
    }

    /// What a list says of a name; waits for it.
    ///
    /// @param reading what an answer of DNS means, asked for the first one who wants to know
    public ListAnswer answer(
            String name, Function<Resolver.Answer<InetAddress>, ListAnswer> reading) {
        return known(answers, name, () -> reading.apply(addresses(name)));
    }

    private Resolver.Answer<InetAddress> addresses(String name) {
        begin(name);
        Query<InetAddress> query = queries.get(name);
        return query == null ? new Resolver.Answer.NoName<>(name) : query.answer();
    }

    /// Why a name is listed; DNS is asked when the first one wants to know. Waits for it.
    ///
    /// @param reading what an answer of DNS means, asked for the first one
    public String why(String name, Function<Resolver.Answer<String>, String> reading) {
        DnsLists asked = lists;
        return asked == null
                ? ""
                : known(reasons, name, () -> reading.apply(asked.askWhy(name, timeout).answer()));
    }

    private static <T> T known(Map<String, T> all, String name, Supplier<T> otherwise) {
        T known = all.get(name);
        if (known == null) {
            known = otherwise.get();
            all.put(name, known);
        }
        return known;
    }
}

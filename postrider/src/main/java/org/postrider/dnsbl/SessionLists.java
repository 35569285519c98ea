package org.postrider.dnsbl;

import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
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
    private final Map<String, Query<String>> reasons = new Last<>();

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

    /// The addresses of a name; waits for them.
    public Resolver.Answer<InetAddress> answer(String name) {
        begin(name);
        Query<InetAddress> query = queries.get(name);
        return query == null ? new Resolver.Answer.NoName<>(name) : query.answer();
    }

    /// Why a name is listed; asked when the first one wants to know. Waits for it.
    public Resolver.Answer<String> why(String name) {
        DnsLists asked = lists;
        if (asked == null) {
            return new Resolver.Answer.NoName<>(name);
        }
        Query<String> query = reasons.get(name);
        if (query == null) {
            query = asked.askWhy(name, timeout);
            reasons.put(name, query);
        }
        return query.answer();
    }
}

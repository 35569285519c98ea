package org.postrider.dnsbl;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.postrider.dns.Resolver;
import org.postrider.threads.Supervisor;
import org.postrider.threads.Work;
import org.postrider.time.Clock;

/// Asks lists, many at a time. One for a server; any thread.
public final class DnsLists {
    /// Questions that have a thread of their own at a time. A place is held until the resolver
    /// gives up, which may be later than who waits for it does.
    public static final int MOST = 10_000;

    /// Characters of a reason.
    public static final int MOST_OF_A_REASON = 500;

    private static final String BETWEEN = " / ";

    private static final Work WORK =
            Work.of("dns-list", "asks a list of clients or domains in DNS")
                    .failing("the list has no answer")
                    .waiting();

    private final Resolver resolver;
    private final @Nullable Supervisor threads;
    private final Clock clock;
    private final Semaphore free = new Semaphore(MOST);

    /// Those about addresses that a thread asks now, by name: at most [#MOST]. Who wants to know
    /// the same meanwhile waits for the same answer; what came of one is kept for nobody.
    private final Map<String, Query<InetAddress>> underWay = new ConcurrentHashMap<>();

    public DnsLists(Resolver resolver, Supervisor threads, Clock clock) {
        this(resolver, clock, threads);
    }

    private DnsLists(Resolver resolver, Clock clock, @Nullable Supervisor threads) {
        this.resolver = resolver;
        this.threads = threads;
        this.clock = clock;
    }

    /// Has no threads: each list is asked when somebody waits for its answer, on that thread.
    public static DnsLists inTurn(Resolver resolver, Clock clock) {
        return new DnsLists(resolver, clock, null);
    }

    /// How many more questions may have a thread of their own now.
    int free() {
        return free.availablePermits();
    }

    /// Who gives questions threads; null for nobody.
    public @Nullable Supervisor threads() {
        return threads;
    }

    /// Where they are asked.
    public Resolver resolver() {
        return resolver;
    }

    /// Begins to ask whether something is listed; does not wait. [ListAnswer#of] says what its
    /// answer means.
    ///
    /// @param name [DnsList#query]
    /// @param timeout how long an answer is waited for, from now on
    public Query<InetAddress> ask(String name, Duration timeout) {
        Query<InetAddress> same = underWay.get(name);
        if (same != null) {
            return same.alike(clock.nanos() + timeout.toNanos());
        }
        return begun(name, "A", timeout, () -> resolver.addresses(name, true, false), underWay);
    }

    /// Begins to ask why. [#reason] makes a line of its answer.
    ///
    /// @param name that is listed
    public Query<String> askWhy(String name, Duration timeout) {
        return begun(name, "TXT", timeout, () -> resolver.firstTexts(name), null);
    }

    /// @param shown where it is found while a thread asks it; null for nowhere
    private <T> Query<T> begun(
            String name,
            String type,
            Duration timeout,
            Callable<Resolver.Answer<T>> question,
            @Nullable Map<String, Query<T>> shown) {
        long until = clock.nanos() + timeout.toNanos();
        Supervisor own = threads;
        boolean threaded = own != null && free.tryAcquire();
        Query<T> query = new Query<>(name, type, threaded, clock, until, question);
        if (own != null && threaded) {
            if (shown != null) {
                shown.put(name, query);
            }
            own.family(WORK)
                    .start(
                            query::run,
                            () -> {
                                if (shown != null) {
                                    shown.remove(name, query);
                                }
                                query.end();
                                free.release();
                            });
        }
        return query;
    }

    /// TXT records one behind the other, on one line of printable ASCII; empty for none.
    public static String reason(Resolver.Answer<String> texts) {
        if (!(texts instanceof Resolver.Answer.Found<String> found)) {
            return "";
        }
        StringBuilder out = new StringBuilder();
        boolean first = true;
        for (String text : found.records()) {
            if (!first && MOST_OF_A_REASON - out.length() > BETWEEN.length()) {
                out.append(BETWEEN);
            }
            first = false;
            String shown = printable(text);
            out.append(shown, 0, Math.min(shown.length(), MOST_OF_A_REASON - out.length()));
        }
        return out.toString();
    }

    /// With blanks for what is not printable ASCII.
    public static String printable(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.chars().forEach(c -> out.append(c >= ' ' && c < 0x7f ? (char) c : ' '));
        return out.toString();
    }
}

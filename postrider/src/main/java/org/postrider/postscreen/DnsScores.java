package org.postrider.postscreen;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.config.Settings;
import org.postrider.dnsbl.DnsList;
import org.postrider.dnsbl.DnsLists;
import org.postrider.dnsbl.ListAnswer;
import org.postrider.dnsbl.Query;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.maps.Network;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.time.Clock;

/// postscreen_dnsbl_sites: what all lists together say of a client. Each domain is asked once, all
/// at the same time. Immutable; any thread.
final class DnsScores {
    private final Map<String, List<DnsList>> sites = new LinkedHashMap<>();
    private final @Nullable Table names;
    private final Duration timeout;
    private final Duration delay;
    private final long leastSeconds;
    private final long mostSeconds;
    private final @Nullable DnsLists lists;
    private final MailLog log;
    private final LogTag tag;
    private final Clock clock;

    /// What came of it.
    ///
    /// @param domain of the list that weighs most, as replies have it; null for none
    /// @param seconds how long it may be believed
    record Score(int total, @Nullable String domain, long seconds) {}

    /// @param lists null where no name service is asked: nobody is listed
    /// @param tag of dnsblog, which says who is listed
    /// @throws ConfigException for a malformed list
    DnsScores(
            Settings settings,
            Tables tables,
            @Nullable DnsLists lists,
            MailLog log,
            LogTag tag,
            Clock clock) {
        this.lists = lists;
        this.log = log;
        this.tag = tag;
        this.clock = clock;
        for (DnsList site : sites(settings)) {
            sites.computeIfAbsent(site.domain(), _ -> new ArrayList<>()).add(site);
        }
        String map = settings.get(PostscreenParams.DNSBL_REPLY_MAP);
        names = map.isEmpty() ? null : tables.open(map);
        timeout = settings.get(PostscreenParams.DNSBL_TIMEOUT);
        delay = settings.get(PostscreenParams.DNSBLOG_REPLY_DELAY);
        leastSeconds = settings.get(PostscreenParams.DNSBL_MIN_TTL).toSeconds();
        mostSeconds = settings.get(PostscreenParams.DNSBL_MAX_TTL).toSeconds();
    }

    /// @throws ConfigException for a malformed one
    static List<DnsList> sites(Settings settings) {
        List<DnsList> out = new ArrayList<>();
        for (String word : settings.get(PostscreenParams.DNSBL_SITES)) {
            try {
                out.add(DnsList.site(word));
            } catch (IllegalArgumentException e) {
                throw new ConfigException(
                        PostscreenParams.DNSBL_SITES.name() + ": " + e.getMessage());
            }
        }
        return out;
    }

    /// No lists are configured.
    boolean isEmpty() {
        return sites.isEmpty();
    }

    /// Begins to ask; does not wait.
    ///
    /// @param most how long the answers are waited for at most
    Asked ask(InetAddress client, Duration most) {
        Duration patience = most.compareTo(timeout) < 0 ? most : timeout;
        Map<String, Query<InetAddress>> queries = new LinkedHashMap<>();
        if (lists != null) {
            sites.forEach((domain, of) ->
                    queries.put(domain, lists.ask(of.getFirst().query(client), patience)));
        }
        long now = clock.nanos();
        return new Asked(client, queries, now + delay.toNanos(), now + patience.toNanos());
    }

    /// The questions about one client. Session thread only.
    final class Asked {
        private final InetAddress client;
        private final Map<String, Query<InetAddress>> queries;
        private final long notBefore;
        private final long until;
        private int total;
        private int heaviest;
        private @Nullable String domain;
        private long ttl = Long.MAX_VALUE;

        private Asked(
                InetAddress client,
                Map<String, Query<InetAddress>> queries,
                long notBefore,
                long until) {
            this.client = client;
            this.queries = queries;
            this.notBefore = notBefore;
            this.until = until;
        }

        /// Nobody need wait.
        boolean done() {
            long now = clock.nanos();
            return now - until >= 0
                    || (now - notBefore >= 0 && queries.values().stream().allMatch(Query::done));
        }

        /// Waits for the answers until their time is over; those that are missing then do not
        /// count.
        Score score() {
            for (long left = notBefore - clock.nanos();
                    left > 0;
                    left = notBefore - clock.nanos()) {
                if (notBefore - until >= 0) {
                    LockSupport.parkNanos(Math.max(0, until - clock.nanos()));
                    return new Score(0, null, leastSeconds);
                }
                LockSupport.parkNanos(left);
            }
            queries.forEach(
                    (each, query) -> count(each, ListAnswer.of(query.answer()), query.name()));
            String shown = domain;
            return new Score(
                    total,
                    shown == null ? null : shown(shown),
                    Math.clamp(ttl, leastSeconds, Math.max(leastSeconds, mostSeconds)));
        }

        private void count(String asked, ListAnswer answer, String name) {
            switch (answer) {
                case ListAnswer.Listed listed -> {
                    for (InetAddress as : listed.addresses()) {
                        log.info(
                                tag,
                                "addr "
                                        + Network.text(client)
                                        + " listed by domain "
                                        + asked
                                        + " as "
                                        + Network.text(as));
                    }
                    ttl = Math.min(ttl, listed.ttl().toSeconds());
                    for (DnsList site : sites.getOrDefault(asked, List.of())) {
                        if (site.counts(listed)) {
                            weigh(asked, site.weight());
                        }
                    }
                }
                case ListAnswer.NotListed _ -> ttl = Math.min(ttl, leastSeconds);
                case ListAnswer.Unknown unknown -> {
                    ttl = Math.min(ttl, leastSeconds);
                    log.warning(
                            tag,
                            "dnsblog_query: lookup error for DNS query "
                                    + name
                                    + ": "
                                    + unknown.text());
                }
            }
        }

        private void weigh(String asked, int weight) {
            if (domain == null || heaviest < weight) {
                domain = asked;
                heaviest = weight;
            }
            total = Math.clamp((long) total + weight, Integer.MIN_VALUE, Integer.MAX_VALUE);
        }
    }

    /// A domain may hold a password: where the table cannot answer, it is not shown.
    private String shown(String domain) {
        if (names == null) {
            return domain;
        }
        try {
            String other = names.lookup(domain);
            return other == null ? domain : other;
        } catch (TableException e) {
            e.warnings().forEach(each -> log.warning(tag, each));
            return "a DNS list";
        }
    }
}

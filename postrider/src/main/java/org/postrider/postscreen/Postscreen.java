package org.postrider.postscreen;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.config.Param;
import org.postrider.config.Settings;
import org.postrider.dnsbl.DnsLists;
import org.postrider.io.Connection;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.maps.Fold;
import org.postrider.maps.NetworkList;
import org.postrider.maps.StringList;
import org.postrider.maps.Table;
import org.postrider.maps.Tables;
import org.postrider.peer.Endpoint;
import org.postrider.threads.Loop;
import org.postrider.threads.Supervisor;
import org.postrider.threads.Work;
import org.postrider.time.Clock;

/// The screening of clients under the settings of one master.cf line. Any thread may run a session.
public final class Postscreen implements AutoCloseable {
    private static final long WRITE_MILLIS = 1_000;
    private static final Work CLEANING =
            Work.of("postscreen-cache", "takes what has expired out of the cache of postscreen")
                    .onPlatform();

    final Terms terms;
    final Crowd crowd;
    final AccessList access;
    final NetworkList interfaces;
    final Cache cache;
    final DnsScores lists;
    final Footer footer;
    final Offers offers;
    final Handshake handshake;
    final StringList forbidden;
    final @Nullable Table filter;
    final Handover handover;
    final String passTo;
    final MailLog log;
    final Clock clock;
    private final Endpoint.@Nullable Upstream upstream;
    private final @Nullable Loop cleaning;

    /// Where it is said what happened, and as whom.
    ///
    /// @param lists of dnsblog, which says who is listed
    /// @param tls of tlsproxy, which makes handshakes
    public record Journal(MailLog log, LogTag own, LogTag lists, LogTag tls) {}

    /// The services that it asks.
    ///
    /// @param lists null where nobody asks DNS
    public record Services(Cache cache, @Nullable DnsLists lists, Tls tls, Handover handover) {}

    /// @throws org.postrider.config.ConfigException if a setting is malformed
    public Postscreen(
            Settings settings,
            Tables tables,
            Services services,
            Journal journal,
            Supervisor threads,
            Clock clock) {
        this.clock = clock;
        log = journal.log();
        terms = new Terms(settings, services.tls().level());
        crowd = new Crowd(terms.limits.tested(), text -> log.info(journal.own(), text));
        access = new AccessList(settings, tables, text -> log.warning(journal.own(), text));
        interfaces = list(settings, PostscreenParams.ALLOWLIST_INTERFACES, tables);
        lists = new DnsScores(settings, tables, services.lists(), log, journal.lists(), clock);
        footer =
                new Footer(
                        settings,
                        tables,
                        terms.hostname,
                        clock,
                        text -> log.warning(journal.own(), text));
        offers = new Offers(settings, tables, terms);
        handshake = new Handshake(services.tls(), terms.handshake.toMillis(), log, journal.tls());
        Param<List<String>> commands = PostscreenParams.FORBIDDEN_COMMANDS;
        forbidden = new StringList(commands.name(), settings.get(commands), tables);
        String table = settings.get(PostscreenParams.COMMAND_FILTER);
        filter = table.isEmpty() ? null : tables.open(table);
        handover = services.handover();
        passTo = settings.get(PostscreenParams.SERVICE_NAME);
        upstream =
                Endpoint.Upstream.of(
                        settings,
                        PostscreenParams.UPSTREAM_PROXY_PROTOCOL,
                        PostscreenParams.UPSTREAM_PROXY_TIMEOUT);
        cache = services.cache();
        cleaning = cleaning(settings, threads, journal.own());
    }

    /// What is wrong with words of its own parameters, for the administrator: the first that stops
    /// a start, and those that are ignored.
    public static List<String> problems(Settings settings) {
        List<String> out = new ArrayList<>(AccessList.problems(settings));
        for (Param<String> each : Terms.ACTIONS) {
            problem(() -> Action.of(settings, each), out);
        }
        problem(() -> DnsScores.sites(settings), out);
        problem(
                () ->
                        Endpoint.Upstream.of(
                                settings,
                                PostscreenParams.UPSTREAM_PROXY_PROTOCOL,
                                PostscreenParams.UPSTREAM_PROXY_TIMEOUT),
                out);
        return out;
    }

    /// What is wrong with a result of a table of postscreen_access_list; null for nothing.
    public static @Nullable String result(String result) {
        return AccessList.fault(result);
    }

    /// What it would make of a client.
    ///
    /// @param lines for the administrator
    /// @param refused whether its mail is refused
    public record Explained(List<String> lines, boolean refused) {}

    /// What would be made of a client that came now, up to what it says itself. Blocks while lists
    /// are asked.
    ///
    /// @param lists null where no list is to be asked
    /// @param stamps of the client in the cache, [Cache#STAMPS] of them; null where it is not in
    ///   it, or nobody knows
    /// @throws ConfigException for a setting that is malformed
    public static Explained explain(
            Settings settings,
            Tables tables,
            @Nullable DnsLists lists,
            InetAddress client,
            long @Nullable [] stamps,
            Clock clock) {
        List<String> out = new ArrayList<>();
        LogTag tag = new LogTag("postscreen", 0);
        MailLog said = (_, event) -> out.add(event.line());
        Terms terms = new Terms(settings, "none");
        AccessList access = new AccessList(settings, tables, text -> said.warning(tag, text));
        AccessList.Verdict verdict = access.ask(client);
        out.add(PostscreenParams.ACCESS_LIST.name() + " -> " + Fold.lower(verdict.name()));
        boolean denied = verdict == AccessList.Verdict.REJECT;
        if (verdict == AccessList.Verdict.PERMIT) {
            out.add("handed on without a test");
            return new Explained(out, false);
        }
        if (denied) {
            out.add(acts(PostscreenParams.DENYLIST_ACTION, terms.actions.denied()));
        }
        long[] known = stamps == null ? new long[Cache.STAMPS] : stamps;
        int due = terms.expired(known, clock.wallMillis() / 1000);
        for (Check each : Check.values()) {
            if (terms.makes(each)) {
                boolean again = (due & each.bit()) != 0;
                out.add(each.shown() + ": " + (again ? "to be tested" : until(known[each.place])));
            }
        }
        if (due == 0 && !denied) {
            out.add("handed on without a test (PASS OLD)");
            return new Explained(out, false);
        }
        boolean listed = false;
        if ((due & Check.DNS_LISTS.bit()) != 0) {
            DnsScores scores = new DnsScores(settings, tables, lists, said, tag, clock);
            if (lists == null) {
                out.add(PostscreenParams.DNSBL_SITES.name() + ": not asked");
            } else {
                DnsScores.Score score =
                        scores.ask(client, settings.get(PostscreenParams.DNSBL_TIMEOUT)).score();
                listed = score.total() >= terms.threshold;
                out.add(
                        PostscreenParams.DNSBL_SITES.name()
                                + ": score "
                                + score.total()
                                + ", "
                                + PostscreenParams.DNSBL_THRESHOLD.name()
                                + " "
                                + terms.threshold
                                + (listed
                                        ? ": "
                                                + acts(
                                                        PostscreenParams.DNSBL_ACTION,
                                                        terms.actions.listed())
                                        : ""));
            }
        }
        boolean refused =
                denied && terms.actions.denied() != Action.IGNORE
                        || listed && terms.actions.listed() != Action.IGNORE;
        return new Explained(out, refused);
    }

    private static String acts(Param<String> param, Action action) {
        return param.name()
                + " = "
                + Fold.lower(action.name())
                + switch (action) {
                    case IGNORE -> ": tested on";
                    case ENFORCE -> ": its recipients are refused with 550 5.x";
                    case DROP -> ": it is told 521 and let go";
                };
    }

    /// @param stamp seconds since 1970
    private static String until(long stamp) {
        return "passed, until "
                + DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT)
                        .format(Instant.ofEpochSecond(stamp).atZone(Clock.zone()));
    }

    private static void problem(Runnable read, List<String> out) {
        try {
            read.run();
        } catch (ConfigException e) {
            out.add(String.valueOf(e.getMessage()));
        }
    }

    private @Nullable Loop cleaning(Settings settings, Supervisor threads, LogTag own) {
        String name = settings.get(PostscreenParams.CACHE_MAP);
        long retention = settings.get(PostscreenParams.CACHE_RETENTION_TIME).toSeconds();
        long every = settings.get(PostscreenParams.CACHE_CLEANUP_INTERVAL).toNanos();
        return every == 0 || name.isBlank()
                ? null
                : threads.loop(
                                CLEANING,
                                () -> {
                                    clean(own, name, seconds() - retention);
                                    return every;
                                })
                        .start();
    }

    private static NetworkList list(Settings settings, Param<List<String>> param, Tables tables) {
        return new NetworkList(param.name(), settings.get(param), tables, false);
    }

    /// @param before seconds: whose tests had all expired then is forgotten
    private void clean(LogTag own, String name, long before) {
        Cache.Cleaned cleaned = cache.cleanUp(stamps -> terms.expired(stamps, before) == 0);
        log.info(
                own,
                "cache "
                        + name
                        + " full cleanup: retained="
                        + cleaned.retained()
                        + " dropped="
                        + cleaned.dropped()
                        + " entries");
    }

    /// Since 1970.
    long seconds() {
        return clock.wallMillis() / 1000;
    }

    /// Tests one client, and serves it where it passes. Blocking, on the caller's (virtual) thread.
    public void session(Connection connection, LogTag tag) {
        Endpoint at = Endpoint.of(connection, upstream);
        String complaint = at.complaint();
        if (complaint == null) {
            new Screening(this, connection, at, tag).run();
            return;
        }
        // In the words of postscreen, which are not smtpd's.
        log.warning(
                tag,
                complaint
                        .replace("read: timeout error", "read: time limit exceeded")
                        .replace("read: EOF", "read: lost connection"));
        byte[] reply = "421 4.3.2 No system resources\r\n".getBytes(StandardCharsets.ISO_8859_1);
        try {
            connection.deadline(WRITE_MILLIS);
            connection.write(reply, 0, reply.length);
        } catch (IOException e) {
            // gone already
        }
    }

    /// No cleaning begins any more; sessions go on.
    @Override
    public void close() {
        if (cleaning != null) {
            cleaning.close();
        }
    }
}

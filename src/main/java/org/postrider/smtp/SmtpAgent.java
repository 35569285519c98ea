package org.postrider.smtp;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;
import org.postrider.cleanup.CleanupParams;
import org.postrider.config.ServicePorts;
import org.postrider.config.Settings;
import org.postrider.delivery.Agent;
import org.postrider.delivery.DeliveryRequest;
import org.postrider.delivery.Outcome;
import org.postrider.dns.Resolver;
import org.postrider.dsn.Status;
import org.postrider.io.Connection;
import org.postrider.io.Connector;
import org.postrider.io.DeadlineException;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.maps.Network;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.message.MimeState;
import org.postrider.queue.Encoding;
import org.postrider.queue.Envelope;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// The SMTP client: finds the servers for a next hop, tries them in order, reports each recipient
/// (smtp(8), smtp_connect(3)). Shares idle sessions among the deliveries of its transport.
/// Immutable but for those; any thread.
public final class SmtpAgent implements Agent, AutoCloseable {
    final Clock clock;
    final ContentSender contents;
    final Timeouts timeouts;
    final boolean quoteEnvelope;
    private final TlsPolicies policies;
    private final ClientLogin login;
    private final Route route;
    private final Greeting greeting;
    private final Connector connector;
    private final SessionCache cache;
    private final MailLog log;
    private final LogTag tag;
    private final String relayhost;
    private final boolean cacheSessions;
    private final boolean convert;
    private final boolean bindEnforced;
    private final int sessionLimit;
    private final int lineLimit;
    private final ServicePorts ports;
    private final List<Destination> fallback;
    private final @Nullable InetAddress bindTo4;
    private final @Nullable InetAddress bindTo6;
    private volatile @Nullable Known known;

    /// Milliseconds for each stage.
    record Timeouts(
            long connect,
            long helo,
            long mail,
            long rcpt,
            long dataInit,
            long dataXfer,
            long dataDone,
            long rset) {}

    /// The next hop that was parsed last: most mail goes where the one before it went.
    ///
    /// @param found its servers, where no look-up is needed to know them; else null
    private record Known(
            String nexthop, List<Destination> destinations, Route.@Nullable Found found) {}

    /// @param tag for what belongs to no delivery
    /// @param nativePool platform threads for native host lookups
    /// @param ownAddresses the machine's, for loop detection
    public SmtpAgent(
            Settings settings,
            Tables tables,
            Resolver dns,
            Connector connector,
            ExecutorService nativePool,
            Set<InetAddress> ownAddresses,
            MailLog log,
            LogTag tag,
            Supervisor threads,
            Clock clock) {
        this.connector = connector;
        this.log = log;
        this.tag = tag;
        this.clock = clock;
        route = new Route(settings, dns, nativePool, ownAddresses, log);
        contents =
                new ContentSender(
                        settings.get(SmtpParams.LINE_LIMIT),
                        new MimeState.Limits(
                                settings.get(CleanupParams.MIME_NESTING_LIMIT),
                                settings.get(CleanupParams.MIME_BOUNDARY_LENGTH_LIMIT),
                                settings.get(CleanupParams.HEADER_SIZE_LIMIT)));
        timeouts =
                new Timeouts(
                        settings.get(SmtpParams.CONNECT_TIMEOUT).toMillis(),
                        settings.get(SmtpParams.HELO_TIMEOUT).toMillis(),
                        settings.get(SmtpParams.MAIL_TIMEOUT).toMillis(),
                        settings.get(SmtpParams.RCPT_TIMEOUT).toMillis(),
                        settings.get(SmtpParams.DATA_INIT_TIMEOUT).toMillis(),
                        settings.get(SmtpParams.DATA_XFER_TIMEOUT).toMillis(),
                        settings.get(SmtpParams.DATA_DONE_TIMEOUT).toMillis(),
                        settings.get(SmtpParams.RSET_TIMEOUT).toMillis());
        policies = new TlsPolicies(settings, tables, clock, text -> log.warning(tag, text));
        login = ClientLogin.of(settings, tables);
        greeting =
                new Greeting(
                        settings.get(SmtpParams.HELO_NAME),
                        settings.get(SmtpParams.MYHOSTNAME),
                        settings.get(SmtpParams.SKIP_5XX),
                        settings.get(SmtpParams.ALWAYS_EHLO),
                        settings.get(SmtpParams.NEVER_EHLO),
                        DiscardedKeywords.of(settings, tables),
                        timeouts.helo(),
                        log);
        quoteEnvelope = settings.get(SmtpParams.QUOTE_ENVELOPE);
        convert = !settings.get(SmtpParams.NO_CONVERSION);
        cacheSessions = settings.get(SmtpParams.CACHE_ON_DEMAND);
        sessionLimit = settings.get(SmtpParams.SESSION_LIMIT);
        lineLimit = settings.get(SmtpParams.REPLY_LINE_LIMIT);
        ports = ServicePorts.of(settings);
        fallback = new ArrayList<>();
        for (String each : settings.get(SmtpParams.FALLBACK_RELAY)) {
            fallback.addAll(Destination.parse(each, ports));
        }
        String relay = settings.text("relayhost");
        relayhost = relay == null ? "" : relay;
        bindEnforced = settings.get(SmtpParams.BIND_ENFORCE);
        bindTo4 = local(settings.get(SmtpParams.BIND_ADDRESS));
        bindTo6 = local(settings.get(SmtpParams.BIND_ADDRESS6));
        // Last: nothing is left running where a setting is refused.
        cache =
                new SessionCache(
                        Objects.requireNonNullElse(settings.text("service_name"), "smtp"),
                        threads,
                        clock,
                        settings.get(SmtpParams.CACHE_TIME).toNanos(),
                        settings.get(SmtpParams.REUSE_TIME).toNanos(),
                        settings.get(SmtpParams.REUSE_COUNT));
    }

    private static @Nullable InetAddress local(String text) {
        byte[] literal = text.isEmpty() ? null : Network.literal(text);
        try {
            return literal == null ? null : InetAddress.getByAddress(literal);
        } catch (java.net.UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public @Nullable Unavailable deliver(DeliveryRequest request, Report report) {
        Attempt attempt = new Attempt(this, request, report);
        Known next = known(request.nexthop());
        int nexthops = next.destinations().size();
        int all = nexthops + fallback.size();
        boolean usedFallback = false;
        boolean loops = false;
        for (int i = 0; i < all && attempt.left() && !loops; i++) {
            usedFallback = i >= nexthops;
            Destination d = usedFallback ? fallback.get(i - nexthops) : next.destinations().get(i);
            Route.Found found = i == 0 ? next.found() : null;
            switch (found == null ? route.find(d, request.tag()) : found) {
                case Route.Found.None none -> {
                    attempt.noServer(none.status(), none.text());
                    // Another host would only carry the loop further.
                    loops = none.loops();
                }
                case Route.Found.Servers s -> servers(d, s.servers(), attempt, i + 1 == all);
            }
        }
        if (attempt.left()) {
            attempt.finish(leftOver(attempt, request.nexthop(), usedFallback));
        }
        return attempt.site();
    }

    private Known known(String nexthop) {
        Known k = known;
        if (k == null || !k.nexthop().equals(nexthop)) {
            List<Destination> destinations = List.copyOf(Destination.parse(nexthop, ports));
            k = new Known(nexthop, destinations, fixed(destinations));
            known = k;
        }
        return k;
    }

    /// What needs no look-up: an address.
    private Route.@Nullable Found fixed(List<Destination> destinations) {
        if (destinations.isEmpty()) {
            return null;
        }
        Destination first = destinations.getFirst();
        boolean address = first.port() >= 0 && Network.literal(first.host()) != null;
        return address ? route.find(first, tag) : null;
    }

    /// Why those are not delivered whom no server took. What may be a fault of this configuration
    /// does not return mail.
    private Outcome.Detail leftOver(Attempt attempt, String nexthop, boolean usedFallback) {
        Outcome.Detail why = attempt.why();
        if (why == null) {
            return Outcome.Detail.local(
                    new Status(4, 3, 0), "none", "server unavailable or unable to receive mail");
        }
        boolean ours = usedFallback || nexthop.equals(relayhost);
        if (why.status().kind() == 5 && ours) {
            log.warning(
                    attempt.tag(),
                    (usedFallback ? "smtp_fallback_relay" : "relayhost")
                            + " configuration problem");
            return new Outcome.Detail(
                    new Status(4, 3, 5),
                    why.relay(),
                    why.text(),
                    why.action(),
                    why.remoteMta(),
                    why.diagnostic(),
                    why.connectionUse(),
                    why.connectNanos(),
                    why.transmitNanos());
        }
        return why;
    }

    private void servers(
            Destination d, List<Route.Server> servers, Attempt attempt, boolean lastDestination) {
        int sessions = 0;
        for (int k = 0; k < servers.size() && attempt.left(); k++) {
            boolean limit = sessionLimit > 0 && sessions + 1 >= sessionLimit;
            boolean last = lastDestination && (limit || k + 1 == servers.size());
            if (server(d, servers.get(k), attempt, last)) {
                sessions++;
                if (limit) {
                    return;
                }
            }
        }
    }

    /// @return true where a session came about
    private boolean server(Destination d, Route.Server server, Attempt attempt, boolean last) {
        SmtpTls tls = policies.of(d, server);
        if (refused(tls, d, server, attempt)) {
            return false;
        }
        String name = tls.level() == SmtpTls.Level.NONE ? "" : tls.serverName(server, d.text());
        if (cacheSessions) {
            SessionCache.Key key = new SessionCache.Key(server, tls, name);
            for (SmtpSession s = cache.take(key); s != null; s = cache.take(key)) {
                if (exchange(s, attempt, last, true) != Exchange.End.STALE) {
                    return true;
                }
            }
        }
        SmtpSession fresh = open(server, tls, tls.level(), name, attempt);
        if (fresh == null) {
            return false;
        }
        talk(fresh, attempt, last);
        if (fresh.retryInClear && attempt.left()) {
            SmtpSession clear = open(server, tls, SmtpTls.Level.NONE, name, attempt);
            if (clear != null) {
                talk(clear, attempt, last);
            }
        }
        return true;
    }

    /// What keeps a mail from going to a server before there is a connection.
    private boolean refused(SmtpTls tls, Destination d, Route.Server server, Attempt attempt) {
        SmtpTls.Refusal refusal = tls.refusal();
        if (refusal != null) {
            log.warning(attempt.tag(), refusal.warning());
            if (refusal.notBuilt()) {
                attempt.notBuilt(refusal.status(), refusal.text());
            } else {
                attempt.noServer(refusal.status(), refusal.text());
            }
            return true;
        }
        try {
            String held =
                    login.held(
                            attempt.request().message().envelope().sender(),
                            server.name(),
                            d.text());
            if (held != null) {
                attempt.notBuilt(new Status(4, 7, 0), held);
                return true;
            }
        } catch (TableException e) {
            e.warnings().forEach(line -> log.warning(attempt.tag(), line));
            attempt.noServer(
                    new Status(4, 3, 0), "local data error while talking to " + server.label());
            return true;
        }
        String hint = tls.hint(server.port());
        if (hint != null) {
            log.info(attempt.tag(), hint);
        }
        return false;
    }

    private void talk(SmtpSession s, Attempt attempt, boolean last) {
        boolean greeted = false;
        try {
            greeted = greeting.perform(s, attempt, last);
        } finally {
            if (!greeted) {
                s.connection.close();
            }
        }
        if (greeted) {
            exchange(s, attempt, last, false);
        }
    }

    /// One mail, and what becomes of the session. One that a bug or a lack of memory ends is
    /// closed.
    private Exchange.End exchange(SmtpSession s, Attempt attempt, boolean last, boolean reused) {
        boolean settled = false;
        try {
            Exchange.End end = new Exchange(this, attempt, s, last, reused).run();
            settle(s, end, attempt.request().more());
            settled = true;
            return end;
        } finally {
            if (!settled) {
                s.connection.close();
            }
        }
    }

    private void settle(SmtpSession s, Exchange.End end, boolean more) {
        // One that fell back to clear text serves no mail that may have TLS.
        boolean kept =
                cacheSessions
                        && more
                        && s.level == s.tls.level()
                        && (s.tls.reuse() || !s.secured());
        switch (end) {
            case CLEAN -> keep(s, kept);
            case RESET -> {
                if (!kept || !reset(s)) {
                    SessionCache.quit(s);
                } else {
                    keep(s, kept);
                }
            }
            case QUIT -> SessionCache.quit(s);
            case GONE, STALE -> s.connection.close();
        }
    }

    private void keep(SmtpSession s, boolean kept) {
        if (kept) {
            cache.give(s);
        } else {
            SessionCache.quit(s);
        }
    }

    private boolean reset(SmtpSession s) {
        try {
            s.connection.deadline(timeouts.rset());
            s.send("RSET\r\n");
            return s.replies.read().code() / 100 == 2;
        } catch (IOException e) {
            return false;
        }
    }

    private @Nullable SmtpSession open(
            Route.Server server, SmtpTls tls, SmtpTls.Level level, String name, Attempt attempt) {
        long begun = clock.nanos();
        InetAddress bindTo = server.address().getAddress().length == 4 ? bindTo4 : bindTo6;
        try {
            Connection c = connect(server, bindTo);
            return new SmtpSession(
                    c, server, tls, level, name, lineLimit, begun, log, attempt.tag());
        } catch (IOException e) {
            String text = "connect to " + server.labelWithPort() + ": " + connectFault(e);
            log.info(attempt.tag(), text);
            attempt.noServer(Attempt.NO_CONNECTION, text);
            return null;
        }
    }

    private Connection connect(Route.Server server, @Nullable InetAddress bindTo)
            throws IOException {
        try {
            return connector.connect(server.at(), bindTo, timeouts.connect());
        } catch (java.net.BindException e) {
            if (bindTo == null || bindEnforced) {
                throw e;
            }
            log.warning(tag, "bind " + bindTo.getHostAddress() + ": " + e.getMessage());
            return connector.connect(server.at(), null, timeouts.connect());
        } catch (java.nio.channels.UnsupportedAddressTypeException e) {
            throw new IOException("Address family not supported by protocol", e);
        }
    }

    private static String connectFault(IOException e) {
        if (e instanceof DeadlineException) {
            return "Connection timed out";
        }
        String why = e.getMessage();
        return why == null || why.isEmpty() ? "Connection refused" : why;
    }

    /// True where 8-bit parts may be rewritten for this server, so that the size is not known.
    boolean downgrades(SmtpSession s, Envelope e) {
        return convert
                && !s.offers(SmtpSession.EIGHT_BIT)
                && e.attributes().encoding() != Encoding.SEVEN_BIT;
    }

    /// A line about a mail that goes on.
    void note(LogTag by, String queueId, String text) {
        log.info(by, queueId + ": " + text);
    }

    @Override
    public void close() {
        cache.close();
    }
}

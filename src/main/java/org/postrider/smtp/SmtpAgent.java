package org.postrider.smtp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;
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
import org.postrider.time.Clock;
import org.postrider.wire.ReplyReader.ServerReply;

/// The SMTP client: finds servers for a next hop, tries them in order, reports each recipient.
/// Immutable but for its cache of sessions; any thread.
public final class SmtpAgent implements Agent, AutoCloseable {
    final Settings settings;
    final Clock clock;
    final ContentSender contents;
    final Timeouts timeouts;
    private final Route route;
    private final Connector connector;
    private final SessionCache cache;
    private final MailLog log;
    private final LogTag tag;
    private final String heloName;
    private final boolean skip5xx;
    private final boolean neverEhlo;
    private final boolean cacheSessions;
    private final int sessionLimit;
    private final int lineLimit;
    private final List<String> fallback;
    private final @Nullable InetAddress bindTo;

    /// Milliseconds for each stage.
    record Timeouts(
            long connect,
            long helo,
            long mail,
            long rcpt,
            long dataInit,
            long dataXfer,
            long dataDone) {}

    /// @param nativePool platform threads for native host lookups
    /// @param ownAddresses the machine's, for loop detection
    public SmtpAgent(
            Settings settings,
            Resolver dns,
            Connector connector,
            ExecutorService nativePool,
            Set<InetAddress> ownAddresses,
            MailLog log,
            LogTag tag,
            Clock clock) {
        this.settings = settings;
        this.connector = connector;
        this.log = log;
        this.tag = tag;
        this.clock = clock;
        route = new Route(settings, dns, nativePool, ownAddresses);
        contents = new ContentSender(settings.get(SmtpParams.LINE_LIMIT));
        timeouts =
                new Timeouts(
                        settings.get(SmtpParams.CONNECT_TIMEOUT).toMillis(),
                        settings.get(SmtpParams.HELO_TIMEOUT).toMillis(),
                        settings.get(SmtpParams.MAIL_TIMEOUT).toMillis(),
                        settings.get(SmtpParams.RCPT_TIMEOUT).toMillis(),
                        settings.get(SmtpParams.DATA_INIT_TIMEOUT).toMillis(),
                        settings.get(SmtpParams.DATA_XFER_TIMEOUT).toMillis(),
                        settings.get(SmtpParams.DATA_DONE_TIMEOUT).toMillis());
        cache =
                new SessionCache(
                        clock,
                        settings.get(SmtpParams.CACHE_TIME).toNanos(),
                        settings.get(SmtpParams.REUSE_TIME).toNanos(),
                        settings.get(SmtpParams.REUSE_COUNT));
        heloName = settings.get(SmtpParams.HELO_NAME);
        skip5xx = settings.get(SmtpParams.SKIP_5XX);
        neverEhlo = settings.get(SmtpParams.NEVER_EHLO);
        cacheSessions = settings.get(SmtpParams.CACHE_ON_DEMAND);
        sessionLimit = settings.get(SmtpParams.SESSION_LIMIT);
        lineLimit = settings.get(SmtpParams.REPLY_LINE_LIMIT);
        fallback = settings.get(SmtpParams.FALLBACK_RELAY);
        String bind = settings.get(SmtpParams.BIND_ADDRESS);
        byte[] literal = bind.isEmpty() ? null : org.postrider.maps.Network.literal(bind);
        bindTo = literal == null ? null : address(literal);
    }

    private static InetAddress address(byte[] octets) {
        try {
            return InetAddress.getByAddress(octets);
        } catch (java.net.UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public @Nullable Unavailable deliver(DeliveryRequest request, Report report) {
        Attempt attempt = new Attempt(this, request, report);
        List<Destination> all = new ArrayList<>(Destination.parse(request.nexthop()));
        for (String each : fallback) {
            all.addAll(Destination.parse(each));
        }
        int sessions = 0;
        for (int i = 0; i < all.size() && attempt.left(); i++) {
            boolean lastDestination = i + 1 == all.size();
            switch (route.find(all.get(i))) {
                case Route.Found.None none -> attempt.unroutable(none);
                case Route.Found.Servers found -> {
                    for (int k = 0; k < found.servers().size() && attempt.left(); k++) {
                        if (sessionLimit > 0 && sessions >= sessionLimit && !lastDestination) {
                            break;
                        }
                        boolean last =
                                lastDestination
                                        && (k + 1 == found.servers().size()
                                                || (sessionLimit > 0
                                                        && sessions + 1 >= sessionLimit));
                        if (server(found.servers().get(k), attempt, last)) {
                            sessions++;
                        }
                        if (sessionLimit > 0 && sessions >= sessionLimit) {
                            break;
                        }
                    }
                }
            }
        }
        return attempt.finish();
    }

    /// @return true where a session came about
    private boolean server(Route.Server server, Attempt attempt, boolean last) {
        SmtpSession kept = cacheSessions ? cache.take(server) : null;
        while (kept != null) {
            if (attempt.over(kept, last, true)) {
                settle(kept, attempt);
                return true;
            }
            // It had died while it waited: nothing was sent that counts.
            kept.connection.close();
            kept = cache.take(server);
        }
        SmtpSession fresh = open(server, attempt);
        if (fresh == null) {
            return false;
        }
        attempt.over(fresh, last, false);
        settle(fresh, attempt);
        return true;
    }

    private void settle(SmtpSession s, Attempt attempt) {
        if (attempt.sessionBroken()) {
            s.connection.close();
        } else if (cacheSessions) {
            cache.give(s);
        } else {
            SessionCache.quit(s);
        }
    }

    /// Connects, takes the greeting and says EHLO; null where that failed (noted in the attempt).
    private @Nullable SmtpSession open(Route.Server server, Attempt attempt) {
        long begun = clock.nanos();
        Connection connection;
        try {
            connection =
                    connector.connect(
                            new InetSocketAddress(server.address(), server.port()),
                            bindTo,
                            timeouts.connect());
        } catch (IOException e) {
            String text =
                    "connect to " + server.label() + ":" + server.port() + ": " + connectFault(e);
            log.info(tag, text);
            attempt.unreachable(text);
            return null;
        }
        SmtpSession s =
                new SmtpSession(connection, server, lineLimit, begun, clock.nanos() - begun);
        attempt.connected(clock.nanos() - begun);
        String stage = "receiving the initial server greeting";
        try {
            connection.deadline(timeouts.helo());
            ServerReply banner = s.replies.read();
            if (banner.code() / 100 != 2) {
                return refusedToTalk(s, banner, attempt);
            }
            stage = "performing the EHLO handshake";
            if (greet(s, attempt)) {
                attempt.connected(clock.nanos() - begun);
                return s;
            }
            return null;
        } catch (DeadlineException e) {
            attempt.siteFault(s, "conversation with " + s.label() + " timed out while " + stage);
        } catch (IOException e) {
            attempt.siteFault(s, "lost connection with " + s.label() + " while " + stage);
        }
        connection.close();
        return null;
    }

    private @Nullable SmtpSession refusedToTalk(SmtpSession s, ServerReply reply, Attempt attempt) {
        SessionCache.quit(s);
        String text = "host " + s.label() + " refused to talk to me: " + reply.text();
        if (reply.code() / 100 == 5 && !skip5xx) {
            attempt.siteRefusal(s, reply, text);
        } else {
            attempt.siteFault(
                    s, reply.code() == 0 ? "host " + s.label() + " said: " + reply.text() : text);
        }
        return null;
    }

    private boolean greet(SmtpSession s, Attempt attempt) throws IOException {
        if (!neverEhlo) {
            s.connection.deadline(timeouts.helo());
            s.send("EHLO " + heloName + "\r\n");
            ServerReply r = s.replies.read();
            if (r.code() / 100 == 2) {
                s.ehlo(r);
                return true;
            }
            if (r.code() == 421) {
                refusedToTalk(s, r, attempt);
                return false;
            }
        }
        s.connection.deadline(timeouts.helo());
        s.send("HELO " + heloName + "\r\n");
        ServerReply r = s.replies.read();
        if (r.code() / 100 == 2) {
            return true;
        }
        refusedToTalk(s, r, attempt);
        return false;
    }

    private static String connectFault(IOException e) {
        if (e instanceof DeadlineException) {
            return "Connection timed out";
        }
        String why = String.valueOf(e.getMessage());
        return why.isEmpty() ? "Connection refused" : why;
    }

    @Override
    public void close() {
        cache.close();
    }

    /// The status of a reply: its own enhanced code where it fits, else x.0.0.
    static Status status(ServerReply r) {
        int kind = r.code() / 100;
        int k = kind == 2 || kind == 4 || kind == 5 ? kind : 4;
        String text = r.text();
        if (text.length() > 4) {
            Status own = org.postrider.dsn.DsnSplit.status(text.substring(4));
            if (own != null && own.kind() == k) {
                return own;
            }
        }
        return new Status(k, 0, 0);
    }

    static Outcome.Detail detail(
            Status status,
            SmtpSession s,
            String text,
            String action,
            @Nullable ServerReply reply,
            long connectNanos,
            long transmitNanos) {
        return new Outcome.Detail(
                status,
                s.relay(),
                text,
                action,
                s.server.name(),
                reply == null ? null : reply.text(),
                s.used,
                connectNanos,
                transmitNanos);
    }
}

package org.postrider.smtp.mail;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.bounce.Postmaster;
import org.postrider.config.ConfigException;
import org.postrider.dsn.Status;
import org.postrider.io.Connector;
import org.postrider.log.DeliveryEvent;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.maps.StringList;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.queue.Envelope;
import org.postrider.queue.Routing;
import org.postrider.rewrite.RewriteService;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.SmtpParams;
import org.postrider.smtp.policy.ClientTls;
import org.postrider.smtp.policy.RequireTls;
import org.postrider.smtp.policy.Said;
import org.postrider.smtp.policy.SessionKey;
import org.postrider.smtp.policy.TlsPolicies;
import org.postrider.smtp.policy.Way;
import org.postrider.smtp.policy.Ways;
import org.postrider.smtp.route.Destination;
import org.postrider.smtp.route.Server;
import org.postrider.smtp.session.Opener;
import org.postrider.smtp.session.SessionCache;
import org.postrider.smtp.session.SmtpSession;
import org.postrider.smtp.session.TlsReport;
import org.postrider.smtp.session.Transcript;
import org.postrider.time.Clock;
import org.postrider.tlsrpt.TlsResults;
import org.postrider.wire.ClientMail;

/// Brings one attempt to one server: over a kept session of the same key or a new one, and keeps it
/// for the next (smtp_connect(3), smtp_reuse(3)). Any thread.
public final class Transmission {
    private final Ways ways;
    private final Opener opener;
    private final SessionCache cache;
    private final Greeting greeting;
    private final Exchange.Manner manner;
    private final RequireTls requireTls;
    private final boolean keeps;
    private final StringList kept;
    private final TlsResults reports;
    private final MailLog log;
    private final String protocol;
    private final @Nullable Postmaster postmaster;

    /// @param cache the caller closes it
    public Transmission(
            ClientSettings settings,
            Lookups lookups,
            Tls tls,
            Opener opener,
            SessionCache cache,
            Workplace at) {
        MailLog log = at.log();
        this.opener = opener;
        this.cache = cache;
        this.log = log;
        protocol = settings.protocol().name();
        postmaster = at.postmaster();
        Tables tables = lookups.tables();
        ways = new Ways(settings, tables, tls.policies(), tls.client(), log);
        greeting =
                new Greeting(
                        settings,
                        tables,
                        new StartTls(settings, tls.client(), tls.policies(), log),
                        new Authentication(settings, tables, at),
                        log);
        manner =
                Exchange.Manner.of(
                        settings,
                        Exchange.Outside.of(settings, tables, lookups.rewrite()),
                        at.clock());
        requireTls = new RequireTls(settings, tables);
        keeps = settings.get(SmtpParams.CACHE_ON_DEMAND);
        kept =
                new StringList(
                        settings.name(SmtpParams.CACHE_DESTINATIONS),
                        settings.get(SmtpParams.CACHE_DESTINATIONS),
                        tables);
        reports = tls.reports();
    }

    /// What every service of the server has.
    ///
    /// @param connector to end points of tokens
    /// @param postmaster hears of what servers say amiss; null where he does not want to
    public record Workplace(
            MailLog log,
            LogTag tag,
            Connector connector,
            Clock clock,
            @Nullable Postmaster postmaster) {}

    /// Where addresses are looked up.
    public record Lookups(Tables tables, RewriteService rewrite) {}

    /// A transport's TLS: what it asks of servers, how it comes to it, and who is told.
    public record Tls(TlsPolicies policies, ClientTls client, TlsResults reports) {}

    /// @param last no other server follows
    /// @return true where a session came about
    public boolean to(Destination to, Server server, Attempt attempt, boolean last) {
        Envelope mail = attempt.request().message().envelope();
        Routing.Tls asks = mail.routing().tls();
        attempt.keepsSession(kept(to, attempt));
        if (asks == Routing.Tls.REQUIRED && !required(to, server, attempt)) {
            return false;
        }
        Ways.Mail one = new Ways.Mail(attempt.request().message().id(), mail.sender(), asks);
        return switch (ways.of(one, to, server, attempt.tag())) {
            case Way.Open(SessionKey key, Said said) ->
                    over(key, TlsReport.of(reports, to, server, said), attempt, last);
            case Way.Closed closed -> {
                TlsReport report = TlsReport.of(reports, to, server, closed.said());
                if (report != null) {
                    report.beforehand();
                }
                if (closed.notBuilt()) {
                    attempt.notBuilt(closed.status(), closed.text());
                } else {
                    attempt.noServer(closed.status(), closed.text());
                }
                yield false;
            }
        };
    }

    /// smtp_connection_cache_destinations has it; a table that cannot answer has nobody wait.
    private boolean kept(Destination to, Attempt attempt) {
        try {
            return kept.contains(to.host());
        } catch (TableException e) {
            e.warnings().forEach(line -> log.warning(attempt.tag(), line));
            return false;
        }
    }

    /// @return false where what REQUIRETLS asks cannot be had: the mail waits
    private boolean required(Destination to, Server server, Attempt attempt) {
        try {
            attempt.requireTls(requireTls.of(to, server));
            return true;
        } catch (TableException e) {
            e.warnings().forEach(line -> log.warning(attempt.tag(), line));
        } catch (ConfigException e) {
            log.warning(attempt.tag(), String.valueOf(e.getMessage()));
        }
        String text = "local data error while talking to " + server.label();
        attempt.noServer(new Status(4, 3, 0), text);
        return false;
    }

    private boolean over(
            SessionKey key, @Nullable TlsReport report, Attempt attempt, boolean last) {
        if (keeps || attempt.keepsSession()) {
            for (SmtpSession s = cache.take(key); s != null; s = cache.take(key)) {
                if (exchange(s, attempt, last, true) != ClientMail.End.STALE) {
                    return true;
                }
            }
        }
        SmtpSession fresh = open(key, false, attempt, last);
        if (fresh == null) {
            return false;
        }
        fresh.reports(report);
        talk(fresh, attempt, last);
        if (fresh.retryInClear() && attempt.left()) {
            SmtpSession clear = open(key, true, attempt, last);
            if (clear != null) {
                talk(clear, attempt, last);
            }
        }
        return true;
    }

    private @Nullable SmtpSession open(
            SessionKey key, boolean inClear, Attempt attempt, boolean last) {
        try {
            return opener.open(key, inClear, attempt.tag());
        } catch (IOException e) {
            DeliveryEvent.NoConnection event =
                    new DeliveryEvent.NoConnection(
                            key.server().labelWithPort(), String.valueOf(e.getMessage()));
            // Of a UNIX socket what becomes of each recipient says it, as with Postfix; where
            // another server follows, nothing else would.
            if (key.server().port() != 0 || !last) {
                log.event(attempt.tag(), event);
            }
            attempt.noServer(Attempt.NO_CONNECTION, event.line());
            return null;
        }
    }

    private void talk(SmtpSession s, Attempt attempt, boolean last) {
        boolean greeted = false;
        try {
            greeted = greeting.perform(s, attempt, last);
        } finally {
            if (!greeted) {
                s.dialogue().close();
                tell(s, attempt);
            }
        }
        if (greeted) {
            exchange(s, attempt, last, false);
        }
    }

    /// One mail, and what becomes of the session. One that a bug or a lack of memory ends is
    /// closed.
    ///
    /// @return null where the connection is gone
    private ClientMail.@Nullable End exchange(
            SmtpSession s, Attempt attempt, boolean last, boolean reused) {
        boolean settled = false;
        boolean kept = false;
        try {
            ClientMail.End end = new Exchange(manner, attempt, s, last, reused).run();
            boolean wanted = attempt.keepsSession() || keeps && attempt.request().more();
            kept = settle(s, end, wanted && s.mayBeKept());
            settled = true;
            return end;
        } finally {
            if (!settled) {
                s.dialogue().close();
            }
            try {
                tell(s, attempt);
            } finally {
                if (kept) {
                    // Last: from now on it may be another mail's.
                    cache.give(s);
                }
            }
        }
    }

    /// The postmaster hears of what a server said amiss, but not of mail that tells him of it.
    private void tell(SmtpSession s, Attempt attempt) {
        Transcript transcript = s.transcript();
        Postmaster to = postmaster;
        List<String> said = transcript == null ? List.of() : transcript.taken();
        if (to == null || said.isEmpty() || to.tells(attempt.sender())) {
            return;
        }
        String fault =
                to.tell(
                        protocol + " client: errors from " + s.relay(),
                        "Unexpected response from " + s.relay() + ".",
                        said,
                        "");
        if (fault != null) {
            attempt.warn(fault);
        }
    }

    /// @return whether it is to be kept for other mail
    private boolean settle(SmtpSession s, ClientMail.@Nullable End end, boolean wanted) {
        switch (end) {
            case null -> s.dialogue().close();
            case STALE, HANG_UP -> s.dialogue().close();
            case QUIT -> s.quit();
            case CLEAN -> {
                if (wanted) {
                    return true;
                }
                s.quit();
            }
            case RESET -> {
                long millis = manner.timeouts().rset();
                if (!wanted) {
                    s.resetAndQuit(millis);
                } else if (s.dialogue().reset(millis)) {
                    return true;
                } else {
                    s.quit();
                }
            }
        }
        return false;
    }
}

package org.postrider.smtp;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.agent.StatusFilter;
import org.postrider.bounce.Postmaster;
import org.postrider.config.ConfigParams;
import org.postrider.delivery.Agent;
import org.postrider.delivery.DeliveryRequest;
import org.postrider.delivery.Outcome;
import org.postrider.delivery.PassOn;
import org.postrider.delivery.Transports;
import org.postrider.dns.Resolver;
import org.postrider.dsn.Status;
import org.postrider.io.Connector;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.rewrite.RewriteService;
import org.postrider.smtp.mail.Attempt;
import org.postrider.smtp.mail.Forwarded;
import org.postrider.smtp.mail.Transmission;
import org.postrider.smtp.policy.ClientTls;
import org.postrider.smtp.policy.TlsPolicies;
import org.postrider.smtp.route.Destination;
import org.postrider.smtp.route.Lookups;
import org.postrider.smtp.route.NextHops;
import org.postrider.smtp.route.Route;
import org.postrider.smtp.route.Server;
import org.postrider.smtp.route.Sockets;
import org.postrider.smtp.session.Opener;
import org.postrider.smtp.session.SessionCache;
import org.postrider.sts.StsParams;
import org.postrider.sts.StsPolicies;
import org.postrider.sts.StsSettings;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;
import org.postrider.tlsrpt.TlsResults;

/// The SMTP and LMTP client: finds the servers for a next hop, tries them in order, reports each
/// recipient (smtp(8), smtp_connect(3)). Shares idle sessions among the deliveries of its
/// transport. Immutable but for those; any thread.
public final class SmtpAgent implements Agent, AutoCloseable {
    private final NextHops nexthops;
    private final Route route;
    private final Transmission transmission;
    private final SessionCache cache;
    private final MailLog log;
    private final Clock clock;
    private final String relayhost;
    private final String fallbackName;
    private final DeliveryFlags flags;
    private final StatusFilter filter;
    private final @Nullable PassOn passes;
    private final @Nullable Forwarded forwarded;
    private final int sessionLimit;
    private final @Nullable StsPolicies sts;
    private final Attempt.Manner manner;

    /// What leads out into the world.
    ///
    /// @param nativePool platform threads for native host lookups
    /// @param ownAddresses the machine's, for loop detection
    /// @param chrooted by its line of master.cf: UNIX sockets lie in queue_directory
    public record Network(
            Resolver dns,
            Connector connector,
            ExecutorService nativePool,
            Set<InetAddress> ownAddresses,
            boolean chrooted) {}

    /// What every service of the server has.
    ///
    /// @param tag for what belongs to no delivery
    public record Workplace(MailLog log, LogTag tag, Supervisor threads, Clock clock) {}

    /// What it asks of other services.
    ///
    /// @param tables of its settings
    /// @param rewrite completes what smtp_generic_maps hold
    /// @param transports who gets what best_mx_transport is for
    /// @param reports told of each session's TLS
    /// @param sts policies of MTA-STS
    /// @param postmaster hears of what servers say amiss; null where he does not want to
    public record Others(
            Tables tables,
            RewriteService rewrite,
            Transports transports,
            TlsResults reports,
            StsPolicies sts,
            @Nullable Postmaster postmaster) {}

    /// @param settings those of one line of master.cf, and which protocol it speaks
    public SmtpAgent(ClientSettings settings, Others others, Network network, Workplace at) {
        Tables tables = others.tables();
        log = at.log();
        clock = at.clock();
        Resolver dns = Lookups.of(network.dns(), settings, tables, log, at.tag());
        route =
                new Route(
                        settings,
                        tables,
                        new Route.Means(
                                dns,
                                network.nativePool(),
                                network.ownAddresses(),
                                sockets(settings, network.chrooted())),
                        log);
        nexthops = new NextHops(settings, route, at.tag());
        ClientTls tls = ClientTls.of(settings, tables, text -> at.log().warning(at.tag(), text));
        flags = settings.flags();
        filter =
                new StatusFilter(
                        settings.all(), settings.own(SmtpParams.DELIVERY_STATUS_FILTER), tables);
        boolean lmtp = settings.protocol() == Protocol.LMTP;
        boolean last = flags.last() || lmtp && settings.get(SmtpParams.ASSUME_FINAL);
        manner = new Attempt.Manner(tls.backoffMillis(), last, logsTls(settings));
        sessionLimit = settings.get(SmtpParams.SESSION_LIMIT);
        String relay = settings.text("relayhost");
        relayhost = relay == null ? "" : relay;
        String bestMx = lmtp ? "" : settings.get(SmtpParams.BEST_MX_TRANSPORT);
        passes = bestMx.isEmpty() ? null : new PassOn(bestMx, others.transports(), log);
        forwarded = Forwarded.of(settings.all(), others.rewrite());
        fallbackName = settings.name(SmtpParams.FALLBACK_RELAY);
        sts = asksSts(settings) ? others.sts() : null;
        TlsPolicies policies =
                new TlsPolicies(
                        settings,
                        tables,
                        new TlsPolicies.World(dns, sts),
                        clock,
                        text -> at.log().warning(at.tag(), text));
        Opener opener = new Opener(settings, tables, network.connector(), clock, log, at.tag());
        cache = new SessionCache(settings, at.threads(), clock);
        boolean good = false;
        try {
            transmission =
                    new Transmission(
                            settings,
                            new Transmission.Lookups(tables, others.rewrite()),
                            new Transmission.Tls(policies, tls, others.reports()),
                            opener,
                            cache,
                            workplace(at, network, others));
            if (sts != null) {
                sts.begin(StsSettings.of(settings.all()));
            }
            good = true;
        } finally {
            if (!good) {
                // Nothing is left running where a setting is refused.
                cache.close();
            }
        }
    }

    private static Transmission.Workplace workplace(Workplace at, Network out, Others others) {
        return new Transmission.Workplace(
                at.log(), at.tag(), out.connector(), at.clock(), others.postmaster());
    }

    /// LMTP has no mail exchangers that could have a policy, and neither has who asks no DNS.
    private static boolean asksSts(ClientSettings settings) {
        return settings.protocol() == Protocol.SMTP
                && settings.get(StsParams.ENABLE)
                && Route.asksDns(settings);
    }

    /// By default only where the configuration is made for Postfix 3.11: readers of the log that
    /// are older know no such field.
    private static boolean logsTls(ClientSettings settings) {
        boolean known =
                settings.origin(SmtpTlsParams.LOG_TLS_FEATURE_STATUS) != null
                        || settings.all()
                                .expand("${{$compatibility_level} <level {3.11} ? {no} : {yes}}")
                                .equals("yes");
        return known && settings.get(SmtpTlsParams.LOG_TLS_FEATURE_STATUS);
    }

    private static Sockets sockets(ClientSettings settings, boolean chrooted) {
        String queue = String.valueOf(settings.text("queue_directory"));
        return new Sockets(settings.get(ConfigParams.MYHOSTNAME), Path.of(queue), chrooted);
    }

    @Override
    public boolean verifies() {
        return true;
    }

    @Override
    public @Nullable Unavailable deliver(DeliveryRequest request, Report to) {
        Report report = new Filtered(to, filter, text -> log.warning(request.tag(), text));
        Outcome before = flags.before(request);
        if (before != null) {
            String mistake = flags.mistake(request);
            if (mistake != null) {
                log.warning(request.tag(), mistake);
            }
            request.recipients().forEach(n -> report.outcome(n, before));
            return null;
        }
        Forwarded by = forwarded;
        if (by == null) {
            return deliver(request, report, null);
        }
        List<Integer> passed;
        try {
            passed = by.of(request);
        } catch (TableException e) {
            e.warnings().forEach(line -> log.warning(request.tag(), line));
            Outcome wait =
                    new Outcome.Deferred(
                            Outcome.Detail.local(
                                    new Status(4, 3, 0), "none", "address resolver failure"));
            request.recipients().forEach(n -> report.outcome(n, wait));
            return null;
        }
        List<Integer> others = new ArrayList<>(request.recipients());
        others.removeAll(new HashSet<>(passed));
        // One mail has one sender: theirs is another one.
        Unavailable site = passed.isEmpty() ? null : deliver(only(request, passed), report, by);
        Unavailable more = others.isEmpty() ? null : deliver(only(request, others), report, null);
        return more == null ? site : more;
    }

    private static DeliveryRequest only(DeliveryRequest r, List<Integer> recipients) {
        return new DeliveryRequest(
                r.message(), r.transport(), r.nexthop(), recipients, r.more(), r.tag());
    }

    /// @param by rewrites the sender; null where it stays
    private @Nullable Unavailable deliver(
            DeliveryRequest request, Report report, @Nullable Forwarded by) {
        Attempt attempt = new Attempt(request, report, log, clock, manner);
        if (by != null) {
            attempt.forwards(by);
        }
        NextHops.Hops next = nexthops.of(request.nexthop());
        List<Destination> fallback = nexthops.fallback(next);
        int own = next.destinations().size();
        int all = own + fallback.size();
        boolean usedFallback = false;
        boolean loops = false;
        boolean last = false;
        for (int i = 0; i < all && attempt.left() && !last; i++) {
            usedFallback = i >= own;
            Destination d = usedFallback ? fallback.get(i - own) : next.destinations().get(i);
            Route.Found found = i == 0 ? next.found() : null;
            switch (found == null ? route.find(d, request.tag()) : found) {
                case Route.Found.None none -> {
                    attempt.noServer(none.status(), none.text());
                    // Another host would only carry the loop further.
                    loops = none.loops();
                    last = loops;
                }
                case Route.Found.Servers s -> {
                    // Nor does another host get what this machine is a mail exchanger for.
                    last = s.ours() || i + 1 == all;
                    servers(d, s.servers(), attempt, last);
                }
            }
        }
        if (attempt.left()) {
            boolean ours = usedFallback || request.nexthop().equals(relayhost);
            PassOn best = passes;
            if (loops && !ours && best != null) {
                attempt.pass(best);
            } else {
                attempt.finish(leftOver(attempt, ours, usedFallback));
            }
        }
        return attempt.site();
    }

    /// Why those are not delivered whom no server took. What may be a fault of this configuration
    /// does not return mail.
    ///
    /// @param ours a next hop of this configuration, not one that a domain names
    private Outcome.Detail leftOver(Attempt attempt, boolean ours, boolean usedFallback) {
        Outcome.Detail why = attempt.why();
        if (why == null) {
            return Outcome.Detail.local(
                    new Status(4, 3, 0), "none", "server unavailable or unable to receive mail");
        }
        if (why.status().kind() == 5 && ours) {
            log.warning(
                    attempt.tag(),
                    (usedFallback ? fallbackName : "relayhost") + " configuration problem");
            return new Outcome.Detail(
                    new Status(4, 3, 5),
                    why.relay(),
                    why.text(),
                    why.action(),
                    why.remoteMta(),
                    why.diagnostic(),
                    why.spent());
        }
        return why;
    }

    private void servers(
            Destination d, List<Server> servers, Attempt attempt, boolean lastDestination) {
        int sessions = 0;
        for (int k = 0; k < servers.size() && attempt.left(); k++) {
            boolean limit = sessionLimit > 0 && sessions + 1 >= sessionLimit;
            boolean last = lastDestination && (limit || k + 1 == servers.size());
            if (transmission.to(d, servers.get(k), attempt, last)) {
                sessions++;
                if (limit) {
                    return;
                }
            }
        }
    }

    @Override
    public void close() {
        cache.close();
        if (sts != null) {
            sts.end();
        }
    }

    /// What this agent says itself goes through smtp_delivery_status_filter; what another says to
    /// whom a recipient was passed on went through that one's.
    private record Filtered(Report to, StatusFilter filter, Consumer<String> warnings)
            implements Report {
        @Override
        public void outcome(int recipient, Outcome outcome) {
            to.outcome(recipient, filter.apply(outcome, warnings));
        }

        @Override
        public boolean outcome(int recipient, Outcome outcome, List<Member> members) {
            return to.outcome(recipient, outcome, members);
        }
    }
}

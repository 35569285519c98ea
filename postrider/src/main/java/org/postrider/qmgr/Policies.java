package org.postrider.qmgr;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postrider.bounce.BounceService;
import org.postrider.config.ConfigParams;
import org.postrider.config.Settings;
import org.postrider.delivery.Transports.Transport;
import org.postrider.dsn.Status;
import org.postrider.maps.Fold;
import org.postrider.qmgr.intake.RecipientLimits;
import org.postrider.qmgr.rate.RateTables;
import org.postrider.rewrite.RewriteParams;
import org.postrider.rewrite.RewriteService;

/// What one generation gives the queue manager: agents, routes, notices, figures. Read once; any
/// thread.
final class Policies {
    /// A transport with what is derived from its settings.
    static final class Route {
        final Transport transport;
        final Limits limits;
        final RecipientLimits.OfTransport recipients;

        /// Null where no destination's rate is limited.
        final @Nullable RateTables rates;

        final String tagName;

        /// By the line of master.cf: soft_bounce is the delivery agent's.
        final boolean softBounce;

        Route(
                Transport transport,
                Limits limits,
                RecipientLimits.OfTransport of,
                @Nullable RateTables rates) {
            this.transport = transport;
            recipients = of;
            this.limits = limits;
            this.rates = rates;
            String syslogName = transport.settings().text("syslog_name");
            String prefix = syslogName == null ? "postfix" : syslogName;
            this.tagName = prefix + "/" + transport.program();
            softBounce = transport.settings().get(QmgrParams.SOFT_BOUNCE);
        }
    }

    private static final int NO_LIMIT = 0;
    private static final Status SUSPENDED = new Status(4, 3, 2);

    final RewriteService rewrite;
    final BounceService bounce;
    private final QueueManager.Services services;
    final long minimalBackoffMillis;
    final long maximalBackoffMillis;
    final long queueRunMillis;
    final long lifetimeMillis;
    final long bounceLifetimeMillis;
    final long delayWarningMillis;
    final boolean confirmsDelayCleared;
    final long transportRetryNanos;
    final int activeLimit;
    final RecipientLimits recipients;
    final boolean holdsForGood;
    final Set<String> deferTransports;
    final String doubleBounceSender;
    final String filterNexthop;
    final String myhostname;

    private final ConcurrentHashMap<String, Route> routes = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, AtomicLong> complaints = new ConcurrentHashMap<>();

    Policies(QueueManager.Services services) {
        this.services = services;
        rewrite = services.rewrite();
        bounce = services.bounce();
        Settings settings = services.settings();
        minimalBackoffMillis = settings.get(QmgrParams.MINIMAL_BACKOFF_TIME).toMillis();
        maximalBackoffMillis = settings.get(QmgrParams.MAXIMAL_BACKOFF_TIME).toMillis();
        queueRunMillis = settings.get(QmgrParams.QUEUE_RUN_DELAY).toMillis();
        lifetimeMillis = settings.get(QmgrParams.MAXIMAL_QUEUE_LIFETIME).toMillis();
        bounceLifetimeMillis =
                Math.min(lifetimeMillis, settings.get(QmgrParams.BOUNCE_QUEUE_LIFETIME).toMillis());
        delayWarningMillis = settings.get(QmgrParams.DELAY_WARNING_TIME).toMillis();
        confirmsDelayCleared = settings.get(QmgrParams.CONFIRM_DELAY_CLEARED);
        transportRetryNanos = settings.get(QmgrParams.TRANSPORT_RETRY_TIME).toNanos();
        activeLimit = settings.get(QmgrParams.MESSAGE_ACTIVE_LIMIT);
        recipients = RecipientLimits.of(settings);
        holdsForGood = !settings.get(QmgrParams.HELD_MAIL_EXPIRES);
        deferTransports =
                settings.get(QmgrParams.DEFER_TRANSPORTS).stream()
                        .collect(Collectors.toUnmodifiableSet());
        filterNexthop = settings.get(QmgrParams.DEFAULT_FILTER_NEXTHOP);
        myhostname = settings.get(ConfigParams.MYHOSTNAME);
        doubleBounceSender = Fold.lower(settings.get(QmgrParams.DOUBLE_BOUNCE_SENDER));
    }

    /// Null where master.cf has no such service.
    @Nullable Route route(String name) {
        Route known = routes.get(name);
        if (known != null) {
            return known;
        }
        Transport t = services.transports().transport(name);
        if (t == null) {
            return null;
        }
        QueueManager.Paces paces = services.paces();
        RateTables rates =
                paces == null ? null : RateTables.of(services.settings(), name, paces.tables());
        Settings settings = services.settings();
        Route made =
                new Route(
                        t,
                        Limits.of(settings, name, t.processLimit()),
                        RecipientLimits.OfTransport.of(settings, name),
                        rates);
        Route before = routes.putIfAbsent(name, made);
        return before != null ? before : made;
    }

    /// Why recipients at this domain are not delivered now; null where they may be.
    Entry.@Nullable Suspension suspended(String transport, String nexthop, String domain) {
        SuspendedDestinations all = services.suspended();
        String why = all == null ? null : all.reason(transport, nexthop, domain);
        return why == null ? null : new Entry.Suspension(SUSPENDED, why, true);
    }

    /// How many recipients may be in memory for a transport; one that is gone has general limits.
    RecipientLimits.OfTransport recipients(String transport) {
        Route r = route(transport);
        return r != null
                ? r.recipients
                : RecipientLimits.OfTransport.of(services.settings(), transport);
    }

    /// Asked only where a destination's rate is limited.
    QueueManager.Paces paces() {
        return java.util.Objects.requireNonNull(services.paces());
    }

    /// For the scheduler; a transport that went away with a reload keeps general limits.
    Limits limits(String name) {
        Route r = route(name);
        return r != null ? r.limits : Limits.of(services.settings(), name, NO_LIMIT);
    }

    /// True once per transport_retry_time and transport.
    boolean complain(String transport, long now) {
        AtomicLong last = complaints.computeIfAbsent(transport, _ -> new AtomicLong(now - 1));
        long next = last.get();
        return next - now <= 0 && last.compareAndSet(next, now + transportRetryNanos);
    }

    /// How often a destination that fills the active queue is warned of; 0 for never.
    long clogWarnNanos() {
        Settings settings = services.settings();
        return settings.get(RewriteParams.HELPFUL_WARNINGS)
                ? settings.get(QmgrParams.CLOG_WARN_TIME).toNanos()
                : 0;
    }

    /// How long mail of an age waits for its next attempt.
    long backoffMillis(long ageMillis) {
        long wait = Math.max(minimalBackoffMillis, Math.min(maximalBackoffMillis, ageMillis));
        return Math.max(wait, queueRunMillis);
    }
}

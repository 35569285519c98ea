package org.postrider.smtpd;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.access.Access;
import org.postrider.access.Capabilities;
import org.postrider.anvil.Anvil;
import org.postrider.anvil.ClientLimits;
import org.postrider.anvil.RateLimits;
import org.postrider.cleanup.CleanupParams;
import org.postrider.cleanup.CleanupService;
import org.postrider.config.Settings;
import org.postrider.dns.Resolver;
import org.postrider.io.Connection;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.maps.StringList;
import org.postrider.maps.Table;
import org.postrider.maps.Tables;
import org.postrider.peer.ClientNames;
import org.postrider.peer.Endpoint;
import org.postrider.rewrite.RewriteService;
import org.postrider.time.Clock;
import org.postrider.wire.EhloKeywords;

/// An SMTP server under the settings of one master.cf line. Immutable; any thread may run a
/// session.
public final class Smtpd {
    final MailLog log;
    final Clock clock;
    final CleanupService cleanup;
    final RewriteService rewrite;
    final ClientNames names;

    final Verbs verbs;
    final Dialogue dialogue;
    final Handshake handshake;
    final Access access;

    /// What has been warned of already, that is said once.
    final Set<String> warned = ConcurrentHashMap.newKeySet();

    final boolean tlsWrapped;
    final ClientLimits limits;
    final SmtpdSasl sasl;
    final Endpoint.@Nullable Upstream upstream;
    final BareNewline bareNewline;
    final StringList noops;
    final @Nullable CommandFilter commandFilter;
    final RejectTexts rejectTexts;
    final Set<String> discarded;
    final @Nullable Table discardMaps;

    final String hostname;
    final String mailName;
    final String banner;
    final boolean softBounce;
    final boolean smtputf8;
    final boolean lookUpNames;
    final boolean forbidPipelining;
    final boolean portLogging;
    final int lineLimit;
    final int softErrors;
    final int hardErrors;
    final int junkLimit;
    final long errorSleepMillis;
    final long timeoutMillis;
    final Patience.Terms patience;
    final Transcript.Terms notices;
    final @Nullable ProxyFilter proxy;
    final MilterChoice milters;

    /// How much room the queue has.
    public interface Space {
        long freeBytes();
    }

    /// ETRN: deliver what waits for a domain.
    public interface Flushing {
        /// @return false if it cannot be asked for now
        boolean site(String domain);
    }

    /// The services that a session asks.
    ///
    /// @param dns null: restrictions on names in DNS say nothing
    public record Services(
            CleanupService.Directory cleanups,
            RewriteService.Directory rewrites,
            @Nullable Resolver dns,
            ClientNames names,
            SmtpdSasl sasl,
            Anvil anvil) {}

    /// The machine that it runs on.
    ///
    /// @param ownAddresses the machine's (inet_interfaces)
    public record Machine(Space space, Flushing flushing, Set<InetAddress> ownAddresses) {}

    /// Where it is written down what happened, and when.
    ///
    /// @param warnings gets what is wrong with keys and certificates
    public record Journal(MailLog log, Clock clock, Consumer<String> warnings) {}

    /// @throws org.postrider.config.ConfigException if a setting is malformed
    public Smtpd(
            Settings settings, Tables tables, Services services, Machine machine, Journal journal) {
        log = journal.log();
        clock = journal.clock();
        names = services.names();
        sasl = services.sasl();
        cleanup = services.cleanups().cleanup(settings.get(SmtpdParams.CLEANUP_SERVICE));
        rewrite = services.rewrites().rewrite(settings.get(SmtpdParams.REWRITE_SERVICE));
        SmtpdTls tls = SmtpdTls.of(settings, tables, clock, journal.warnings());
        Makings makings =
                new Makings(
                        settings,
                        tables,
                        cleanup,
                        rewrite,
                        new Makings.Guards(
                                tls, sasl, RateLimits.of(settings, tables, services.anvil())),
                        machine);
        verbs = Verbs.of(makings);
        dialogue = new Dialogue(verbs, tls.required());
        handshake = new Handshake(settings, tls);
        tlsWrapped = tls.wrapped();
        upstream = Endpoint.Upstream.of(settings);
        limits =
                new ClientLimits(
                        settings,
                        tables,
                        services.anvil(),
                        makings.clients(SmtpdParams.XCLIENT_HOSTS));
        bareNewline = new BareNewline(settings, tables);
        noops = makings.words(SmtpdParams.NOOP_COMMANDS);
        commandFilter = CommandFilter.of(settings, tables);
        rejectTexts = new RejectTexts(settings, tables);
        discarded = EhloKeywords.of(settings.get(SmtpdParams.DISCARD_EHLO_KEYWORDS));
        List<String> maps = settings.get(SmtpdParams.DISCARD_EHLO_MAPS);
        discardMaps = maps.isEmpty() ? null : tables.chain(maps);
        hostname = settings.get(SmtpdParams.MYHOSTNAME);
        mailName = settings.get(SmtpdParams.MAIL_NAME);
        banner = settings.get(SmtpdParams.BANNER);
        softBounce = settings.get(SmtpdParams.SOFT_BOUNCE);
        smtputf8 = settings.get(SmtpdParams.SMTPUTF8_ENABLE);
        lookUpNames = settings.get(SmtpdParams.PEERNAME_LOOKUP);
        forbidPipelining = settings.get(SmtpdParams.FORBID_UNAUTH_PIPELINING);
        portLogging = settings.get(SmtpdParams.CLIENT_PORT_LOGGING);
        lineLimit = settings.get(SmtpdParams.LINE_LENGTH_LIMIT);
        softErrors = settings.get(SmtpdParams.SOFT_ERROR_LIMIT);
        hardErrors = settings.get(SmtpdParams.HARD_ERROR_LIMIT);
        junkLimit = settings.get(SmtpdParams.JUNK_COMMAND_LIMIT);
        errorSleepMillis = settings.get(SmtpdParams.ERROR_SLEEP).toMillis();
        timeoutMillis = settings.get(SmtpdParams.TIMEOUT).toMillis();
        notices = Transcript.Terms.of(settings);
        patience = Patience.Terms.of(settings);
        List<String> overrides = settings.get(CleanupParams.RECEIVE_OVERRIDE_OPTIONS);
        milters = MilterChoice.of(settings, tables, overrides.contains("no_milters"));
        proxy = ProxyFilter.of(settings);
        access =
                new Access(
                        settings,
                        tables,
                        rewrite,
                        services.dns(),
                        machine.ownAddresses(),
                        new Capabilities(sasl.enabled, tls.certificateAsked(), proxy != null));
    }

    /// Serves one client until it or we end. Blocking, on the caller's (virtual) thread.
    public void session(Connection connection, LogTag tag) {
        new Session(this, connection, tag).run();
    }
}

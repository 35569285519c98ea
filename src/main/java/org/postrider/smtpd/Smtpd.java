package org.postrider.smtpd;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
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
import org.postrider.maps.DomainList;
import org.postrider.maps.NetworkList;
import org.postrider.maps.Table;
import org.postrider.maps.Tables;
import org.postrider.peer.ClientNames;
import org.postrider.peer.Endpoint;
import org.postrider.peer.PeerParams;
import org.postrider.rewrite.RewriteService;
import org.postrider.time.Clock;
import org.postrider.tls.TlsServer;
import org.postrider.wire.EhloKeywords;

/// An SMTP server under the settings of one master.cf line. Immutable; any thread may run a
/// session.
public final class Smtpd {
    final Settings settings;
    final MailLog log;
    final Clock clock;
    final Tables tables;
    final CleanupService cleanup;
    final RewriteService rewrite;
    final ClientNames names;
    final Space space;
    final Flushing flushing;

    final Dialogue dialogue;
    final Restrictions restrictions;
    final Restrictions.RuleList clientRules;
    final Restrictions.RuleList heloRules;
    final Restrictions.RuleList senderRules;
    final List<Restrictions.RuleList> recipientRules;
    final Restrictions.RuleList dataRules;
    final Restrictions.RuleList endOfDataRules;
    final Restrictions.RuleList etrnRules;
    final boolean relayGuarded;
    final RecipientChecks recipientChecks;
    final NetworkList mynetworks;
    final @Nullable TlsServer tls;
    final boolean tlsWanted;
    final boolean tlsRequired;
    final boolean tlsWrapped;
    final boolean tlsHeader;
    final int tlsLogLevel;
    final boolean certificateRequired;
    final boolean certificateAsked;
    final long starttlsMillis;
    final ClientLimits limits;
    final SmtpdSasl sasl;
    final @Nullable RateLimits rateLimits;
    final Endpoint.@Nullable Upstream upstream;
    final NetworkList xclientHosts;
    final NetworkList xforwardHosts;
    final NetworkList verpClients;
    final String verpDelimiters;
    final String verpFilter;
    final boolean requireTls;
    final boolean ipv6;
    final BareNewline bareNewline;
    final UnknownCommands unknownCommands;
    final @Nullable CommandFilter commandFilter;
    final RejectTexts rejectTexts;
    final PermitLog permits;
    final Set<String> discarded;
    final @Nullable Table discardMaps;
    final DomainList fastFlush;

    final String hostname;
    final String mailName;
    final String banner;
    final boolean delayReject;
    final boolean strict;
    final boolean softBounce;
    final boolean smtputf8;
    final boolean strictUtf8;
    final boolean lookUpNames;
    final boolean forbidPipelining;
    final boolean vrfyDisabled;
    final boolean portLogging;
    final boolean opensLate;
    final boolean hidesClient;
    final boolean unlistedRecipient;
    final boolean unlistedSender;
    final long sizeLimit;
    final long minFree;
    final int lineLimit;
    final int recipientLimit;
    final int overshoot;
    final int softErrors;
    final int hardErrors;
    final int junkLimit;
    final long errorSleepMillis;
    final long timeoutMillis;
    final Patience.Terms patience;
    final Transcript.Terms notices;
    final boolean checkUnknown;
    final Set<CleanupService.Option> received;
    final String contentFilter;
    final @Nullable ProxyFilter proxy;
    final MilterChoice milters;
    final LocalClients localClients;

    /// Why no mail is taken; null where it is.
    final @Nullable String held;

    /// How much room the queue has.
    public interface Space {
        long freeBytes();
    }

    /// ETRN: deliver what waits for a domain.
    public interface Flushing {
        /// @return false where it cannot be asked for now
        boolean site(String domain);
    }

    /// @param ownAddresses the machine's (inet_interfaces)
    /// @param warnings gets what is wrong with keys and certificates
    /// @throws org.postrider.config.ConfigException where a setting is malformed
    public Smtpd(
            Settings settings,
            CleanupService.Directory cleanups,
            RewriteService.Directory rewrites,
            Tables tables,
            @Nullable Resolver dns,
            ClientNames names,
            SmtpdSasl sasl,
            Anvil anvil,
            Space space,
            Flushing flushing,
            Set<InetAddress> ownAddresses,
            Consumer<String> warnings,
            MailLog log,
            Clock clock) {
        this.settings = settings;
        this.log = log;
        this.clock = clock;
        this.tables = tables;
        this.names = names;
        this.sasl = sasl;
        this.space = space;
        this.flushing = flushing;
        cleanup = cleanups.cleanup(settings.get(SmtpdParams.CLEANUP_SERVICE));
        rewrite = rewrites.rewrite(settings.get(SmtpdParams.REWRITE_SERVICE));
        dialogue = new Dialogue(settings.get(SmtpdParams.HELO_REQUIRED));
        mynetworks = NetworkList.of(settings, SmtpdParams.MYNETWORKS, tables);
        bareNewline = new BareNewline(settings, tables);
        recipientChecks = new RecipientChecks(settings, tables, rewrite);
        Rules rules =
                new Rules(
                        settings, tables, rewrite, dns, mynetworks, recipientChecks, ownAddresses);
        restrictions = new Restrictions(settings, rules);
        clientRules =
                rules("smtpd_client_restrictions", settings.get(SmtpdParams.CLIENT_RESTRICTIONS));
        heloRules = rules("smtpd_helo_restrictions", settings.get(SmtpdParams.HELO_RESTRICTIONS));
        senderRules =
                rules("smtpd_sender_restrictions", settings.get(SmtpdParams.SENDER_RESTRICTIONS));
        Restrictions.RuleList relay =
                rules("smtpd_relay_restrictions", settings.get(SmtpdParams.RELAY_RESTRICTIONS));
        Restrictions.RuleList recipient =
                rules(
                        "smtpd_recipient_restrictions",
                        settings.get(SmtpdParams.RECIPIENT_RESTRICTIONS));
        recipientRules =
                settings.get(SmtpdParams.RELAY_FIRST)
                        ? List.of(relay, recipient)
                        : List.of(recipient, relay);
        relayGuarded = Restrictions.guards(relay) || Restrictions.guards(recipient);
        dataRules = rules("smtpd_data_restrictions", settings.get(SmtpdParams.DATA_RESTRICTIONS));
        endOfDataRules =
                rules(
                        "smtpd_end_of_data_restrictions",
                        settings.get(SmtpdParams.END_OF_DATA_RESTRICTIONS));
        etrnRules = rules("smtpd_etrn_restrictions", settings.get(SmtpdParams.ETRN_RESTRICTIONS));
        SmtpdTls chosen = SmtpdTls.of(settings, tables, clock, warnings);
        tls = chosen.server();
        tlsWanted = chosen.wanted();
        tlsRequired = chosen.required();
        tlsWrapped = chosen.wrapped();
        tlsHeader = settings.get(SmtpdParams.TLS_RECEIVED_HEADER);
        tlsLogLevel = chosen.logLevel();
        certificateRequired = chosen.certificateRequired();
        certificateAsked = chosen.certificateAsked();
        starttlsMillis = settings.get(SmtpdParams.STARTTLS_TIMEOUT).toMillis();
        xclientHosts = NetworkList.of(settings, SmtpdParams.XCLIENT_HOSTS, tables);
        xforwardHosts = NetworkList.of(settings, SmtpdParams.XFORWARD_HOSTS, tables);
        verpClients = NetworkList.of(settings, SmtpdParams.VERP_CLIENTS, tables);
        verpDelimiters = settings.get(SmtpdParams.VERP_DELIMITERS);
        verpFilter = settings.get(SmtpdParams.VERP_FILTER);
        requireTls = settings.get(SmtpdParams.REQUIRETLS_ENABLE);
        List<String> protocols = settings.get(PeerParams.INET_PROTOCOLS);
        upstream = Endpoint.Upstream.of(settings);
        ipv6 = protocols.contains("all") || protocols.contains("ipv6");
        limits = new ClientLimits(settings, tables, anvil, xclientHosts);
        unknownCommands = new UnknownCommands(settings, tables);
        rateLimits = RateLimits.of(settings, tables, anvil);
        commandFilter = CommandFilter.of(settings, tables);
        permits = new PermitLog(settings, tables);
        rejectTexts = new RejectTexts(settings, tables);
        discarded = EhloKeywords.of(settings.get(SmtpdParams.DISCARD_EHLO_KEYWORDS));
        List<String> maps = settings.get(SmtpdParams.DISCARD_EHLO_MAPS);
        discardMaps = maps.isEmpty() ? null : tables.chain(maps);
        fastFlush = DomainList.of(settings, SmtpdParams.FAST_FLUSH_DOMAINS, tables);
        hostname = settings.get(SmtpdParams.MYHOSTNAME);
        mailName = settings.get(SmtpdParams.MAIL_NAME);
        banner = settings.get(SmtpdParams.BANNER);
        delayReject = settings.get(SmtpdParams.DELAY_REJECT);
        strict = settings.get(SmtpdParams.STRICT_ENVELOPES);
        softBounce = settings.get(SmtpdParams.SOFT_BOUNCE);
        smtputf8 = settings.get(SmtpdParams.SMTPUTF8_ENABLE);
        strictUtf8 = settings.get(SmtpdParams.STRICT_SMTPUTF8);
        lookUpNames = settings.get(SmtpdParams.PEERNAME_LOOKUP);
        forbidPipelining = settings.get(SmtpdParams.FORBID_UNAUTH_PIPELINING);
        vrfyDisabled = settings.get(SmtpdParams.DISABLE_VRFY);
        opensLate = settings.get(SmtpdParams.DELAY_OPEN);
        hidesClient = settings.get(SmtpdParams.HIDE_CLIENT_SESSION);
        portLogging = settings.get(SmtpdParams.CLIENT_PORT_LOGGING);
        unlistedRecipient = settings.get(SmtpdParams.REJECT_UNLISTED_RECIPIENT);
        unlistedSender = settings.get(SmtpdParams.REJECT_UNLISTED_SENDER);
        sizeLimit = settings.get(SmtpdParams.MESSAGE_SIZE_LIMIT);
        minFree = settings.get(SmtpdParams.QUEUE_MINFREE);
        lineLimit = settings.get(SmtpdParams.LINE_LENGTH_LIMIT);
        recipientLimit = settings.get(SmtpdParams.RECIPIENT_LIMIT);
        overshoot = settings.get(SmtpdParams.RECIPIENT_OVERSHOOT);
        softErrors = settings.get(SmtpdParams.SOFT_ERROR_LIMIT);
        hardErrors = settings.get(SmtpdParams.HARD_ERROR_LIMIT);
        junkLimit = settings.get(SmtpdParams.JUNK_COMMAND_LIMIT);
        errorSleepMillis = settings.get(SmtpdParams.ERROR_SLEEP).toMillis();
        timeoutMillis = settings.get(SmtpdParams.TIMEOUT).toMillis();
        notices = Transcript.Terms.of(settings);
        patience = Patience.Terms.of(settings);
        List<String> overrides = settings.get(CleanupParams.RECEIVE_OVERRIDE_OPTIONS);
        received = CleanupService.Option.received(overrides);
        checkUnknown = !overrides.contains("no_unknown_recipient_checks");
        held = cleanup.held();
        // Its own milters have seen what a listener hands on.
        received.remove(CleanupService.Option.MILTER);
        milters = MilterChoice.of(settings, tables, overrides.contains("no_milters"));
        proxy = ProxyFilter.of(settings);
        contentFilter = settings.get(CleanupParams.CONTENT_FILTER);
        localClients = new LocalClients(settings, tables, mynetworks, ownAddresses);
    }

    private Restrictions.RuleList rules(String parameter, List<String> words) {
        return restrictions.parse(parameter, words);
    }

    /// Serves one client until it or we end. Blocking, on the caller's (virtual) thread.
    public void session(Connection connection, LogTag tag) {
        new Session(this, connection, tag).run();
    }
}

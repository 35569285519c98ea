package org.postrider.smtp.policy;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.config.Holds;
import org.postrider.dns.HostName;
import org.postrider.dns.Resolver;
import org.postrider.dsn.Status;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.Protocol;
import org.postrider.smtp.SmtpParams;
import org.postrider.smtp.SmtpTlsParams;
import org.postrider.smtp.Twin;
import org.postrider.smtp.policy.TlsPolicyEntry.Attribute;
import org.postrider.smtp.route.Destination;
import org.postrider.smtp.route.Route;
import org.postrider.smtp.route.Server;
import org.postrider.sts.StsFinding;
import org.postrider.sts.StsParams;
import org.postrider.sts.StsPolicy;
import org.postrider.sts.StsSource;
import org.postrider.time.Clock;
import org.postrider.tls.ServerProof;
import org.postrider.tls.TlsClient;
import org.postrider.tls.TlsClientSettings;
import org.postrider.tlsrpt.TlsResult;

/// Resolves the [TlsPolicy] for a next hop and one of its servers: smtp_tls_policy_maps, else
/// smtp_tls_per_site, else main.cf's level, and where that is may or encrypt, or dane found nothing
/// to go by, the domain's own policy of MTA-STS. What cannot be kept, understood or looked up holds
/// the mail. Keeps the engines that policies ask for. Any thread.
public final class TlsPolicies {
    public static final Status TLS_TROUBLE = new Status(4, 7, 5);

    /// Entries and engines that are kept; one more makes room for all.
    private static final int MOST = 256;

    /// What cannot be had now, for a file that cannot be read, is tried again after this.
    private static final long AGAIN_NANOS = 60_000_000_000L;

    /// What is said to the sender of a policy that cannot be understood; the log knows more.
    private static final String TROUBLE = "client TLS configuration problem";

    /// Within the machine there is nobody to hide from by chance.
    private static final String NOT_LOCALLY =
            "smtp_connect_local: opportunistic TLS encryption is not appropriate for unix-domain"
                    + " destinations.";

    /// Of a check, which sends no mail.
    private static final Resolver NOBODY = new NoDns();

    private final ClientSettings settings;
    private final Clock clock;
    private final int sessionSeconds;
    private final Consumer<String> warnings;
    private final boolean wrapped;
    private final TlsPolicyEntry main;
    private volatile Answered ordinary;
    private final Dane dane;
    private final @Nullable StsSource sts;
    private final @Nullable Table policies;
    private final @Nullable Table sites;
    private final ConcurrentHashMap<TlsPolicyEntry, Answered> answers = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<TlsClientSettings, Engine> engines = new ConcurrentHashMap<>();

    /// Where domains say what they ask of TLS.
    ///
    /// @param sts null where their policies of MTA-STS do not count
    public record World(Resolver dns, @Nullable StsSource sts) {}

    /// @param client null where it cannot be had, as the log was told
    private record Engine(@Nullable TlsClient client, long nanos) {}

    /// @param nanos when it was found
    private record Answered(TlsAnswer answer, long nanos) {}

    /// @param warnings get what is odd, now and later
    public TlsPolicies(
            ClientSettings settings,
            Tables tables,
            Resolver dns,
            Clock clock,
            Consumer<String> warnings) {
        this(settings, tables, new World(dns, null), clock, warnings);
    }

    /// @param warnings get what is odd, now and later
    public TlsPolicies(
            ClientSettings settings,
            Tables tables,
            World world,
            Clock clock,
            Consumer<String> warnings) {
        this(
                settings,
                chain(settings, SmtpTlsParams.POLICY_MAPS, tables),
                chain(settings, SmtpTlsParams.PER_SITE, tables),
                world,
                clock,
                warnings);
    }

    private TlsPolicies(
            ClientSettings settings,
            @Nullable Table policies,
            @Nullable Table sites,
            World world,
            Clock clock,
            Consumer<String> warnings) {
        this.settings = settings;
        this.policies = policies;
        this.sites = sites;
        this.clock = clock;
        this.warnings = warnings;
        sessionSeconds =
                Math.toIntExact(settings.get(SmtpTlsParams.SESSION_CACHE_TIMEOUT).toSeconds());
        sts = world.sts();
        dane = new Dane(settings, world.dns(), clock, warnings);
        wrapped = settings.get(SmtpTlsParams.WRAPPERMODE);
        main = TlsPolicyEntry.ofMain(settings);
        ordinary = answer(main);
    }

    private static @Nullable Table chain(
            ClientSettings settings, Twin<List<String>> parameter, Tables tables) {
        List<String> maps = settings.get(parameter);
        return maps.isEmpty() ? null : tables.chain(settings.name(parameter), maps);
    }

    /// What is wrong with files and settings, for `postfix check`: each with its file or parameter.
    public static List<String> problems(ClientSettings settings, Clock clock) {
        List<String> out = new ArrayList<>();
        TlsPolicies made =
                new TlsPolicies(settings, null, null, new World(NOBODY, null), clock, out::add);
        ClientTls.logLevel(settings, out::add);
        TlsLevel level = made.main.level();
        String lacks = level != null && level.dane() ? Dane.misconfigured(settings) : null;
        if (lacks != null) {
            out.add(
                    settings.name(SmtpTlsParams.SECURITY_LEVEL)
                            + " = "
                            + made.main.word()
                            + " has no effect with "
                            + lacks
                            + " ("
                            + settings.name(SmtpParams.DNS_SUPPORT_LEVEL)
                            + ", "
                            + settings.name(SmtpParams.HOST_LOOKUP)
                            + ")");
        }
        String strange = Dane.fault(settings);
        if (strange != null) {
            out.add(strange + ": mail waits for what it is about");
        }
        if (settings.protocol() == Protocol.SMTP && settings.get(StsParams.ENABLE)) {
            String idle = withoutEffect(settings, made.main);
            if (idle != null) {
                out.add(StsParams.ENABLE.name() + " = yes has no effect with " + idle);
            }
        }
        switch (made.ordinary.answer()) {
            case TlsAnswer.Wait w -> out.add(w.warning());
            case TlsAnswer.Go go -> {
                TlsClient client = made.client(go.policy());
                if (client != null && client.fault() != null) {
                    out.add(client.fault());
                }
            }
        }
        return out;
    }

    /// Why no policy of MTA-STS is ever asked for; null where they are.
    private static @Nullable String withoutEffect(ClientSettings settings, TlsPolicyEntry main) {
        TlsLevel level = main.level();
        boolean open = level == TlsLevel.MAY || level == TlsLevel.ENCRYPT || level == TlsLevel.DANE;
        return !Route.asksDns(settings)
                ? "DNS lookups disabled"
                : open || level == null
                        ? null
                        : settings.name(SmtpTlsParams.SECURITY_LEVEL) + " = " + level.word();
    }

    /// For mail to a destination over one of its servers.
    public TlsAnswer of(Destination to, Server server) {
        TlsPolicyEntry own;
        try {
            own =
                    policies != null
                            ? policy(policies, to.text())
                            : sites != null ? site(sites, to.text(), server.name()) : null;
        } catch (TableException e) {
            e.warnings().forEach(warnings);
            return policies != null ? trouble(to, server) : tableTrouble(to, server);
        } catch (ConfigException e) {
            warnings.accept(String.valueOf(e.getMessage()));
            return trouble(to, server);
        }
        if (own == null) {
            return unsaid(main, to, server, Said.NOTHING);
        }
        return said(own, to, server);
    }

    /// For mail that asks for no TLS by policy (`TLS-Required: no`, RFC 8689): no table and no
    /// domain is asked, and main.cf's level is `may` at most, or `encrypt` where TLS comes first.
    TlsAnswer optional(Destination to, Server server) {
        TlsLevel level = main.level();
        TlsLevel most = wrapped ? TlsLevel.ENCRYPT : TlsLevel.MAY;
        boolean lower = level != null && level.compareTo(most) > 0;
        return known(lower ? main.at(most) : main, to, server, null, Said.UNTOLD);
    }

    /// What a table says counts over what the domain says.
    private TlsAnswer said(TlsPolicyEntry entry, Destination to, Server server) {
        if (Proofs.bySts(settings, entry) && !allowed(entry, server.name())) {
            return notAllowed(entry.get(Attribute.POLICY_DOMAIN), server.name())
                    .saying(Said.of(entry).but(TlsResult.Reason.VALIDATION_FAILURE, "mx-mismatch"));
        }
        TlsLevel level = entry.level();
        return level != null && level.dane()
                ? byDane(level, entry, to, server)
                : known(entry, to, server, null, Said.of(entry));
    }

    /// What main.cf says for all: a domain may ask for more.
    ///
    /// @param said of it
    private TlsAnswer unsaid(TlsPolicyEntry entry, Destination to, Server server, Said said) {
        TlsLevel level = entry.level();
        if (level != null && level.dane()) {
            return byDane(level, entry, to, server);
        }
        StsFinding found = found(level, to, server);
        StsPolicy policy = found.policy();
        if (level == null || policy == null || policy.mode() == StsPolicy.Mode.NONE) {
            StsFinding.Failure failure = found.failure();
            return known(entry, to, server, null, failure == null ? said : Said.of(failure));
        }
        boolean enforced = policy.mode() == StsPolicy.Mode.ENFORCE;
        Said own = Said.of(policy);
        if (!policy.allows(server.name())) {
            own = own.but(TlsResult.Reason.VALIDATION_FAILURE, "mx-mismatch");
            TlsAnswer.Wait waits = notAllowed(policy.domain(), server.name());
            if (enforced) {
                return waits.saying(own);
            }
            warnings.accept("MTA-STS policy in testing: " + waits.warning());
        }
        TlsPolicyEntry asked = TlsPolicyEntry.sts(enforced ? TlsLevel.SECURE : level);
        TlsAnswer answer = known(asked, to, server, null, own);
        return answer instanceof TlsAnswer.Go(TlsPolicy made, Said of)
                ? new TlsAnswer.Go(made.by(policy, to, server), of)
                : answer;
    }

    /// For servers that a domain's mail exchangers led to (RFC 8461 5): not those of SRV records.
    private StsFinding found(@Nullable TlsLevel level, Destination to, Server server) {
        StsSource source = sts;
        boolean asked =
                source != null
                        && (level == TlsLevel.MAY || level == TlsLevel.ENCRYPT)
                        && to.kind() == Destination.Kind.DOMAIN
                        && !server.trail().domain().startsWith("_");
        return source != null && asked ? source.of(to.host()) : StsFinding.NONE;
    }

    private TlsAnswer byDane(TlsLevel level, TlsPolicyEntry entry, Destination to, Server server) {
        return switch (dane.of(level, to, server)) {
            case Dane.Outcome.Proved proved -> known(entry, to, server, proved, proved.said());
            case Dane.Outcome.Instead(TlsLevel other, Said said) ->
                    entry.equals(main)
                            ? unsaid(entry.at(other), to, server, said)
                            : known(entry.at(other), to, server, null, said);
            case Dane.Outcome.Refused(@Nullable String text, Said said) ->
                    text == null
                            ? trouble(to, server)
                            : waiting(TLS_TROUBLE, text, to, server).saying(said);
        };
    }

    private TlsAnswer known(
            TlsPolicyEntry entry,
            Destination to,
            Server server,
            Dane.Outcome.@Nullable Proved proved,
            Said said) {
        return switch (entry.equals(main) ? ofMain() : kept(entry)) {
            case TlsAnswer.Wait w -> {
                if (!w.text().equals(TROUBLE)) {
                    yield w;
                }
                warnings.accept(w.warning().replace(Proofs.NEXTHOP, to.text()));
                yield trouble(to, server);
            }
            case TlsAnswer.Go(TlsPolicy policy, _) -> {
                TlsPolicy own =
                        proved == null ? policy.forServer(to, server) : policy.proved(proved);
                if (own.level() == TlsLevel.MAY && to.kind() == Destination.Kind.PATH) {
                    warnings.accept(NOT_LOCALLY);
                    own = TlsPolicy.CLEAR;
                }
                yield new TlsAnswer.Go(own, said);
            }
        };
    }

    private static TlsAnswer trouble(Destination to, Server server) {
        return waiting(TLS_TROUBLE, TROUBLE, to, server);
    }

    /// A mail exchanger by a policy of MTA-STS (RFC 8461 4.1).
    private static boolean allowed(TlsPolicyEntry entry, String host) {
        for (String pattern : entry.all(Attribute.MX_HOST_PATTERN)) {
            int dot = host.indexOf('.');
            if (host.equalsIgnoreCase(pattern)
                    || pattern.length() > 2
                            && pattern.startsWith("*.")
                            && dot > 0
                            && host.substring(dot).equalsIgnoreCase(pattern.substring(1))) {
                return true;
            }
        }
        return false;
    }

    private static TlsAnswer.Wait notAllowed(@Nullable String domain, String host) {
        return new TlsAnswer.Wait(
                new Status(4, 3, 0),
                "server unavailable or unable to receive mail",
                "MX name '"
                        + host
                        + "' does not match STS MX pattern for '"
                        + (domain == null ? "" : domain)
                        + "'",
                false);
    }

    private static TlsAnswer tableTrouble(Destination to, Server server) {
        return waiting(new Status(4, 3, 0), "Temporary lookup error", to, server);
    }

    private static TlsAnswer.Wait waiting(
            Status status, String text, Destination to, Server server) {
        String where = "TLS policy lookup for " + to.text() + "/" + server.name() + ": ";
        return new TlsAnswer.Wait(status, text, where + text, false);
    }

    private TlsAnswer ofMain() {
        Answered known = ordinary;
        if (again(known)) {
            known = answer(main);
            ordinary = known;
        }
        return known.answer();
    }

    private TlsAnswer kept(TlsPolicyEntry entry) {
        Answered known = answers.get(entry);
        if (known == null || again(known)) {
            if (answers.size() >= MOST) {
                answers.clear();
            }
            known = answer(entry);
            answers.put(entry, known);
        }
        return known.answer();
    }

    private boolean again(Answered known) {
        return known.answer() instanceof TlsAnswer.Wait && old(known.nanos());
    }

    private boolean old(long nanos) {
        return clock.nanos() - nanos >= AGAIN_NANOS;
    }

    private Answered answer(TlsPolicyEntry entry) {
        return new Answered(found(entry), clock.nanos());
    }

    /// What one place's word comes to, whatever the server is.
    private TlsAnswer found(TlsPolicyEntry entry) {
        TlsLevel level = entry.level();
        if (level == null) {
            String text = entry.where() + ": unknown level \"" + entry.word() + "\"";
            return new TlsAnswer.Wait(
                    TLS_TROUBLE, text, text + ": mail waits, it is not sent", false);
        }
        String held = Holds.of(settings.all(), settings.protocol().tls());
        if (level != TlsLevel.NONE && held != null) {
            return new TlsAnswer.Wait(TLS_TROUBLE, held, held, true);
        }
        if (wrapped && !level.required()) {
            return new TlsAnswer.Wait(
                    new Status(4, 3, 0),
                    "server unavailable or unable to receive mail",
                    settings.name(SmtpTlsParams.WRAPPERMODE)
                            + " requires \""
                            + settings.name(SmtpTlsParams.SECURITY_LEVEL)
                            + " = encrypt\" (or stronger)",
                    false);
        }
        ServerProof proof;
        try {
            proof = Proofs.of(settings, level, entry, warnings);
        } catch (ConfigException e) {
            return new TlsAnswer.Wait(TLS_TROUBLE, TROUBLE, String.valueOf(e.getMessage()), false);
        }
        try {
            TlsPolicy policy = TlsPolicy.of(settings, level, entry, proof);
            client(policy);
            return new TlsAnswer.Go(policy, Said.NOTHING);
        } catch (ConfigException e) {
            String text = String.valueOf(e.getMessage());
            return new TlsAnswer.Wait(TLS_TROUBLE, text, text, false);
        }
    }

    /// The engine for a policy. Null where no TLS is wanted or it cannot be had now: then mail goes
    /// in clear where it may, else it waits.
    public @Nullable TlsClient client(TlsPolicy policy) {
        if (policy.level() == TlsLevel.NONE) {
            return null;
        }
        Engine known = engines.get(policy.speaks());
        if (known == null || known.client() == null && old(known.nanos())) {
            if (engines.size() >= MOST) {
                engines.clear();
            }
            known = engine(policy.speaks());
            engines.put(policy.speaks(), known);
        }
        return known.client();
    }

    private Engine engine(TlsClientSettings speaks) {
        try {
            TlsClient made = TlsClient.of(speaks, warnings, clock);
            if (sessionSeconds > 0) {
                made.keepSessions(sessionSeconds);
            }
            return new Engine(made, clock.nanos());
        } catch (ConfigException e) {
            warnings.accept(e.getMessage() + ": disabling TLS support");
            return new Engine(null, clock.nanos());
        }
    }

    /// The next hop as it is written; where that is a domain, its parents too, with a dot before
    /// them.
    private @Nullable TlsPolicyEntry policy(Table table, String nexthop) {
        String key = nexthop;
        boolean domain = HostName.valid(nexthop);
        while (true) {
            String value = table.lookup(key);
            if (value != null) {
                return TlsPolicyEntry.parse(
                        settings.name(SmtpTlsParams.POLICY_MAPS)
                                + ", next-hop destination \""
                                + key
                                + "\"",
                        value,
                        warnings);
            }
            int dot = key.indexOf('.', 1);
            if (!domain || dot < 0) {
                return null;
            }
            key = key.substring(dot);
        }
    }

    /// The next hop's word and the server's: one of them that is specific counts over MAY.
    private @Nullable TlsPolicyEntry site(Table table, String nexthop, String host) {
        int level = strength(table, nexthop, "next-hop destination", -1);
        if (!nexthop.equalsIgnoreCase(host)) {
            level = strength(table, host, "server hostname", level);
        }
        if (level < 0 || (level == 1 && !main.word().equals("none"))) {
            // MAY is the weakest: main.cf's level is more specific.
            return null;
        }
        return TlsPolicyEntry.plain(settings.name(SmtpTlsParams.PER_SITE), LEVELS.get(level));
    }

    private static final List<String> LEVELS = List.of("none", "may", "encrypt", "verify");

    private int strength(Table table, String key, String what, int before) {
        String value = table.lookup(key);
        if (value == null) {
            return before;
        }
        return switch (value.strip().toUpperCase(Locale.ROOT)) {
            case "NONE" -> before <= 1 ? 0 : before;
            case "MAY" -> before < 0 ? 1 : before;
            case "MUST_NOPEERMATCH" -> Math.max(before, 2);
            case "MUST" -> 3;
            default ->
                    throw new ConfigException(
                            settings.name(SmtpTlsParams.PER_SITE)
                                    + ": unknown TLS policy '"
                                    + value
                                    + "' for "
                                    + what
                                    + " "
                                    + key);
        };
    }

    /// Asked by nobody.
    private static final class NoDns implements Resolver {
        @Override
        public Answer<Mx> mx(String domain) {
            return new Answer.TryAgain<>("");
        }

        @Override
        public Answer<InetAddress> addresses(String host, boolean ipv4, boolean ipv6) {
            return new Answer.TryAgain<>("");
        }

        @Override
        public Answer<String> names(InetAddress address) {
            return new Answer.TryAgain<>("");
        }

        @Override
        public Answer<Srv> srv(String service) {
            return new Answer.TryAgain<>("");
        }
    }
}

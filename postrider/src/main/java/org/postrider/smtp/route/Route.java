package org.postrider.smtp.route;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.config.ServicePorts;
import org.postrider.dns.HostName;
import org.postrider.dns.Resolver;
import org.postrider.dsn.Status;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.maps.Network;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.SmtpParams;

/// From a [Destination] to the servers to try, in order (smtp_addr(3)). Immutable; any thread.
public final class Route {
    private static final int SMTP_PORT = 25;
    private static final Set<String> LOOKUPS = Set.of("dns", "native");

    /// Mail exchangers looked up for one domain, however many it names.
    private static final int MOST_EXCHANGERS = 100;

    /// As many of them may be unknown for now; no more are asked for then.
    private static final int MOST_TROUBLE = 20;

    private static final Status LOOPS = new Status(5, 4, 6);

    /// What looking up gave.
    public sealed interface Found {
        /// @param ours this machine was among them: who is less preferred than it is left out
        record Servers(List<Server> servers, boolean ours) implements Found {}

        /// @param status permanent: the mail is returned, else it waits
        record None(Status status, String text) implements Found {
            public boolean loops() {
                return status.subject() == 4 && status.detail() == 6;
            }
        }
    }

    /// An address of a host, on its way to become a [Server].
    private record Candidate(
            String name, InetAddress address, int preference, int port, Trail trail) {}

    /// What leads out.
    ///
    /// @param nativePool platform threads for native host lookups
    /// @param own the addresses of this machine
    public record Means(
            Resolver dns, ExecutorService nativePool, Set<InetAddress> own, Sockets sockets) {}

    private final Resolver dns;
    private final ExecutorService nativePool;
    private final MailLog log;
    private final Set<InetAddress> own;
    private final boolean nativeLookup;
    private final boolean asksDns;
    private final boolean dnsLookup;
    private final boolean ipv4;
    private final boolean ipv6;
    private final boolean randomize;
    private final boolean balance;
    private final boolean ignoreMxError;
    private final boolean deferWithoutAddress;
    private final String preference;
    private final int addressLimit;
    private final int defaultPort;
    private final Sockets sockets;
    private final Services services;

    public Route(ClientSettings settings, Tables tables, Means means, MailLog log) {
        dns = means.dns();
        nativePool = means.nativePool();
        sockets = means.sockets();
        this.log = log;
        services = Services.of(settings, tables);
        own = new HashSet<>(means.own());
        for (String each : settings.get(SmtpParams.PROXY_INTERFACES)) {
            byte[] literal = Network.literal(each);
            if (literal != null) {
                own.add(address(literal));
            }
        }
        nativeLookup = dnsDisabled(settings) || lookups(settings).contains("native");
        asksDns = asksDns(settings);
        dnsLookup = asksDns && lookups(settings).contains("dns");
        List<String> protocols = settings.get(SmtpParams.INET_PROTOCOLS);
        ipv4 = protocols.contains("all") || protocols.contains("ipv4");
        ipv6 = protocols.contains("all") || protocols.contains("ipv6");
        randomize = settings.get(SmtpParams.RANDOMIZE);
        balance = settings.get(SmtpParams.BALANCE);
        ignoreMxError = settings.get(SmtpParams.IGNORE_MX_ERROR);
        deferWithoutAddress = settings.get(SmtpParams.DEFER_WITHOUT_ADDRESS);
        preference = settings.get(SmtpParams.ADDRESS_PREFERENCE).toLowerCase(Locale.ROOT);
        addressLimit = settings.get(SmtpParams.ADDRESS_LIMIT);
        defaultPort = ServicePorts.of(settings.all()).port(settings.get(SmtpParams.TCP_PORT));
    }

    /// Whether the DNS says which servers a domain has. smtp_host_lookup is about the addresses of
    /// these servers only: with native alone, too, mail goes to the exchangers of its domain.
    public static boolean asksDns(ClientSettings settings) {
        return !dnsDisabled(settings);
    }

    /// What smtp_host_lookup and smtp_dns_support_level have to say, read; a word that is none is
    /// an exception.
    public static void checkLookups(ClientSettings settings) {
        boolean _ = lookups(settings).isEmpty() || dnsDisabled(settings);
    }

    /// How hosts are looked up; in no way none would be found.
    private static List<String> lookups(ClientSettings settings) {
        List<String> words = settings.get(SmtpParams.HOST_LOOKUP);
        if (words.isEmpty() || !LOOKUPS.containsAll(words)) {
            throw new ConfigException(
                    settings.origin(SmtpParams.HOST_LOOKUP)
                            + ": bad parameter "
                            + settings.name(SmtpParams.HOST_LOOKUP)
                            + ": "
                            + String.join(" ", words)
                            + ": specify dns, native or both");
        }
        return words;
    }

    /// smtp_dns_support_level, or disable_dns_lookups of old where that is empty.
    private static boolean dnsDisabled(ClientSettings settings) {
        String level = settings.get(SmtpParams.DNS_SUPPORT_LEVEL).toLowerCase(Locale.ROOT);
        return switch (level) {
            case "" -> settings.get(SmtpParams.DISABLE_DNS_LOOKUPS);
            case "disabled" -> true;
            case "enabled", "dnssec" -> false;
            default ->
                    throw new ConfigException(
                            settings.origin(SmtpParams.DNS_SUPPORT_LEVEL)
                                    + ": bad parameter "
                                    + settings.name(SmtpParams.DNS_SUPPORT_LEVEL)
                                    + ": "
                                    + level
                                    + ": specify disabled, enabled or dnssec");
        };
    }

    public Found find(Destination d, LogTag tag) {
        if (d.kind() == Destination.Kind.PATH) {
            return new Found.Servers(List.of(sockets.at(d.host())), false);
        }
        String fault = d.fault();
        int port = d.port() == 0 ? defaultPort : d.port();
        if (fault == null && port < 0) {
            fault = "unknown service: " + d.service() + "/tcp";
        }
        if (fault != null) {
            log.fatal(tag, fault);
            return new Found.None(new Status(4, 3, 0), "unknown mail transport error");
        }
        boolean byService;
        try {
            byService = asksDns && services.found(d);
        } catch (TableException e) {
            e.warnings().forEach(line -> log.warning(tag, line));
            log.fatal(tag, services.names().parameter() + " lookup problem");
            return new Found.None(new Status(4, 3, 0), "unknown mail transport error");
        }
        return byService ? service(d, port, tag) : domain(d, port, tag);
    }

    private Found domain(Destination d, int port, LogTag tag) {
        if (d.kind() == Destination.Kind.HOST || !asksDns) {
            return host(d.host(), port);
        }
        return switch (dns.mx(d.host())) {
            case Resolver.Answer.Found<Resolver.Mx> f ->
                    exchangers(Trail.exchangers(d.host(), f), f.records(), port, tag);
            case Resolver.Answer.TryAgain<Resolver.Mx> t ->
                    ignoreMxError && !FilteredDns.dropped(t)
                            ? host(d.host(), port)
                            : new Found.None(FilteredDns.status(t), t.text());
            case Resolver.Answer.NoName<Resolver.Mx> _, Resolver.Answer.NoData<Resolver.Mx> _ ->
                    host(d.host(), port);
        };
    }

    /// A host's addresses; one of our own on the SMTP port would loop.
    private Found host(String host, int port) {
        List<Candidate> found = new ArrayList<>(1);
        Found.None none = addresses(host, 0, port, Trail.NONE, found);
        if (none != null) {
            return none;
        }
        if (port == SMTP_PORT && found.stream().anyMatch(this::mine)) {
            return loops(host);
        }
        order(found);
        return servers(found, false);
    }

    /// The servers of SRV records (use_srv_lookup).
    ///
    /// @param port of the next hop as it is written: of 25 this machine may not be the best server
    private Found service(Destination d, int port, LogTag tag) {
        String name = services.record(d);
        boolean fallback = services.fallback();
        Found found =
                switch (dns.srv(name)) {
                    case Resolver.Answer.Found<Resolver.Srv> f -> {
                        fallback |= f.records().isEmpty() && services.ignoresErrors();
                        yield offered(Trail.services(name, f), f.records(), port, tag);
                    }
                    case Resolver.Answer.TryAgain<Resolver.Srv> t -> {
                        fallback |= services.ignoresErrors() && !FilteredDns.dropped(t);
                        yield new Found.None(FilteredDns.status(t), t.text());
                    }
                    case Resolver.Answer.NoName<Resolver.Srv> n ->
                            new Found.None(new Status(5, 4, 4), n.text());
                    case Resolver.Answer.NoData<Resolver.Srv> n ->
                            new Found.None(new Status(5, 4, 4), n.text());
                };
        if (fallback && found instanceof Found.None none) {
            log.info(tag, "skipping SRV lookup for " + name + ": " + none.text());
            return domain(d, port, tag);
        }
        return found;
    }

    private Found offered(Trail trail, List<Resolver.Srv> records, int port, LogTag tag) {
        String name = trail.domain();
        if (records.isEmpty()) {
            return malformed(name, "SRV");
        }
        if (records.stream().anyMatch(srv -> srv.target().isEmpty())) {
            return new Found.None(
                    new Status(5, 1, 0), "Domain " + name + " does not support SRV requests");
        }
        List<Resolver.Srv> all = Services.ordered(records);
        List<Candidate> found = new ArrayList<>();
        Found.None none = null;
        for (Resolver.Srv srv : all.subList(0, Math.min(MOST_EXCHANGERS, all.size()))) {
            Found.None n = addresses(srv.target(), srv.priority(), srv.port(), trail, found);
            none = n == null ? none : worse(none, n);
        }
        if (found.isEmpty()) {
            log.warning(tag, "no SRV host for " + name + " has a valid address record");
            return java.util.Objects.requireNonNull(none);
        }
        return withoutSelf(name, found, all.getFirst().priority(), port, false);
    }

    private static Found.None malformed(String name, String type) {
        return new Found.None(
                new Status(5, 4, 4),
                "Name service error for name="
                        + name
                        + " type="
                        + type
                        + ": Malformed or unexpected name server reply");
    }

    private static Found.None loops(String name) {
        return new Found.None(LOOPS, "mail for " + name + " loops back to myself");
    }

    private boolean mine(Candidate c) {
        return c.address().isAnyLocalAddress() || own.contains(c.address());
    }

    private Found exchangers(Trail trail, List<Resolver.Mx> records, int port, LogTag tag) {
        String domain = trail.domain();
        if (records.isEmpty()) {
            return malformed(domain, "MX");
        }
        List<Resolver.Mx> all = new ArrayList<>(records);
        if (all.stream().anyMatch(mx -> mx.host().isEmpty())) {
            return new Found.None(
                    new Status(5, 1, 0), "Domain " + domain + " does not accept mail (nullMX)");
        }
        if (randomize) {
            Collections.shuffle(all);
        }
        all.sort(Comparator.comparingInt(Resolver.Mx::preference));
        int bestPreference = all.getFirst().preference();
        List<Candidate> found = new ArrayList<>();
        Found.None none = collect(all, port, trail, found);
        if (found.isEmpty()) {
            log.warning(tag, "no MX host for " + domain + " has a valid address record");
            Found.None n = java.util.Objects.requireNonNull(none);
            return deferWithoutAddress && n.status().kind() == 5
                    ? new Found.None(n.status().as(4), n.text())
                    : n;
        }
        return withoutSelf(domain, found, bestPreference, port, true);
    }

    /// Without this machine and those that are no better, on the port of mail exchangers.
    ///
    /// @param bestPreference of those that were named, with an address or without
    private Found withoutSelf(
            String domain, List<Candidate> found, int bestPreference, int port, boolean shuffles) {
        int bestFound = found.getFirst().preference();
        boolean ours = false;
        if (port == SMTP_PORT) {
            int mine = Integer.MAX_VALUE;
            for (Candidate c : found) {
                mine = mine(c) ? Math.min(mine, c.preference()) : mine;
            }
            int worst = mine;
            ours = mine != Integer.MAX_VALUE;
            found.removeIf(c -> c.preference() >= worst);
            if (found.isEmpty()) {
                return bestFound == bestPreference
                        ? loops(domain)
                        : new Found.None(
                                new Status(4, 4, 4), "unable to find primary relay for " + domain);
            }
        }
        if (shuffles) {
            order(found);
        }
        return servers(found, ours);
    }

    /// Addresses of as many exchangers as can be of use.
    private Found.@Nullable None collect(
            List<Resolver.Mx> all, int port, Trail trail, List<Candidate> found) {
        Found.None none = null;
        int asked = 0;
        int trouble = 0;
        int before = 0;
        for (Resolver.Mx mx : all) {
            // Whole groups of equals, so that all of them get their share.
            boolean enough = addressLimit > 0 && found.size() >= addressLimit;
            if (asked >= MOST_EXCHANGERS
                    || trouble >= MOST_TROUBLE
                    || enough && mx.preference() != before) {
                break;
            }
            asked++;
            before = mx.preference();
            Found.None n = addresses(mx.host(), mx.preference(), port, trail, found);
            trouble += n != null && n.status().kind() == 4 ? 1 : 0;
            none = n == null ? none : worse(none, n);
        }
        return none;
    }

    /// Of two reasons the later one, but none that is for good after one that is not.
    private static Found.None worse(Found.@Nullable None before, Found.None now) {
        return before == null || now.status().kind() == 4 || before.status().kind() == 5
                ? now
                : before;
    }

    private void order(List<Candidate> found) {
        if (randomize) {
            Collections.shuffle(found);
        }
        found.sort(
                Comparator.comparingInt(Candidate::preference).thenComparingInt(this::familyOrder));
    }

    private Found servers(List<Candidate> found, boolean ours) {
        limit(found);
        List<Server> out = new ArrayList<>(found.size());
        int best = found.getFirst().preference();
        for (Candidate c : found) {
            out.add(
                    new Server(
                            c.name(),
                            new InetSocketAddress(c.address(), c.port()),
                            c.preference() == best,
                            c.trail()));
        }
        return new Found.Servers(List.copyOf(out), ours);
    }

    private int familyOrder(Candidate c) {
        return switch (preference) {
            case "ipv4" -> four(c) ? 0 : 1;
            case "ipv6" -> four(c) ? 1 : 0;
            default -> 0;
        };
    }

    private static boolean four(Candidate c) {
        return c.address().getAddress().length == 4;
    }

    /// smtp_mx_address_limit, with a share for each protocol (smtp_balance_inet_protocols).
    private void limit(List<Candidate> found) {
        if (addressLimit <= 0 || found.size() <= addressLimit) {
            return;
        }
        if (balance && addressLimit > 1) {
            int fours = (int) found.stream().filter(Route::four).count();
            int sixes = found.size() - fours;
            int half = addressLimit / 2;
            int sixShare =
                    sixes <= half
                            ? sixes
                            : fours <= half ? addressLimit - fours : addressLimit - half;
            int[] left = {addressLimit - sixShare, sixShare};
            found.removeIf(c -> left[four(c) ? 0 : 1]-- <= 0);
        }
        while (found.size() > addressLimit) {
            found.removeLast();
        }
    }

    /// @return null where some were found
    private Found.@Nullable None addresses(
            String host, int preference, int port, Trail trail, List<Candidate> into) {
        byte[] literal = Network.literal(host);
        if (literal != null) {
            if (literal.length == 4 ? !ipv4 : !ipv6) {
                return new Found.None(
                        new Status(5, 4, 4),
                        "Name service error for " + host + ": invalid host or domain name");
            }
            into.add(new Candidate(host, address(literal), preference, port, trail));
            return null;
        }
        Found.None none = dnsLookup ? byDns(host, preference, port, trail, into) : null;
        boolean tryNative = none == null ? !dnsLookup : none.status().kind() == 5;
        if (nativeLookup && tryNative) {
            return byNative(host, preference, port, trail, into);
        }
        return none;
    }

    private Found.@Nullable None byDns(
            String host, int preference, int port, Trail trail, List<Candidate> into) {
        return switch (dns.addresses(host, ipv4, ipv6)) {
            case Resolver.Answer.Found<InetAddress> f -> {
                for (InetAddress a : f.records()) {
                    into.add(new Candidate(host, a, preference, port, trail.to(host, f)));
                }
                yield null;
            }
            case Resolver.Answer.NoName<InetAddress> n ->
                    new Found.None(new Status(5, 4, 4), n.text());
            case Resolver.Answer.NoData<InetAddress> n ->
                    new Found.None(new Status(5, 4, 4), n.text());
            case Resolver.Answer.TryAgain<InetAddress> t ->
                    new Found.None(FilteredDns.status(t), t.text());
        };
    }

    private Found.@Nullable None byNative(
            String host, int preference, int port, Trail trail, List<Candidate> into) {
        String ascii = HostName.ascii(host);
        String name = ascii == null ? host : ascii;
        try {
            InetAddress[] all = nativePool.submit(() -> InetAddress.getAllByName(name)).get();
            int before = into.size();
            for (InetAddress a : all) {
                if (a.getAddress().length == 4 ? ipv4 : ipv6) {
                    into.add(new Candidate(host, a, preference, port, trail));
                }
            }
            if (into.size() > before) {
                return null;
            }
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof UnknownHostException u)) {
                throw new IllegalStateException(e.getCause());
            }
            if (!doesNotExist(u)) {
                return unknown(4, name, "Temporary failure in name resolution");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return unknown(4, name, "Temporary failure in name resolution");
        }
        return unknown(5, name, "Name or service not known");
    }

    /// Only where the resolver says so for sure. The second of two look-ups gives the bare name of
    /// the host, whatever the first one died of: the Java library remembers that it failed, and not
    /// why (networkaddress.cache.negative.ttl).
    private static boolean doesNotExist(UnknownHostException e) {
        String said = String.valueOf(e.getMessage());
        return said.contains("Name or service not known")
                || said.contains("No address associated with hostname");
    }

    private static Found.None unknown(int kind, String host, String why) {
        return new Found.None(
                new Status(kind, 4, 4), "unable to look up host " + host + ": " + why);
    }

    private static InetAddress address(byte[] literal) {
        try {
            return InetAddress.getByAddress(literal);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}

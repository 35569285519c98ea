package org.postrider.smtp;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Settings;
import org.postrider.dns.Resolver;
import org.postrider.dsn.Status;
import org.postrider.maps.Network;

/// From a [Destination] to the servers to try, in order (smtp_addr(3)). Immutable; any thread.
final class Route {
    /// @param name the host's name for logs and texts
    record Server(String name, InetAddress address, int port) {
        String label() {
            return name + "[" + address.getHostAddress() + "]";
        }
    }

    /// What looking up gave.
    sealed interface Found {
        record Servers(List<Server> servers) implements Found {}

        /// @param permanent the mail is returned, else it waits
        record None(boolean permanent, Status status, String text) implements Found {}
    }

    private final Resolver dns;
    private final ExecutorService nativePool;
    private final Set<InetAddress> own;
    private final String myhostname;
    private final boolean nativeLookup;
    private final boolean dnsLookup;
    private final boolean ipv4;
    private final boolean ipv6;
    private final boolean randomize;
    private final int addressLimit;
    private final int defaultPort;

    Route(Settings settings, Resolver dns, ExecutorService nativePool, Set<InetAddress> own) {
        this.dns = dns;
        this.nativePool = nativePool;
        this.own = own;
        myhostname = settings.get(SmtpParams.MYHOSTNAME).toLowerCase(Locale.ROOT);
        List<String> lookup = settings.get(SmtpParams.HOST_LOOKUP);
        nativeLookup = lookup.contains("native");
        dnsLookup = lookup.contains("dns");
        List<String> protocols = settings.get(SmtpParams.INET_PROTOCOLS);
        ipv4 = protocols.contains("all") || protocols.contains("ipv4");
        ipv6 = protocols.contains("all") || protocols.contains("ipv6");
        randomize = settings.get(SmtpParams.RANDOMIZE);
        addressLimit = settings.get(SmtpParams.ADDRESS_LIMIT);
        defaultPort = Destination.number(settings.get(SmtpParams.TCP_PORT));
    }

    Found find(Destination d) {
        int port = d.port() == 0 ? defaultPort : d.port();
        if (port < 0) {
            return new Found.None(false, new Status(4, 3, 5), "unknown service: " + d.host());
        }
        if (d.literal() || !dnsLookup) {
            return hosts(d.host(), d.host(), port);
        }
        return switch (dns.mx(d.host())) {
            case Resolver.Answer.Found<Resolver.Mx> f -> mail(d.host(), f.records(), port);
            case Resolver.Answer.NoName<Resolver.Mx> n ->
                    new Found.None(true, new Status(5, 4, 4), n.text());
            case Resolver.Answer.TryAgain<Resolver.Mx> t ->
                    new Found.None(false, new Status(4, 4, 3), t.text());
            case Resolver.Answer.NoData<Resolver.Mx> _ ->
                    self(d.host(), hosts(d.host(), d.host(), port));
        };
    }

    /// A domain without MX whose address is ours would loop.
    private Found self(String domain, Found found) {
        if (found instanceof Found.Servers s
                && s.servers().stream().anyMatch(x -> mine(x) && x.port() == defaultPort)) {
            return loops(domain);
        }
        return found;
    }

    private static Found loops(String domain) {
        return new Found.None(
                true, new Status(5, 4, 6), "mail for " + domain + " loops back to myself");
    }

    private boolean mine(Server s) {
        return s.address().isAnyLocalAddress()
                || own.contains(s.address())
                || s.name().equalsIgnoreCase(myhostname);
    }

    private Found mail(String domain, List<Resolver.Mx> records, int port) {
        List<Resolver.Mx> usable = new ArrayList<>();
        for (Resolver.Mx mx : records) {
            if (!mx.host().isEmpty()) {
                usable.add(mx);
            }
        }
        if (usable.isEmpty()) {
            return new Found.None(
                    true,
                    new Status(5, 1, 0),
                    "Domain " + domain + " does not accept mail (nullMX)");
        }
        if (randomize) {
            Collections.shuffle(usable);
        }
        usable.sort(Comparator.comparingInt(Resolver.Mx::preference));
        List<Server> servers = new ArrayList<>();
        List<Integer> preferences = new ArrayList<>();
        Found.@Nullable None last = null;
        for (Resolver.Mx mx : usable) {
            if (addressLimit > 0 && servers.size() >= 10 * addressLimit) {
                break;
            }
            switch (hosts(mx.host(), mx.host(), port)) {
                case Found.None n -> last = last == null || !n.permanent() ? n : last;
                case Found.Servers s -> {
                    for (Server each : s.servers()) {
                        servers.add(each);
                        preferences.add(mx.preference());
                    }
                }
            }
        }
        int mineAt = Integer.MAX_VALUE;
        for (int i = 0; i < servers.size(); i++) {
            if (mine(servers.get(i))) {
                mineAt = Math.min(mineAt, preferences.get(i));
            }
        }
        List<Server> left = new ArrayList<>();
        for (int i = 0; i < servers.size(); i++) {
            if (preferences.get(i) < mineAt) {
                left.add(servers.get(i));
            }
        }
        if (left.isEmpty() && mineAt < Integer.MAX_VALUE) {
            return loops(domain);
        }
        if (left.isEmpty()) {
            return last != null
                    ? last
                    : new Found.None(false, new Status(4, 4, 4), "no servers for " + domain);
        }
        return new Found.Servers(limited(left));
    }

    private List<Server> limited(List<Server> all) {
        return addressLimit > 0 && all.size() > addressLimit ? all.subList(0, addressLimit) : all;
    }

    private Found hosts(String host, String label, int port) {
        byte[] literal = Network.literal(host);
        if (literal != null) {
            try {
                return new Found.Servers(
                        List.of(new Server(label, InetAddress.getByAddress(literal), port)));
            } catch (UnknownHostException e) {
                throw new IllegalStateException(e);
            }
        }
        if (nativeLookup) {
            List<Server> found = nativeHosts(host, port);
            if (!found.isEmpty()) {
                return new Found.Servers(limited(found));
            }
            if (!dnsLookup) {
                return new Found.None(
                        true,
                        new Status(5, 4, 4),
                        "unable to look up host " + host + ": Name or service not known");
            }
        }
        return switch (dns.addresses(host, ipv4, ipv6)) {
            case Resolver.Answer.Found<InetAddress> f -> {
                List<InetAddress> all = new ArrayList<>(f.records());
                if (randomize) {
                    Collections.shuffle(all);
                }
                List<Server> servers = new ArrayList<>();
                for (InetAddress a : all) {
                    servers.add(new Server(label, a, port));
                }
                yield new Found.Servers(limited(servers));
            }
            case Resolver.Answer.NoName<InetAddress> n ->
                    new Found.None(true, new Status(5, 4, 4), n.text());
            case Resolver.Answer.NoData<InetAddress> n ->
                    new Found.None(true, new Status(5, 4, 4), n.text());
            case Resolver.Answer.TryAgain<InetAddress> t ->
                    new Found.None(false, new Status(4, 4, 3), t.text());
        };
    }

    private List<Server> nativeHosts(String host, int port) {
        try {
            return nativePool
                    .submit(() -> {
                        List<Server> out = new ArrayList<>();
                        for (InetAddress a : InetAddress.getAllByName(host)) {
                            if (a.getAddress().length == 4 ? ipv4 : ipv6) {
                                out.add(new Server(host, a, port));
                            }
                        }
                        return out;
                    })
                    .get();
        } catch (ExecutionException e) {
            return List.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }
}

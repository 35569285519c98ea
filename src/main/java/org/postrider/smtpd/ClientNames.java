package org.postrider.smtpd;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.postrider.dns.HostsFile;
import org.postrider.dns.Resolver;
import org.postrider.time.Clock;

/// Forward-confirmed names of clients: `/etc/hosts` first, then DNS. The C library is not asked:
/// its calls hold a carrier thread each, so that slow ones keep all others waiting (decision 0019).
/// Answers are kept for some seconds. Any thread; blocks its caller only.
public final class ClientNames {
    private static final long KEEP_NANOS = 20_000_000_000L;
    private static final int MOST = 10_000;
    private static final String UNKNOWN = "unknown";

    private record Names(
            String name, String reverseName, @Nullable String complaint, long untilNanos) {}

    private final Clock clock;
    private final ConcurrentHashMap<InetAddress, Names> known = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<InetAddress, FutureTask<Names>> asking =
            new ConcurrentHashMap<>();
    private final Resolver dns;
    private final HostsFile hosts;

    public ClientNames(Clock clock, Resolver dns, HostsFile hosts) {
        this.clock = clock;
        this.dns = dns;
        this.hosts = hosts;
    }

    Client client(InetAddress address, int port, boolean lookUp) {
        String ip = ip(address);
        if (!lookUp) {
            return new Client(UNKNOWN, UNKNOWN, address, ip, port, null);
        }
        Names names = known.get(address);
        if (names == null || clock.nanos() - names.untilNanos() > 0) {
            names = ask(address);
            if (known.size() > MOST) {
                known.clear();
            }
            known.put(address, names);
        }
        return new Client(names.name(), names.reverseName(), address, ip, port, names.complaint());
    }

    private static String ip(InetAddress address) {
        String text = address.getHostAddress();
        int zone = text.indexOf('%');
        return compressed(zone < 0 ? text : text.substring(0, zone));
    }

    /// Java writes `0:0:0:0:0:0:0:1`; everyone else `::1` (RFC 5952).
    static String compressed(String ip) {
        if (ip.indexOf(':') < 0) {
            return ip;
        }
        String[] parts = ip.split(":", -1);
        int best = -1;
        int length = 1;
        for (int i = 0; i < parts.length; i++) {
            int k = i;
            while (k < parts.length && parts[k].equals("0")) {
                k++;
            }
            if (k - i > length) {
                best = i;
                length = k - i;
            }
        }
        if (best < 0) {
            return ip;
        }
        return String.join(":", java.util.Arrays.asList(parts).subList(0, best))
                + "::"
                + String.join(
                        ":", java.util.Arrays.asList(parts).subList(best + length, parts.length));
    }

    /// One question at a time for one address, asked on the thread of the first who needs it;
    /// nobody waits for that of another address.
    private Names ask(InetAddress address) {
        FutureTask<Names> own = new FutureTask<>(() -> lookup(address));
        FutureTask<Names> before = asking.putIfAbsent(address, own);
        if (before == null) {
            try {
                own.run();
            } finally {
                asking.remove(address, own);
            }
        }
        try {
            return (before == null ? own : before).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return nameless(null);
        } catch (ExecutionException e) {
            return nameless("name of " + ip(address) + ": " + e.getCause());
        }
    }

    /// Not to be remembered.
    private Names nameless(@Nullable String complaint) {
        return new Names(UNKNOWN, UNKNOWN, complaint, clock.nanos());
    }

    private Names lookup(InetAddress address) throws IOException {
        String reverse = hosts.name(address);
        if (reverse == null) {
            switch (dns.names(address)) {
                case Resolver.Answer.Found<String> f -> reverse = f.records().getFirst();
                case Resolver.Answer.TryAgain<String> _ -> {
                    return nameless(null);
                }
                case Resolver.Answer.NoName<String> _, Resolver.Answer.NoData<String> _ -> {
                    // it has none
                }
            }
        }
        long until = clock.nanos() + KEEP_NANOS;
        if (reverse == null || !valid(reverse)) {
            return new Names(UNKNOWN, UNKNOWN, null, until);
        }
        String trouble = "";
        List<InetAddress> leads = hosts.addresses(reverse);
        if (leads.isEmpty()) {
            boolean ipv4 = address instanceof Inet4Address;
            switch (dns.addresses(reverse, ipv4, !ipv4)) {
                case Resolver.Answer.Found<InetAddress> f -> leads = f.records();
                case Resolver.Answer.TryAgain<InetAddress> _ -> {
                    trouble = ": Temporary failure in name resolution";
                    until = clock.nanos();
                }
                case Resolver.Answer.NoName<InetAddress> _ ->
                        trouble = ": Name or service not known";
                case Resolver.Answer.NoData<InetAddress> _ ->
                        trouble = ": No address associated with hostname";
            }
        }
        if (leads.contains(address)) {
            return new Names(reverse, reverse, null, until);
        }
        String complaint = "hostname " + reverse + " does not resolve to address " + ip(address);
        return new Names(UNKNOWN, reverse, complaint + trouble, until);
    }

    static boolean valid(String name) {
        if (name.isEmpty() || name.length() > 255) {
            return false;
        }
        int label = 0;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '.') {
                if (label == 0) {
                    return false;
                }
                label = 0;
                continue;
            }
            boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
            boolean digit = c >= '0' && c <= '9';
            if (!letter && !digit && c != '_' && (c != '-' || label == 0)) {
                return false;
            }
            if (++label > 63) {
                return false;
            }
        }
        return label > 0;
    }
}

package org.postrider.peer;

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
import org.postrider.maps.Network;
import org.postrider.time.Clock;

/// Forward-confirmed names of clients: `/etc/hosts` first, then DNS. The C library is not asked:
/// its calls hold a carrier thread each, so that slow ones keep all others waiting (decision 0019).
/// Answers are kept for some seconds. Any thread; blocks its caller only.
public final class ClientNames {
    private static final long KEEP_NANOS = 20_000_000_000L;
    private static final int MOST = 10_000;
    private static final String UNKNOWN = "unknown";

    private record Names(
            String name,
            NameStatus status,
            String reverseName,
            NameStatus reverseStatus,
            @Nullable String complaint,
            long untilNanos) {
        /// Nothing of a name is known, for one reason.
        static Names none(NameStatus why, @Nullable String complaint, long untilNanos) {
            return new Names(UNKNOWN, why, UNKNOWN, why, complaint, untilNanos);
        }

        Client of(InetAddress address, int port) {
            String ip = Network.text(address);
            return new Client(
                    name, status, reverseName, reverseStatus, address, ip, port, complaint);
        }
    }

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

    /// @param lookUp false if nobody asks for names (smtpd_peername_lookup)
    public Client client(InetAddress address, int port, boolean lookUp) {
        if (!lookUp) {
            return Names.none(NameStatus.NONE, null, 0).of(address, port);
        }
        Names names = known.get(address);
        if (names == null || clock.nanos() - names.untilNanos() > 0) {
            names = ask(address);
            if (known.size() > MOST) {
                known.clear();
            }
            known.put(address, names);
        }
        return names.of(address, port);
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
            return nameless("name of " + Network.text(address) + ": " + e.getCause());
        }
    }

    /// Not to be remembered.
    private Names nameless(@Nullable String complaint) {
        return Names.none(NameStatus.TEMPORARY, complaint, clock.nanos());
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
            return Names.none(NameStatus.NONE, null, until);
        }
        String trouble = "";
        NameStatus status = NameStatus.FORGED;
        List<InetAddress> leads = hosts.addresses(reverse);
        if (leads.isEmpty()) {
            boolean ipv4 = address instanceof Inet4Address;
            switch (dns.addresses(reverse, ipv4, !ipv4)) {
                case Resolver.Answer.Found<InetAddress> f -> leads = f.records();
                case Resolver.Answer.TryAgain<InetAddress> _ -> {
                    trouble = ": Temporary failure in name resolution";
                    status = NameStatus.TEMPORARY;
                    until = clock.nanos();
                }
                case Resolver.Answer.NoName<InetAddress> _ ->
                        trouble = ": Name or service not known";
                case Resolver.Answer.NoData<InetAddress> _ ->
                        trouble = ": No address associated with hostname";
            }
        }
        if (leads.contains(address)) {
            return new Names(reverse, NameStatus.OK, reverse, NameStatus.OK, null, until);
        }
        String complaint =
                "hostname " + reverse + " does not resolve to address " + Network.text(address);
        return new Names(UNKNOWN, status, reverse, NameStatus.OK, complaint + trouble, until);
    }

    /// Whether a name may stand for a host: of this form are the names that a client has and those
    /// it may be given. Underscores and hyphens at an end of a label are let pass.
    public static boolean valid(String name) {
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

package org.postrider.smtpd;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.postrider.time.Clock;

/// Forward-confirmed names of clients through the system's name services. Lookups are native calls
/// and run on a few platform threads; answers are kept for some seconds.
public final class ClientNames implements AutoCloseable {
    private static final long KEEP_NANOS = 20_000_000_000L;
    private static final int MOST = 10_000;
    private static final String UNKNOWN = "unknown";

    private record Names(
            String name, String reverseName, @Nullable String complaint, long untilNanos) {}

    private final Clock clock;
    private final ConcurrentHashMap<InetAddress, Names> known = new ConcurrentHashMap<>();
    private final ExecutorService pool =
            Executors.newFixedThreadPool(
                    8, Thread.ofPlatform().daemon().name("client-name-", 0).factory());

    public ClientNames(Clock clock) {
        this.clock = clock;
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

    private Names ask(InetAddress address) {
        try {
            return pool.submit(() -> lookup(address)).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Names(UNKNOWN, UNKNOWN, null, clock.nanos());
        } catch (ExecutionException e) {
            return new Names(UNKNOWN, UNKNOWN, null, clock.nanos());
        }
    }

    private Names lookup(InetAddress address) throws UnknownHostException {
        long until = clock.nanos() + KEEP_NANOS;
        // A fresh object: InetAddress remembers the name it once found.
        String reverse = InetAddress.getByAddress(address.getAddress()).getHostName();
        if (reverse.equals(address.getHostAddress()) || !valid(reverse)) {
            return new Names(UNKNOWN, UNKNOWN, null, until);
        }
        String complaint = "hostname " + reverse + " does not resolve to address " + ip(address);
        try {
            for (InetAddress each : InetAddress.getAllByName(reverse)) {
                if (each.equals(address)) {
                    return new Names(reverse, reverse, null, until);
                }
            }
        } catch (UnknownHostException e) {
            complaint += ": Name or service not known";
        }
        return new Names(UNKNOWN, reverse, complaint, until);
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

    @Override
    public void close() {
        pool.shutdownNow();
    }
}

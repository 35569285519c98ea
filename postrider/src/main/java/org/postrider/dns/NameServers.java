package org.postrider.dns;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.FileStamp;
import org.postrider.disk.Reading;
import org.postrider.time.Clock;
import org.xbill.DNS.Address;
import org.xbill.DNS.ExtendedResolver;
import org.xbill.DNS.Name;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TextParseException;

/// The name servers and the search list of resolv.conf(5), looked at once a second and read anew
/// when the file changes. Any thread.
final class NameServers {
    private static final long LOOK_NANOS = 1_000_000_000L;
    private static final int MOST_SERVERS = 3;
    private static final int MOST_DOMAINS = 6;

    private final Path resolvConf;
    private final @Nullable InetAddress one;
    private final int port;
    private final Clock clock;
    private volatile @Nullable Servers servers;

    /// How the same servers are asked.
    ///
    /// @param plain without EDNS
    /// @param signed for signatures
    record Asking(ExtendedResolver usual, ExtendedResolver plain, ExtendedResolver signed) {}

    /// @param search domains below which a host may be looked up
    /// @param leastDots a name with so many is looked up as it is first
    record Servers(
            Asking asking,
            List<Name> search,
            int leastDots,
            @Nullable FileStamp stamp,
            long looked) {
        Servers lookedAt(@Nullable FileStamp now, long nanos) {
            return new Servers(asking, search, leastDots, now, nanos);
        }
    }

    /// @param port of the name servers, 53
    NameServers(Path resolvConf, int port, Clock clock) {
        this(resolvConf, null, port, clock);
    }

    /// That one alone, whatever a file says.
    NameServers(InetAddress one, int port, Clock clock) {
        this(Path.of("/"), one, port, clock);
    }

    private NameServers(Path resolvConf, @Nullable InetAddress one, int port, Clock clock) {
        this.resolvConf = resolvConf;
        this.one = one;
        this.port = port;
        this.clock = clock;
    }

    /// @throws IOException if resolv.conf cannot be read
    Servers now() throws IOException {
        Servers now = servers;
        if (now != null && clock.nanos() - now.looked() < LOOK_NANOS) {
            return now;
        }
        FileStamp stamp = stamp();
        Servers current = now != null && same(now.stamp(), stamp) ? now : read();
        current = current.lookedAt(stamp, clock.nanos());
        servers = current;
        return current;
    }

    private static boolean same(@Nullable FileStamp old, @Nullable FileStamp stamp) {
        return old == null ? stamp == null : stamp != null && stamp.same(old);
    }

    private @Nullable FileStamp stamp() throws IOException {
        if (one != null) {
            return null;
        }
        try {
            return FileStamp.of(resolvConf, clock.wallMillis());
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private Servers read() throws IOException {
        Conf conf = new Conf();
        InetAddress only = one;
        if (only != null) {
            conf.each.add(new InetSocketAddress(only, port));
            return conf.servers();
        }
        List<String> lines =
                Files.exists(resolvConf) ? Reading.lines(resolvConf, Reading.SHORT) : List.of();
        for (String line : lines) {
            conf.line(line.strip().split("\\s+", -1));
        }
        return conf.servers();
    }

    /// What its lines say.
    private final class Conf {
        private final List<InetSocketAddress> each = new ArrayList<>();
        private List<Name> search = List.of();
        private int timeoutSeconds = 5;
        private int attempts = 2;
        private int dots = 1;
        private boolean rotate;

        void line(String[] words) throws IOException {
            List<String> rest = List.of(words).subList(1, words.length);
            switch (words[0]) {
                case "nameserver" -> {
                    InetAddress at = rest.isEmpty() ? null : server(rest.getFirst());
                    if (at != null && each.size() < MOST_SERVERS) {
                        each.add(new InetSocketAddress(at, port));
                    }
                }
                // The last of the two counts.
                case "search" -> search = domains(rest);
                case "domain" -> search = domains(rest.subList(0, Math.min(1, rest.size())));
                case "options" -> rest.forEach(this::option);
                default -> {
                    // What else there is, is the C library's.
                }
            }
        }

        private void option(String word) {
            timeoutSeconds = number(word, "timeout:", timeoutSeconds, 30);
            attempts = number(word, "attempts:", attempts, 5);
            dots = number(word, "ndots:", dots, 15);
            rotate |= word.equals("rotate");
        }

        Servers servers() throws IOException {
            if (each.isEmpty()) {
                // As the C library: a name server on this machine.
                each.add(
                        new InetSocketAddress(
                                InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
            }
            return new Servers(
                    new Asking(resolver(true), resolver(false), resolver(true)),
                    search,
                    dots,
                    null,
                    0);
        }

        private ExtendedResolver resolver(boolean edns) {
            List<org.xbill.DNS.Resolver> all = new ArrayList<>(each.size());
            for (InetSocketAddress at : each) {
                SimpleResolver r = new SimpleResolver(at);
                r.setTimeout(Duration.ofSeconds(timeoutSeconds));
                if (!edns) {
                    r.setEDNS(-1);
                }
                all.add(r);
            }
            ExtendedResolver out = new ExtendedResolver(all);
            out.setRetries(attempts);
            out.setLoadBalance(rotate);
            out.setTimeout(Duration.ofSeconds((long) timeoutSeconds * attempts * each.size() + 1));
            return out;
        }
    }

    private static List<Name> domains(List<String> words) {
        List<Name> out = new ArrayList<>();
        for (String word : words) {
            try {
                if (out.size() < MOST_DOMAINS && !word.isEmpty()) {
                    out.add(Name.fromString(word, Name.root));
                }
            } catch (TextParseException e) {
                // It is no domain to find anything below.
            }
        }
        return List.copyOf(out);
    }

    private static @Nullable InetAddress server(String text) throws IOException {
        int zone = text.indexOf('%');
        byte[] literal = literal(zone < 0 ? text : text.substring(0, zone));
        if (literal == null) {
            return null;
        }
        // With its zone a link-local server is found by its text, which is no look-up.
        return zone < 0 ? InetAddress.getByAddress(literal) : InetAddress.getByName(text);
    }

    static byte @Nullable [] literal(String text) {
        byte[] four = Address.toByteArray(text, Address.IPv4);
        return four != null ? four : Address.toByteArray(text, Address.IPv6);
    }

    private static int number(String word, String name, int otherwise, int most) {
        if (!word.startsWith(name)) {
            return otherwise;
        }
        try {
            return Math.clamp(Integer.parseInt(word.substring(name.length())), 1, most);
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }
}

package org.postrider.dns;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.time.Clock;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedResolver;
import org.xbill.DNS.Flags;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.ReverseMap;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/// DNS through the name servers of resolv.conf, read anew when the file changes. No search list, no
/// cache: the name server is the cache. Texts are Postfix's.
public final class SystemResolver implements Resolver {
    private static final long LOOK_NANOS = 1_000_000_000L;
    private static final int MOST_RECORDS = 100;
    private static final int MOST_ALIASES = 10;

    private record Servers(ExtendedResolver resolver, long stamp, long looked) {}

    private final Path resolvConf;
    private final int port;
    private final Clock clock;
    private volatile @Nullable Servers servers;

    /// @param port of the name servers, 53
    public SystemResolver(Path resolvConf, int port, Clock clock) {
        this.resolvConf = resolvConf;
        this.port = port;
        this.clock = clock;
    }

    private ExtendedResolver resolver() throws IOException {
        Servers now = servers;
        if (now != null && clock.nanos() - now.looked() < LOOK_NANOS) {
            return now.resolver();
        }
        long stamp =
                Files.exists(resolvConf) ? Files.getLastModifiedTime(resolvConf).toMillis() : 0;
        if (now != null && now.stamp() == stamp) {
            servers = new Servers(now.resolver(), stamp, clock.nanos());
            return now.resolver();
        }
        ExtendedResolver made = read();
        servers = new Servers(made, stamp, clock.nanos());
        return made;
    }

    private ExtendedResolver read() throws IOException {
        List<SimpleResolver> each = new ArrayList<>();
        int timeoutSeconds = 5;
        int attempts = 2;
        List<String> lines =
                Files.exists(resolvConf)
                        ? Files.readAllLines(resolvConf, StandardCharsets.ISO_8859_1)
                        : List.of();
        for (String line : lines) {
            String[] words = line.strip().split("\\s+", -1);
            if (words[0].equals("nameserver") && words.length > 1) {
                each.add(new SimpleResolver(new InetSocketAddress(words[1], port)));
            } else if (words[0].equals("options")) {
                for (String word : words) {
                    timeoutSeconds = option(word, "timeout:", timeoutSeconds);
                    attempts = option(word, "attempts:", attempts);
                }
            }
        }
        if (each.isEmpty()) {
            each.add(new SimpleResolver(new InetSocketAddress("127.0.0.1", port)));
        }
        for (SimpleResolver r : each) {
            r.setTimeout(Duration.ofSeconds(timeoutSeconds));
        }
        ExtendedResolver out = new ExtendedResolver(List.<org.xbill.DNS.Resolver>copyOf(each));
        out.setRetries(attempts);
        out.setTimeout(Duration.ofSeconds((long) timeoutSeconds * attempts * each.size()));
        return out;
    }

    private static int option(String word, String name, int otherwise) {
        if (!word.startsWith(name)) {
            return otherwise;
        }
        try {
            return Math.clamp(Integer.parseInt(word.substring(name.length())), 1, 30);
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    /// What one question gave.
    private sealed interface Raw {
        record Records(List<Record> records) implements Raw {}

        record Failed(int rcode) implements Raw {}
    }

    private Raw ask(Name name, int type) {
        Name at = name;
        try {
            for (int aliases = 0; aliases <= MOST_ALIASES; aliases++) {
                Message answer =
                        resolver().send(Message.newQuery(Record.newRecord(at, type, DClass.IN)));
                int rcode = answer.getHeader().getRcode();
                if (rcode != Rcode.NOERROR || answer.getHeader().getFlag(Flags.TC)) {
                    return new Raw.Failed(rcode == Rcode.NOERROR ? Rcode.SERVFAIL : rcode);
                }
                List<Record> found = new ArrayList<>();
                Name alias = at;
                for (int pass = 0; pass < MOST_ALIASES; pass++) {
                    for (Record r : answer.getSection(Section.ANSWER)) {
                        if (r instanceof CNAMERecord c && c.getName().equals(alias)) {
                            alias = c.getTarget();
                        }
                    }
                }
                for (Record r : answer.getSection(Section.ANSWER)) {
                    if (r.getType() == type && found.size() < MOST_RECORDS) {
                        found.add(r);
                    }
                }
                if (!found.isEmpty() || alias.equals(at)) {
                    return new Raw.Records(found);
                }
                at = alias;
            }
            return new Raw.Failed(Rcode.SERVFAIL);
        } catch (IOException e) {
            return new Raw.Failed(Rcode.SERVFAIL);
        }
    }

    private static String text(String name, String type, String why) {
        return "Host or domain name not found. Name service error for name="
                + name
                + " type="
                + type
                + ": "
                + why;
    }

    /// Reads a record's data; null leaves it out.
    private interface Read<T> {
        @Nullable T value(Record record);
    }

    private <T> Answer<T> answer(String name, int type, Read<T> read) {
        Name asked;
        try {
            asked = Name.fromString(name, Name.root);
        } catch (TextParseException e) {
            return new Answer.NoName<>(text(name, Type.string(type), "Host not found"));
        }
        return switch (ask(asked, type)) {
            case Raw.Failed f when f.rcode() == Rcode.NXDOMAIN ->
                    new Answer.NoName<>(text(name, Type.string(type), "Host not found"));
            case Raw.Failed _ ->
                    new Answer.TryAgain<>(
                            text(name, Type.string(type), "Host not found, try again"));
            case Raw.Records r -> {
                List<T> out = new ArrayList<>();
                long ttl = Long.MAX_VALUE;
                for (Record each : r.records()) {
                    T value = read.value(each);
                    if (value != null) {
                        out.add(value);
                        ttl = Math.min(ttl, each.getTTL());
                    }
                }
                yield out.isEmpty()
                        ? new Answer.NoData<>(
                                text(
                                        name,
                                        Type.string(type),
                                        "Host found but no data record of requested type"))
                        : new Answer.Found<>(List.copyOf(out), Duration.ofSeconds(ttl));
            }
        };
    }

    @Override
    public Answer<Mx> mx(String domain) {
        return answer(
                domain,
                Type.MX,
                r ->
                        r instanceof MXRecord m
                                ? new Mx(m.getPriority(), m.getTarget().toString(true))
                                : null);
    }

    @Override
    public Answer<InetAddress> addresses(String host, boolean ipv4, boolean ipv6) {
        Answer<InetAddress> four =
                ipv4
                        ? answer(host, Type.A, r -> r instanceof ARecord a ? a.getAddress() : null)
                        : new Answer.NoData<>("");
        if (!ipv6) {
            return four;
        }
        Answer<InetAddress> six =
                answer(host, Type.AAAA, r -> r instanceof AAAARecord a ? a.getAddress() : null);
        if (four instanceof Answer.Found<InetAddress> f) {
            List<InetAddress> both = new ArrayList<>(f.records());
            if (six instanceof Answer.Found<InetAddress> s) {
                both.addAll(s.records());
            }
            return new Answer.Found<>(List.copyOf(both), f.ttl());
        }
        if (six instanceof Answer.Found<InetAddress> || !ipv4) {
            return six;
        }
        return four instanceof Answer.TryAgain<InetAddress>
                ? four
                : six instanceof Answer.TryAgain<InetAddress> ? six : four;
    }

    @Override
    public Answer<String> names(InetAddress address) {
        return answer(
                ReverseMap.fromAddress(address).toString(true),
                Type.PTR,
                r -> r instanceof PTRRecord p ? p.getTarget().toString(true) : null);
    }
}

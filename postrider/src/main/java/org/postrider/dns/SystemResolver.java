package org.postrider.dns;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.IDN;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.postrider.time.Clock;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.NameTooLongException;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.ReverseMap;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TLSARecord;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/// DNS through the name servers of resolv.conf, read anew when the file changes. No search list
/// unless [ResolverOptions] say so, no cache: the name server is the cache. Truncated answers are
/// asked for again over TCP. Whatever a hostile server sends, an answer holds at most
/// [#MOST_RECORDS] records, follows at most [#MOST_ALIASES] aliases, and names only valid host
/// names. Texts are Postfix's (dns_lookup(3)).
public final class SystemResolver implements Resolver {
    private static final int MOST_RECORDS = 100;
    private static final int MOST_ALIASES = 10;

    private final NameServers servers;
    private final ResolverOptions options;
    private final Clock clock;
    private final @Nullable Validation validation;
    private final boolean anyName;
    private final @Nullable Long until;

    /// @param port of the name servers, 53
    public SystemResolver(Path resolvConf, int port, Clock clock) {
        this(
                new NameServers(resolvConf, port, clock),
                ResolverOptions.NONE,
                clock,
                null,
                false,
                null);
    }

    /// Asks that server alone.
    public SystemResolver(InetAddress server, int port, Clock clock) {
        this(new NameServers(server, port, clock), ResolverOptions.NONE, clock, null, false, null);
    }

    private SystemResolver(
            NameServers servers,
            ResolverOptions options,
            Clock clock,
            @Nullable Validation validation,
            boolean anyName,
            @Nullable Long until) {
        this.servers = servers;
        this.options = options;
        this.clock = clock;
        this.validation = validation;
        this.anyName = anyName;
        this.until = until;
    }

    @Override
    public Resolver under(ResolverOptions wanted) throws IOException {
        String anchors = wanted.trustAnchors();
        return new SystemResolver(
                servers,
                wanted,
                clock,
                anchors.isEmpty() ? null : new Validation(Path.of(anchors), clock),
                anyName,
                until);
    }

    @Override
    public Resolver ofAnyName() {
        return new SystemResolver(servers, options, clock, validation, true, until);
    }

    @Override
    public Resolver until(long nanos) {
        return new SystemResolver(servers, options, clock, validation, anyName, nanos);
    }

    // ---- one question

    /// What one question gave.
    private sealed interface Raw {
        record Records(List<Record> records, boolean secure, Name name) implements Raw {}

        /// @param rcode or [#LOOPS]
        /// @param why what is known besides; null for nothing
        record Failed(int rcode, @Nullable String why) implements Raw {
            Failed(int rcode) {
                this(rcode, null);
            }
        }
    }

    private static final int LOOPS = -1;

    private Raw ask(Name name, int type) {
        Name at = name;
        boolean secure = true;
        try {
            for (int aliases = 0; aliases <= MOST_ALIASES; aliases++) {
                Message answer = send(at, type);
                secure &= answer.getHeader().getFlag(Flags.AD);
                int rcode = answer.getHeader().getRcode();
                if (rcode != Rcode.NOERROR || answer.getHeader().getFlag(Flags.TC)) {
                    return new Raw.Failed(
                            rcode == Rcode.NOERROR ? Rcode.SERVFAIL : rcode,
                            validation == null ? null : Validation.reason(answer));
                }
                Name end = type == Type.CNAME ? at : aliased(at, answer);
                if (end == null) {
                    return new Raw.Failed(LOOPS);
                }
                List<Record> found = new ArrayList<>();
                boolean foreign = false;
                for (Record r : answer.getSection(Section.ANSWER)) {
                    boolean own = r.getType() == type && r.getName().equals(end);
                    foreign |= r.getType() == type && !own;
                    if (own && found.size() < MOST_RECORDS) {
                        found.add(r);
                    }
                }
                if (found.isEmpty() && foreign) {
                    // Records of other names answer another question, not this one by no.
                    return new Raw.Failed(Rcode.SERVFAIL);
                }
                if (!found.isEmpty() || end.equals(at)) {
                    return new Raw.Records(found, secure, end);
                }
                at = end;
            }
            return new Raw.Failed(LOOPS);
        } catch (IOException e) {
            return new Raw.Failed(Rcode.SERVFAIL);
        }
    }

    private Message send(Name name, int type) throws IOException {
        Message query = Message.newQuery(Record.newRecord(name, type, DClass.IN));
        // Says that the same bit of the answer is understood (RFC 6840 5.7).
        query.getHeader().setFlag(Flags.AD);
        NameServers.Servers now = servers.now();
        Long end = until;
        if (end != null && clock.nanos() - end >= 0) {
            throw new SocketTimeoutException();
        }
        Validation own = validation;
        if (own != null) {
            return own.send(now.asking().signed(), query);
        }
        Message answer = sent(now.asking().usual(), query);
        int rcode = answer.getHeader().getRcode();
        boolean olderThanEdns =
                answer.getOPT() == null && (rcode == Rcode.FORMERR || rcode == Rcode.NOTIMP);
        // RFC 6891 6.2.2: the server may not know EDNS.
        return olderThanEdns ? sent(now.asking().plain(), query) : answer;
    }

    /// Waits for the answer no longer than there is time.
    private Message sent(org.xbill.DNS.Resolver by, Message query) throws IOException {
        Long end = until;
        if (end == null) {
            return by.send(query);
        }
        CompletableFuture<Message> answer = by.sendAsync(query).toCompletableFuture();
        try {
            return answer.get(Math.max(0, end - clock.nanos()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            answer.cancel(true);
            throw new IOException(e);
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }

    /// Where the aliases of an answer lead; null if they never end.
    private static @Nullable Name aliased(Name from, Message answer) {
        Name at = from;
        for (int i = 0; i <= MOST_ALIASES; i++) {
            Name next = at;
            for (Record r : answer.getSection(Section.ANSWER)) {
                if (r instanceof CNAMERecord c && c.getName().equals(at)) {
                    next = c.getTarget();
                    break;
                }
            }
            if (next.equals(at)) {
                return at;
            }
            at = next;
        }
        return null;
    }

    /// A host, as smtp_dns_resolver_options have it: the way of res_search(3), whose first domain
    /// alone counts without res_dnsrch.
    private Raw search(String host, Name asked, int type) {
        boolean dots = host.indexOf('.') >= 0;
        NameServers.Servers now;
        try {
            now = servers.now();
        } catch (IOException e) {
            return new Raw.Failed(Rcode.SERVFAIL);
        }
        boolean first = host.chars().filter(c -> c == '.').count() >= now.leastDots();
        Raw asItIs = first ? ask(asked, type) : null;
        if (asItIs != null && found(asItIs)) {
            return asItIs;
        }
        boolean noData = false;
        boolean trouble = false;
        if (dots ? options.search() : options.defaultDomain()) {
            for (Name domain : now.search()) {
                Raw raw = below(asked, domain, type);
                if (found(raw)) {
                    return raw;
                }
                noData |= raw instanceof Raw.Records;
                trouble |= raw instanceof Raw.Failed f && f.rcode() == Rcode.SERVFAIL;
                if (!options.search()) {
                    break;
                }
            }
        }
        Raw last = asItIs == null ? ask(asked, type) : asItIs;
        if (asItIs != null || found(last) || !(noData || trouble)) {
            return last;
        }
        return noData ? new Raw.Records(List.of(), false, asked) : new Raw.Failed(Rcode.SERVFAIL);
    }

    private static boolean found(Raw raw) {
        return raw instanceof Raw.Records r && !r.records().isEmpty();
    }

    private Raw below(Name host, Name domain, int type) {
        try {
            return ask(Name.concatenate(host.relativize(Name.root), domain), type);
        } catch (NameTooLongException e) {
            return new Raw.Failed(Rcode.NXDOMAIN);
        }
    }

    // ---- its meaning

    /// Reads a record's data; null leaves it out.
    private interface Read<T> {
        @Nullable T value(Record record);
    }

    private <T> Answer<T> answer(String name, int type, Read<T> read) {
        String ascii = ascii(name);
        if (ascii == null) {
            return new Answer.NoName<>(
                    "Name service error for " + name + ": invalid host or domain name");
        }
        Name asked;
        try {
            asked = Name.fromString(ascii.replace("\\", "\\\\"), Name.root);
        } catch (TextParseException e) {
            return new Answer.NoName<>(
                    "Name service error for " + name + ": invalid host or domain name");
        }
        boolean host = options.searches() && (type == Type.A || type == Type.AAAA);
        return switch (host ? search(ascii, asked, type) : ask(asked, type)) {
            case Raw.Failed f -> failed(f, ascii, type);
            case Raw.Records r -> records(r, ascii, type, read);
        };
    }

    private static <T> Answer<T> failed(Raw.Failed failed, String name, int type) {
        String more = failed.why() == null ? "" : " (DNSSEC: " + failed.why() + ")";
        return switch (failed.rcode()) {
            case LOOPS -> new Answer.NoName<>("Name server loop for " + name);
            case Rcode.NXDOMAIN -> new Answer.NoName<>(text(name, type, "Host not found"));
            default -> new Answer.TryAgain<>(text(name, type, "Host not found, try again") + more);
        };
    }

    private static <T> Answer<T> records(Raw.Records found, String name, int type, Read<T> read) {
        List<Record> records = found.records();
        List<T> out = new ArrayList<>(records.size());
        long ttl = Long.MAX_VALUE;
        for (Record each : records) {
            T value = read.value(each);
            if (value != null) {
                out.add(value);
                ttl = Math.min(ttl, each.getTTL());
            }
        }
        // Mail exchangers and services that all are malformed are none to replace by the domain.
        boolean replaced = type == Type.MX || type == Type.SRV;
        if (records.isEmpty() || out.isEmpty() && !replaced) {
            return new Answer.NoData<>(
                    text(name, type, "Host found but no data record of requested type"));
        }
        return new Answer.Found<>(
                List.copyOf(out),
                Duration.ofSeconds(out.isEmpty() ? 0 : Math.max(0, ttl)),
                found.secure(),
                found.name().toString(true));
    }

    private static String text(String name, int type, String why) {
        return "Host or domain name not found. Name service error for name="
                + name
                + " type="
                + Type.string(type)
                + ": "
                + why;
    }

    @Override
    public Answer<Mx> mx(String domain) {
        return answer(domain, Type.MX, this::exchanger);
    }

    private @Nullable Mx exchanger(Record r) {
        if (!(r instanceof MXRecord m)) {
            return null;
        }
        String host = m.getTarget().toString(true);
        if (host.equals(".")) {
            return new Mx(m.getPriority(), "");
        }
        return host.isEmpty()
                        || anyName
                        || HostName.valid(host)
                        || NameServers.literal(host) != null
                ? new Mx(m.getPriority(), host)
                : null;
    }

    @Override
    public Answer<Srv> srv(String service) {
        return answer(service, Type.SRV, SystemResolver::service);
    }

    private static @Nullable Srv service(Record r) {
        if (!(r instanceof SRVRecord s)) {
            return null;
        }
        String host = s.getTarget().toString(true);
        String target = host.equals(".") ? "" : host;
        return target.isEmpty() || HostName.valid(target) || NameServers.literal(target) != null
                ? new Srv(s.getPriority(), s.getWeight(), s.getPort(), target)
                : null;
    }

    @Override
    public Answer<Tlsa> tlsa(String name) {
        return answer(
                name,
                Type.TLSA,
                r ->
                        r instanceof TLSARecord t
                                ? new Tlsa(
                                        t.getCertificateUsage(),
                                        t.getSelector(),
                                        t.getMatchingType(),
                                        HexFormat.of().formatHex(t.getCertificateAssociationData()))
                                : null);
    }

    @Override
    public Answer<String> texts(String name) {
        return texts(name, Integer.MAX_VALUE);
    }

    @Override
    public Answer<String> firstTexts(String name) {
        return texts(name, 1);
    }

    private Answer<String> texts(String name, int strings) {
        return answer(
                name,
                Type.TXT,
                r -> {
                    if (!(r instanceof TXTRecord t)) {
                        return null;
                    }
                    StringBuilder out = new StringBuilder();
                    t.getStringsAsByteArrays().stream()
                            .limit(strings)
                            .forEach(s -> out.append(new String(s, StandardCharsets.ISO_8859_1)));
                    return out.toString();
                });
    }

    @Override
    public Answer<String> nameServers(String domain) {
        return answer(
                domain,
                Type.NS,
                r -> r instanceof NSRecord n ? valid(n.getTarget().toString(true)) : null);
    }

    @Override
    public Answer<String> alias(String name) {
        return answer(
                name,
                Type.CNAME,
                r -> r instanceof CNAMERecord c ? c.getTarget().toString(true) : null);
    }

    @Override
    public Answer<InetAddress> addresses(String host, boolean ipv4, boolean ipv6) {
        Answer<InetAddress> four =
                ipv4 ? answer(host, Type.A, SystemResolver::address) : new Answer.NoData<>("");
        if (!ipv6) {
            return four;
        }
        Answer<InetAddress> six = answer(host, Type.AAAA, SystemResolver::address);
        if (four instanceof Answer.Found<InetAddress> f) {
            if (!(six instanceof Answer.Found<InetAddress> s)) {
                return f;
            }
            List<InetAddress> both = new ArrayList<>(f.records());
            both.addAll(s.records());
            Duration ttl = f.ttl().compareTo(s.ttl()) < 0 ? f.ttl() : s.ttl();
            return new Answer.Found<>(List.copyOf(both), ttl, f.secure() && s.secure(), f.name());
        }
        boolean unsure = four instanceof Answer.TryAgain<InetAddress>;
        return unsure && !(six instanceof Answer.Found<InetAddress>) ? again(four, six) : six;
    }

    /// Neither gave an address and one of them may yet; the last one's words count.
    private static Answer<InetAddress> again(Answer<InetAddress> four, Answer<InetAddress> six) {
        return six instanceof Answer.TryAgain<InetAddress> ? six : four;
    }

    private static @Nullable InetAddress address(Record r) {
        InetAddress named =
                switch (r) {
                    case ARecord a -> a.getAddress();
                    case AAAARecord a -> a.getAddress();
                    default -> null;
                };
        try {
            // Without the name that dnsjava puts into it.
            return named == null ? null : InetAddress.getByAddress(named.getAddress());
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Answer<String> names(InetAddress address) {
        return answer(
                ReverseMap.fromAddress(address).toString(true),
                Type.PTR,
                r -> r instanceof PTRRecord p ? valid(p.getTarget().toString(true)) : null);
    }

    private static @Nullable String valid(String name) {
        return HostName.valid(name) ? name : null;
    }

    /// The name as DNS knows it; null if it is none.
    private @Nullable String ascii(String name) {
        if (anyName) {
            // An @ alone would be the root.
            return name.isEmpty() || name.equals("@") ? null : name;
        }
        String out = name;
        if (!name.chars().allMatch(c -> c < 128)) {
            String decoded =
                    new String(name.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
            try {
                out = IDN.toASCII(decoded, IDN.ALLOW_UNASSIGNED);
            } catch (IllegalArgumentException e) {
                return null;
            }
        }
        return HostName.valid(out) ? out : null;
    }
}

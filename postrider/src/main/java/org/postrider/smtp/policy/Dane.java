package org.postrider.smtp.policy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.dns.Resolver;
import org.postrider.dns.Resolver.Answer;
import org.postrider.dns.Resolver.Tlsa;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.Protocol;
import org.postrider.smtp.SmtpParams;
import org.postrider.smtp.SmtpTlsParams;
import org.postrider.smtp.route.Destination;
import org.postrider.smtp.route.Server;
import org.postrider.smtp.route.Trail;
import org.postrider.time.Clock;
import org.postrider.tls.ServerProof;
import org.postrider.tls.ServerProof.Record;
import org.postrider.tls.TlsFiles;
import org.postrider.tlsrpt.TlsResult;

/// What a server has to prove by the TLSA records of its name (RFC 7672): levels dane and
/// dane-only. Whether the DNS can be believed is the resolver's word. Answers are kept for as long
/// as they say, up to 100 seconds. Any thread.
final class Dane {
    private static final int MOST_KEPT = 256;
    private static final long MOST_SECONDS = 100;
    private static final long NANOS = 1_000_000_000L;
    private static final Said REQUIRED = Said.failed(TlsResult.Reason.DANE_REQUIRED, "");

    private final ClientSettings settings;
    private final Resolver dns;
    private final Clock clock;
    private final Consumer<String> warnings;
    private final Map<String, Kept> kept = new ConcurrentHashMap<>();

    private record Kept(Found found, long untilNanos) {}

    /// What comes of the DNS for one server.
    sealed interface Outcome {
        /// It is to be content with these records, which are of that name.
        record Proved(TlsLevel level, ServerProof proof, String name, Said said)
                implements Outcome {}

        /// As at another level, may or encrypt.
        record Instead(TlsLevel level, Said said) implements Outcome {}

        /// Mail waits.
        ///
        /// @param text null where only the log is told
        record Refused(@Nullable String text, Said said) implements Outcome {}
    }

    /// What was found for one name.
    private sealed interface Found {
        /// Some usable ones, or none that is.
        ///
        /// @param shown all of them as the DNS has them
        record Records(List<Record> usable, List<String> shown, String name) implements Found {}

        /// None that DNSSEC vouches for.
        record None() implements Found {}

        record Trouble() implements Found {}
    }

    Dane(ClientSettings settings, Resolver dns, Clock clock, Consumer<String> warnings) {
        this.settings = settings;
        this.dns = dns;
        this.clock = clock;
        this.warnings = warnings;
    }

    Outcome of(TlsLevel level, Destination to, Server server) {
        if (to.kind() == Destination.Kind.PATH) {
            warnings.accept(
                    to.text()
                            + ": the \"dane\" security level is invalid for delivery via"
                            + " unix-domain sockets");
            return new Outcome.Refused(null, Said.NOTHING);
        }
        String configured = misconfigured(settings);
        if (configured != null) {
            warnings.accept(to.text() + ": " + level.word() + " configured with " + configured);
            return level == TlsLevel.DANE
                    ? new Outcome.Instead(TlsLevel.MAY, Said.NOTHING)
                    : new Outcome.Refused(null, Said.NOTHING);
        }
        Trail trail = server.trail();
        TlsLevel strange = insecureExchangers();
        boolean stranger = trail.exchanged() && !trail.domainSecure();
        String fault = stranger ? fault(settings) : null;
        if (fault != null) {
            warnings.accept(to.text() + ": " + fault);
            return new Outcome.Refused(null, Said.NOTHING);
        }
        if (stranger && (level == TlsLevel.DANE_ONLY || strange == TlsLevel.MAY)) {
            return lacking(level, TlsLevel.MAY, "non DNSSEC destination", REQUIRED);
        }
        return switch (found(server)) {
            case Found.Trouble _ ->
                    new Outcome.Refused(
                            "TLSA lookup error for " + server.name() + ":" + server.port(),
                            Said.failed(TlsResult.Reason.DNSSEC_INVALID, ""));
            case Found.None _ -> lacking(level, TlsLevel.MAY, "no TLSA records found", REQUIRED);
            case Found.Records(List<Record> usable, List<String> shown, String name) -> {
                Said said =
                        new Said(
                                new TlsResult.Policy(TlsResult.Kind.TLSA, name, shown, List.of()),
                                null);
                if (usable.isEmpty()) {
                    yield lacking(
                            level,
                            TlsLevel.ENCRYPT,
                            "TLSA records unusable",
                            said.but(TlsResult.Reason.TLSA_INVALID, ""));
                }
                if (stranger && strange == TlsLevel.ENCRYPT) {
                    yield new Outcome.Instead(TlsLevel.ENCRYPT, said);
                }
                yield new Outcome.Proved(
                        stranger ? TlsLevel.HALF_DANE : level,
                        new ServerProof.Recorded(usable, names(name, trail), false),
                        name,
                        said);
            }
        };
    }

    /// A domain that has no records to go by is told so only where they are required.
    private static Outcome lacking(TlsLevel level, TlsLevel instead, String why, Said said) {
        return level == TlsLevel.DANE
                ? new Outcome.Instead(instead, said == REQUIRED ? Said.NOTHING : said)
                : new Outcome.Refused(why, said);
    }

    private static List<String> names(String base, Trail trail) {
        Set<String> out = new LinkedHashSet<>(List.of(base));
        if (trail.exchanged()) {
            out.add(trail.domainEnd());
            out.add(trail.domain());
        }
        return List.copyOf(out);
    }

    /// Why nothing can be proved by the DNS; null where it can.
    static @Nullable String misconfigured(ClientSettings settings) {
        if (!settings.get(SmtpParams.DNS_SUPPORT_LEVEL).equalsIgnoreCase("dnssec")
                || !settings.get(SmtpParams.HOST_LOOKUP).contains("dns")) {
            return "dnssec lookups disabled";
        }
        boolean ignored =
                settings.protocol() == Protocol.SMTP && settings.get(SmtpParams.IGNORE_MX_ERROR);
        return ignored ? "MX lookup errors ignored" : null;
    }

    /// What is wrong with the word for exchangers that DNSSEC does not vouch for: their mail waits;
    /// null for nothing.
    static @Nullable String fault(ClientSettings settings) {
        String word = settings.get(SmtpTlsParams.DANE_INSECURE_MX_POLICY);
        TlsLevel level = TlsLevel.of(word);
        return level == TlsLevel.DANE || level == TlsLevel.ENCRYPT || level == TlsLevel.MAY
                ? null
                : SmtpTlsParams.DANE_INSECURE_MX_POLICY.name()
                        + " = "
                        + word
                        + ": neither dane nor encrypt nor may";
    }

    /// What is made of exchangers that DNSSEC does not vouch for: dane, encrypt or may.
    private TlsLevel insecureExchangers() {
        String word = settings.get(SmtpTlsParams.DANE_INSECURE_MX_POLICY);
        TlsLevel level = TlsLevel.of(word);
        return level == TlsLevel.DANE || level == TlsLevel.ENCRYPT ? level : TlsLevel.MAY;
    }

    // ---- the records

    private Found found(Server server) {
        Trail trail = server.trail();
        String end = trail.hostEnd();
        boolean alias = !end.isEmpty() && !end.equalsIgnoreCase(server.name());
        if (!trail.hostSecure() && !settings.get(SmtpTlsParams.FORCE_INSECURE_HOST_TLSA)) {
            if (!alias) {
                return new Found.None();
            }
            switch (dns.alias(server.name())) {
                case Answer.Found<String> f -> {
                    if (!f.secure()) {
                        return new Found.None();
                    }
                }
                case Answer.TryAgain<String> t -> {
                    return noAlias(server, t.text());
                }
                case Answer.NoName<String> _, Answer.NoData<String> _ -> {
                    return noAlias(server, "no longer a CNAME");
                }
            }
        }
        Found found = new Found.None();
        if (trail.hostSecure()) {
            found = records(alias ? end : server.name(), server.port());
        }
        return found instanceof Found.None && (alias || !trail.hostSecure())
                ? records(server.name(), server.port())
                : found;
    }

    private Found noAlias(Server server, String why) {
        warnings.accept("DNSSEC status lookup error for " + server.name() + ": " + why);
        return new Found.Trouble();
    }

    private Found records(String host, int port) {
        String name = "_" + port + "._tcp." + host;
        Kept known = kept.get(name);
        if (known != null && known.untilNanos() - clock.nanos() > 0) {
            return known.found();
        }
        long seconds = 1;
        Found found = new Found.None();
        switch (dns.tlsa(name)) {
            case Answer.Found<Tlsa> f -> {
                seconds = Math.clamp(f.ttl().toSeconds(), 1, MOST_SECONDS) + 1;
                found = f.secure() ? read(name, host, f.records()) : found;
            }
            case Answer.TryAgain<Tlsa> t -> {
                warnings.accept("DANE TLSA lookup problem: " + t.text());
                return new Found.Trouble();
            }
            case Answer.NoName<Tlsa> _, Answer.NoData<Tlsa> _ -> {
                // There are none.
            }
        }
        if (kept.size() >= MOST_KEPT) {
            kept.clear();
        }
        kept.put(name, new Kept(found, clock.nanos() + seconds * NANOS));
        return found;
    }

    private Found read(String name, String host, List<Tlsa> all) {
        Map<Integer, String> digests = digests();
        List<Integer> order = List.copyOf(digests.keySet());
        // Of digests of the same thing only the one that is liked best counts (RFC 7671 9).
        Map<Integer, Integer> best = new HashMap<>();
        List<Tlsa> good = new ArrayList<>();
        for (Tlsa each : all) {
            String fault = fault(each, digests);
            if (fault != null) {
                warnings.accept(name + " " + fault + ": " + shown(inCapitals(each)));
                continue;
            }
            good.add(each);
            if (each.matching() != 0) {
                best.merge(kind(each), order.indexOf(each.matching()), Math::min);
            }
        }
        List<Record> out = new ArrayList<>();
        for (Tlsa each : good) {
            String digest = "";
            if (each.matching() != 0) {
                if (order.indexOf(each.matching()) != best.getOrDefault(kind(each), -1)) {
                    continue;
                }
                digest = String.valueOf(digests.get(each.matching()));
            }
            out.add(new Record(each.usage(), each.selector(), digest, each.data()));
        }
        return new Found.Records(List.copyOf(out), all.stream().map(Dane::shown).toList(), host);
    }

    private static int kind(Tlsa record) {
        return record.usage() * 256 + record.selector();
    }

    private static @Nullable String fault(Tlsa record, Map<Integer, String> digests) {
        if (record.usage() != Record.AUTHORITY && record.usage() != Record.LEAF) {
            return "unsupported TLSA certificate usage";
        }
        if (record.matching() == 255) {
            return "reserved private-use matching type";
        }
        String digest = record.matching() == 0 ? "" : digests.get(record.matching());
        if (digest == null
                || record.selector() > Record.KEY
                || !TlsFiles.usable(
                        new Record(record.usage(), record.selector(), digest, record.data()))) {
            return "unusable TLSA RR";
        }
        return null;
    }

    private static Tlsa inCapitals(Tlsa record) {
        HexFormat capitals = HexFormat.of().withUpperCase();
        String data = capitals.formatHex(capitals.parseHex(record.data()));
        return new Tlsa(record.usage(), record.selector(), record.matching(), data);
    }

    private static String shown(Tlsa record) {
        String data = record.data();
        return record.usage()
                + " "
                + record.selector()
                + " "
                + record.matching()
                + " "
                + (data.length() > 128
                        ? data.substring(0, 64) + "..." + data.substring(data.length() - 64)
                        : data);
    }

    /// tls_dane_digests: the JDK's names by matching type, the one liked best first.
    private Map<Integer, String> digests() {
        Map<Integer, String> out = new java.util.LinkedHashMap<>();
        for (String word : settings.get(SmtpTlsParams.DANE_DIGESTS)) {
            int equals = word.indexOf('=');
            String name = equals < 0 ? word : word.substring(0, equals);
            String number = equals < 0 ? "" : word.substring(equals + 1);
            int own = name.equalsIgnoreCase("sha256") ? 1 : name.equalsIgnoreCase("sha512") ? 2 : 0;
            int type = number.matches("[0-9]{1,3}") ? Integer.parseInt(number) : own;
            boolean fits = type > 0 && type < 255 && (type > 2 || type == own);
            if (name.isEmpty()) {
                continue;
            }
            try {
                if (!fits || out.putIfAbsent(type, TlsFiles.digest(name)) != null) {
                    warnings.accept(SmtpTlsParams.DANE_DIGESTS.name() + ": bad entry " + word);
                }
            } catch (ConfigException e) {
                warnings.accept(
                        SmtpTlsParams.DANE_DIGESTS.name()
                                + ": digest algorithm \""
                                + name
                                + "\"("
                                + type
                                + ") unknown");
            }
        }
        return out;
    }
}

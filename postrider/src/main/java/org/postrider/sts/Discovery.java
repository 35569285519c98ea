package org.postrider.sts;

import java.io.IOException;
import java.net.IDN;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.dns.HostName;
import org.postrider.dns.Resolver;
import org.postrider.dns.Resolver.Answer;
import org.postrider.https.HttpsClient;
import org.postrider.https.HttpsException;
import org.postrider.io.Connector;
import org.postrider.maps.Fold;
import org.postrider.sts.StsFinding.Failure;
import org.postrider.sts.StsFinding.Kind;
import org.postrider.time.Clock;

/// Finds the policy of one domain: its DNS record, and the file of its policy host (RFC 8461 3.1,
/// 3.3). Blocking; any thread.
final class Discovery {
    private static final HttpsClient.Limits LIMITS =
            new HttpsClient.Limits(Duration.ofSeconds(60), 64 << 10);

    private final Resolver dns;
    private final HttpsClient https;
    private final HttpsClient.Limits limits;
    private final int port;

    /// What the DNS announces.
    sealed interface Announced {
        record Id(String id, Duration ttl) implements Announced {}

        /// Nothing, or nothing that counts.
        record Nothing() implements Announced {}

        record Trouble(String text) implements Announced {}
    }

    /// What a policy host says.
    sealed interface Fetched {
        record Policy(StsPolicy policy) implements Fetched {}

        record Failed(Failure why) implements Fetched {}
    }

    Discovery(Resolver dns, Connector connector, Clock clock) {
        this(dns, connector, clock, 443, LIMITS);
    }

    Discovery(Resolver dns, Connector connector, Clock clock, int port, HttpsClient.Limits limits) {
        this.dns = dns;
        this.port = port;
        this.limits = limits;
        https = new HttpsClient(connector, this::addresses, clock);
    }

    private List<InetAddress> addresses(String host) throws IOException {
        return switch (dns.addresses(host, true, true)) {
            case Answer.Found<InetAddress> f -> f.records();
            case Answer.NoName<InetAddress> n -> throw new IOException(n.text());
            case Answer.NoData<InetAddress> n -> throw new IOException(n.text());
            case Answer.TryAgain<InetAddress> t -> throw new IOException(t.text());
        };
    }

    Announced announced(String domain) {
        return switch (dns.texts("_mta-sts." + domain)) {
            case Answer.Found<String> f -> {
                String id = StsRecord.id(f.records());
                yield id == null ? new Announced.Nothing() : new Announced.Id(id, f.ttl());
            }
            case Answer.NoName<String> _, Answer.NoData<String> _ -> new Announced.Nothing();
            case Answer.TryAgain<String> t -> new Announced.Trouble(t.text());
        };
    }

    /// @param authorities smtp_tls_sts_CAfile
    Fetched fetched(String domain, String id, String authorities) {
        String host = "mta-sts." + domain;
        String place = "https://" + host + "/.well-known/mta-sts.txt";
        URI uri;
        try {
            uri = URI.create(port == 443 ? place : place.replace(host, host + ":" + port));
        } catch (IllegalArgumentException e) {
            return failed(Kind.FETCH_ERROR, place + ": no URL");
        }
        try {
            HttpsClient.Answer answer =
                    https.ask(
                            HttpsClient.Request.get(uri, Map.of("Accept", "text/plain")),
                            limits,
                            authorities);
            return read(domain, id, place, answer);
        } catch (HttpsException e) {
            Kind kind =
                    switch (e.kind()) {
                        case CERTIFICATE -> Kind.WEBPKI_INVALID;
                        case SETTING -> Kind.LOCAL;
                        default -> Kind.FETCH_ERROR;
                    };
            return failed(kind, place + ": " + e.getMessage());
        }
    }

    private static Fetched read(String domain, String id, String place, HttpsClient.Answer answer) {
        if (answer.status() != 200) {
            // A redirect is not followed (3.3).
            return failed(Kind.FETCH_ERROR, place + ": answered " + answer.status());
        }
        String type = Fold.lower(answer.header("content-type")).split(";", 2)[0].strip();
        if (!type.equals("text/plain")) {
            return failed(Kind.INVALID, place + ": not text/plain");
        }
        try {
            String text = new String(answer.body(), StandardCharsets.ISO_8859_1);
            return new Fetched.Policy(StsPolicy.parse(domain, id, text));
        } catch (StsPolicy.Invalid e) {
            return failed(Kind.INVALID, place + ": " + e.getMessage());
        }
    }

    private static Fetched failed(Kind kind, String text) {
        return new Fetched.Failed(new Failure(kind, printable(text)));
    }

    private static String printable(String text) {
        String out = text.replaceAll("[^\\x20-\\x7e]+", " ");
        return out.length() > 300 ? out.substring(0, 300) + "..." : out;
    }

    /// A domain as the DNS knows it; null where it can have none.
    static @Nullable String name(String domain) {
        String out = domain.endsWith(".") ? domain.substring(0, domain.length() - 1) : domain;
        if (!out.chars().allMatch(c -> c < 128)) {
            byte[] utf8 = out.getBytes(StandardCharsets.ISO_8859_1);
            try {
                out = IDN.toASCII(new String(utf8, StandardCharsets.UTF_8), IDN.ALLOW_UNASSIGNED);
            } catch (IllegalArgumentException e) {
                return null;
            }
        }
        out = Fold.lower(out);
        return HostName.valid(out) ? out : null;
    }
}

package org.postrider.https;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.https.HttpsException.Kind;
import org.postrider.io.Connection;
import org.postrider.io.Connector;
import org.postrider.io.DeadlineException;
import org.postrider.maps.Fold;
import org.postrider.time.Clock;
import org.postrider.tls.ServerProof;
import org.postrider.tls.TlsClient;
import org.postrider.tls.TlsClientSettings;
import org.postrider.tls.TlsConnection;
import org.postrider.tls.TlsServerSettings;

/// Asks servers over HTTPS, once each. Blocking; any thread.
public final class HttpsClient {
    private static final int PORT = 443;
    private static final int LAST_PORT = 65_535;
    private static final int MOST_ADDRESSES = 4;
    private static final long CONNECT_MILLIS = 10_000;
    private static final int DEPTH = 9;
    private static final int HOST_NAME = 2;
    private static final int ADDRESS = 7;

    private final Connector connector;
    private final Lookup lookup;
    private final Clock clock;

    /// Where a host is.
    @FunctionalInterface
    public interface Lookup {
        /// @throws IOException with a text for people, if there is no address
        List<InetAddress> of(String host) throws IOException;
    }

    /// @param uri `https:`, with a host
    /// @param headers besides Host, Content-Length and Connection
    /// @param body null for a request that has none
    public record Request(
            String method, URI uri, Map<String, String> headers, byte @Nullable [] body) {
        public static Request get(URI uri, Map<String, String> headers) {
            return new Request("GET", uri, headers, null);
        }

        public static Request post(URI uri, Map<String, String> headers, byte[] body) {
            return new Request("POST", uri, headers, body);
        }
    }

    /// @param whole for all of it, from the look-up to the last octet
    /// @param octets of the answer's body, at most
    public record Limits(Duration whole, int octets) {}

    /// What a server answers, whatever its status.
    ///
    /// @param headers by lower-case name; one that came again, with `, ` between
    public record Answer(int status, Map<String, String> headers, byte[] body) {
        /// @param name in lower case
        /// @return empty where it is not there
        public String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    public HttpsClient(Connector connector, Lookup lookup, Clock clock) {
        this.connector = connector;
        this.lookup = lookup;
        this.clock = clock;
    }

    /// @param authorities a PEM file of those that are trusted; empty for the platform's own
    public Answer ask(Request request, Limits limits, String authorities) throws HttpsException {
        URI uri = request.uri();
        String host = uri.getHost();
        if (!"https".equalsIgnoreCase(uri.getScheme()) || host == null) {
            throw new HttpsException(Kind.SETTING, "no https: " + uri.getScheme());
        }
        int port = uri.getPort() < 0 ? PORT : uri.getPort();
        if (port == 0 || port > LAST_PORT) {
            throw new HttpsException(Kind.UNREACHABLE, "no port " + port);
        }
        Deadline deadline = new Deadline(clock, limits.whole());
        String name = (host.startsWith("[") ? host.substring(1, host.length() - 1) : host);
        Connection plain = null;
        try {
            TlsClient tls = engine(authorities);
            plain = connected(name, port, deadline);
            TlsConnection secured = secured(tls, plain, Fold.lower(name), deadline);
            byte[] head = head(request, host).getBytes(StandardCharsets.ISO_8859_1);
            byte[] body = request.body() == null ? new byte[0] : request.body();
            secured.deadline(deadline.millis());
            secured.write(head, 0, head.length, body, 0, body.length);
            return new Incoming(secured, deadline, limits.octets()).answer();
        } catch (DeadlineException e) {
            throw new HttpsException(Kind.TIMED_OUT, "timed out");
        } catch (ConfigException e) {
            throw new HttpsException(Kind.SETTING, String.valueOf(e.getMessage()));
        } catch (HttpsException e) {
            throw e;
        } catch (IOException e) {
            throw new HttpsException(Kind.BROKEN, "lost connection");
        } finally {
            if (plain != null) {
                plain.close();
            }
        }
    }

    private TlsClient engine(String authorities) {
        return TlsClient.of(
                new TlsClientSettings(
                        ">=TLSv1.2",
                        TlsServerSettings.Ciphers.ANY,
                        List.of(),
                        new TlsClientSettings.Trust(authorities, "", authorities.isEmpty(), DEPTH),
                        "sha256",
                        TlsClientSettings.Keys.NONE),
                _ -> {},
                clock);
    }

    private Connection connected(String host, int port, Deadline deadline) throws IOException {
        List<InetAddress> all;
        try {
            all = lookup.of(host);
        } catch (IOException e) {
            throw new HttpsException(Kind.UNREACHABLE, String.valueOf(e.getMessage()));
        }
        String why = "no address for " + host;
        for (InetAddress each : all.subList(0, Math.min(MOST_ADDRESSES, all.size()))) {
            long millis = Math.min(CONNECT_MILLIS, deadline.millis());
            try {
                return connector.connect(new InetSocketAddress(each, port), null, millis);
            } catch (DeadlineException e) {
                why = "timed out";
            } catch (IOException e) {
                why = String.valueOf(e.getMessage());
            }
        }
        throw new HttpsException(why.equals("timed out") ? Kind.TIMED_OUT : Kind.UNREACHABLE, why);
    }

    private static TlsConnection secured(
            TlsClient tls, Connection plain, String name, Deadline deadline) throws IOException {
        TlsConnection made;
        try {
            ServerProof wanted = new ServerProof.Named(List.of(name));
            made = tls.connect(plain, name, wanted, deadline.millis());
        } catch (DeadlineException e) {
            throw e;
        } catch (IOException e) {
            throw new HttpsException(Kind.CERTIFICATE, "no TLS handshake");
        }
        ServerProof.Verdict verdict = made.verdict();
        ServerProof.Fault fault = verdict.fault();
        if (!verdict.matched() || fault != null) {
            throw new HttpsException(
                    Kind.CERTIFICATE,
                    "certificate not verified: "
                            + (fault == null ? "hostname mismatch" : fault.reason()));
        }
        X509Certificate own = made.peerCertificate();
        if (own == null || !named(own)) {
            throw new HttpsException(
                    Kind.CERTIFICATE, "certificate not verified: no name in subjectAltName");
        }
        return made;
    }

    /// Common names count for nothing here (RFC 9110 4.3.4, RFC 8461 3.3).
    private static boolean named(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names != null
                    && names.stream()
                            .map(List::getFirst)
                            .anyMatch(kind -> kind.equals(HOST_NAME) || kind.equals(ADDRESS));
        } catch (CertificateParsingException e) {
            return false;
        }
    }

    private static String head(Request request, String host) {
        URI uri = request.uri();
        StringBuilder out = new StringBuilder(request.method()).append(' ');
        String path = uri.getRawPath();
        out.append(path == null || path.isEmpty() ? "/" : path);
        out.append(uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
        out.append(" HTTP/1.1\r\nHost: ").append(host);
        out.append(uri.getPort() < 0 ? "" : ":" + uri.getPort());
        out.append("\r\nUser-Agent: Postrider\r\nAccept-Encoding: identity\r\n");
        request.headers()
                .forEach((name, value) ->
                        out.append(name).append(": ").append(plain(value)).append("\r\n"));
        byte[] body = request.body();
        if (body != null) {
            out.append("Content-Length: ").append(body.length).append("\r\n");
        }
        return out.append("Connection: close\r\n\r\n").toString();
    }

    /// Nothing in a value begins another line.
    private static String plain(String value) {
        return value.replaceAll("[\\x00-\\x1f\\x7f]", " ");
    }
}

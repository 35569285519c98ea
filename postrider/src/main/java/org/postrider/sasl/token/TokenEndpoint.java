package org.postrider.sasl.token;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.text.ParseException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.Reading;
import org.postrider.sasl.ClientExchange;
import org.postrider.threads.Supervisor;
import org.postrider.threads.Work;

/// Asks an authorization server for a token (RFC 6749 4.4 and 6, RFC 8628), over HTTPS that is
/// verified, within a time and a size. What it says of a failure is told, and no secret. Any
/// thread.
public final class TokenEndpoint {
    static final String GOOGLE = "https://accounts.google.com/o/oauth2/token";
    private static final Duration WHOLE = Duration.ofSeconds(20);
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final long MOST_OCTETS = 64 << 10;
    private static final int MOST_WORDS = 200;
    private static final int SHORTEST_SECRET = 4;
    private static final Work WORK =
            Work.of("token-endpoint", "talks to the authorization server")
                    .failing("the login fails");

    private final Supervisor threads;
    private final Duration whole;

    public TokenEndpoint(Supervisor threads) {
        this(threads, WHOLE);
    }

    TokenEndpoint(Supervisor threads, Duration whole) {
        this.threads = threads;
        this.whole = whole;
    }

    /// A new access token.
    ///
    /// @param settings `token_endpoint`, `client_id`, `client_secret`, `refresh_token` or
    ///   `use_client_credentials`, `scope`, `ca_bundle_file`
    Map<String, Object> fetch(Map<String, Object> settings) throws ClientExchange.NoToken {
        Map<String, String> form = new LinkedHashMap<>();
        String own = TokenFiles.text(settings, "use_client_credentials");
        boolean credentials = own.equalsIgnoreCase("yes") || own.equalsIgnoreCase("true");
        form.put("grant_type", credentials ? "client_credentials" : "refresh_token");
        form.put("client_id", TokenFiles.text(settings, "client_id"));
        form.put("client_secret", TokenFiles.text(settings, "client_secret"));
        form.put("refresh_token", credentials ? "" : TokenFiles.text(settings, "refresh_token"));
        form.put("scope", TokenFiles.text(settings, "scope"));
        form.values().removeIf(String::isEmpty);
        if (!credentials && !form.containsKey("refresh_token")) {
            throw new ClientExchange.NoToken("the token has ended and there is no refresh_token");
        }
        String url = TokenFiles.text(settings, "token_endpoint");
        Answer answer =
                ask(
                        url.isEmpty() ? GOOGLE : url,
                        form,
                        TokenFiles.text(settings, "ca_bundle_file"));
        if (TokenFiles.text(answer.said(), "access_token").isEmpty()) {
            throw new ClientExchange.NoToken(answer.words());
        }
        return answer.said();
    }

    /// What an end point says.
    ///
    /// @param said as JSON; a failure has `error` (RFC 6749 5.2)
    /// @param words of a failure, for people, without secrets
    public record Answer(Map<String, Object> said, String words) {
        @Override
        public String toString() {
            return words;
        }
    }

    /// Sends a form.
    ///
    /// @param authorities a PEM file of those that are trusted; empty for Java's own
    /// @throws ClientExchange.NoToken where it does not answer, or not in JSON
    public Answer ask(String url, Map<String, String> form, String authorities)
            throws ClientExchange.NoToken {
        URI uri;
        try {
            uri = URI.create(url);
        } catch (IllegalArgumentException e) {
            throw new ClientExchange.NoToken("token endpoint is no URL");
        }
        if (!"https".equalsIgnoreCase(uri.getScheme()) || uri.getHost() == null) {
            throw new ClientExchange.NoToken("token endpoint " + plain(uri) + " is not https");
        }
        String where = "token endpoint " + plain(uri) + ": ";
        HttpResponse<byte[]> answer = answer(uri, form, authorities, where);
        String body = new String(answer.body(), StandardCharsets.UTF_8);
        try {
            Map<String, Object> said = JSONObjectUtils.parse(body);
            String error = TokenFiles.text(said, "error");
            String more = TokenFiles.text(said, "error_description");
            String words =
                    error.isEmpty()
                            ? "answered " + answer.statusCode() + " without a token"
                            : error + (more.isEmpty() ? "" : ": " + more);
            return new Answer(said, where + shown(words, form, said));
        } catch (ParseException e) {
            String type = answer.headers().firstValue("Content-Type").orElse("nothing");
            throw new ClientExchange.NoToken(
                    where
                            + shown(
                                    "answered " + answer.statusCode() + " with " + type,
                                    form,
                                    Map.of()));
        }
    }

    private static String plain(URI uri) {
        return uri.getScheme()
                + "://"
                + uri.getHost()
                + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
    }

    private HttpResponse<byte[]> answer(
            URI uri, Map<String, String> form, String authorities, String where)
            throws ClientExchange.NoToken {
        HttpRequest request =
                HttpRequest.newBuilder(uri)
                        .timeout(whole)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .header("Accept", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(encoded(form)))
                        .build();
        HttpClient.Builder made =
                HttpClient.newBuilder()
                        .connectTimeout(CONNECT.compareTo(whole) < 0 ? CONNECT : whole)
                        .executor(threads.family(WORK)::start);
        if (!authorities.isEmpty()) {
            made.sslContext(trusting(authorities));
        }
        HttpClient client = made.build();
        CompletableFuture<HttpResponse<byte[]>> coming =
                client.sendAsync(
                        request,
                        HttpResponse.BodyHandlers.limiting(
                                HttpResponse.BodyHandlers.ofByteArray(), MOST_OCTETS));
        try {
            return coming.get(whole.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClientExchange.NoToken(where + "interrupted");
        } catch (TimeoutException e) {
            throw new ClientExchange.NoToken(where + "timed out");
        } catch (ExecutionException e) {
            throw new ClientExchange.NoToken(where + shown(reason(e.getCause()), form, Map.of()));
        } finally {
            coming.cancel(true);
            client.shutdownNow();
        }
    }

    private static String reason(@Nullable Throwable e) {
        if (e instanceof java.net.http.HttpTimeoutException) {
            return "timed out";
        }
        if (e instanceof java.net.ConnectException) {
            return "Connection refused";
        }
        String text = e == null ? null : e.getMessage();
        return text == null ? "no answer" : text;
    }

    private static String encoded(Map<String, String> form) {
        StringBuilder out = new StringBuilder();
        form.forEach((name, value) ->
                out.append(out.isEmpty() ? "" : "&")
                        .append(name)
                        .append('=')
                        .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
        return out.toString();
    }

    /// Printable, short, and without what was said to it or came with it.
    private static String shown(String words, Map<String, String> form, Map<String, Object> said) {
        String out = words;
        for (String name : new String[] {"client_secret", "refresh_token", "device_code"}) {
            out = without(out, form.getOrDefault(name, ""));
        }
        for (String name : new String[] {"access_token", "refresh_token", "id_token"}) {
            out = without(out, TokenFiles.text(said, name));
        }
        out = out.replaceAll("[^\\x20-\\x7e]+", " ").strip();
        return out.length() > MOST_WORDS ? out.substring(0, MOST_WORDS) + "..." : out;
    }

    private static String without(String text, String secret) {
        return secret.length() < SHORTEST_SECRET ? text : text.replace(secret, "[...]");
    }

    private static SSLContext trusting(String file) throws ClientExchange.NoToken {
        try {
            byte[] pem = Reading.octets(Path.of(file), 16L << 20);
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int n = 0;
            for (Certificate each :
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(new ByteArrayInputStream(pem))) {
                store.setCertificateEntry("ca" + n++, each);
            }
            TrustManagerFactory trust =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new ClientExchange.NoToken("ca_bundle_file " + file + ": " + e.getMessage());
        }
    }
}

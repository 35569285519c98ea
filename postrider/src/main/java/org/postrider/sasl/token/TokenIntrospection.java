package org.postrider.sasl.token;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.sasl.Base64Text;
import org.postrider.sasl.CyrusConfig;
import org.postrider.threads.Supervisor;
import org.postrider.threads.Work;
import org.postrider.time.Clock;

/// Asks an authorization server of a token (RFC 7662).
final class TokenIntrospection implements Tokens {
    private static final Work WORK =
            Work.of("token-introspection", "talks to the authorization server")
                    .failing("the login fails");

    private static final long MOST_OCTETS = 64 << 10;

    private final URI url;
    private final @Nullable String credentials;
    private final Duration timeout;
    private final TokenClaims claims;
    private final HttpClient client;

    TokenIntrospection(CyrusConfig config, Supervisor threads, Clock clock) {
        url = uri(config, "oauth_introspection_url");
        String id = config.get("oauth_client_id", "");
        credentials =
                id.isEmpty()
                        ? null
                        : "Basic "
                                + Base64Text.encode(
                                        encoded(id)
                                                + ":"
                                                + encoded(config.get("oauth_client_secret", "")));
        timeout = timeout(config);
        claims = new TokenClaims(config, clock);
        client =
                HttpClient.newBuilder()
                        .connectTimeout(timeout)
                        .executor(threads.family(WORK)::start)
                        .build();
    }

    static URI uri(CyrusConfig config, String name) {
        try {
            return URI.create(config.get(name, ""));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(config.file() + ": " + name + ": " + e.getMessage());
        }
    }

    static Duration timeout(CyrusConfig config) {
        String text = config.get("oauth_timeout", "10");
        if (!text.matches("[1-9][0-9]{0,3}")) {
            throw new ConfigException(
                    config.file() + ": oauth_timeout: bad number of seconds: " + text);
        }
        return Duration.ofSeconds(Long.parseLong(text));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public @Nullable String user(String token) throws IOException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(url)
                        .timeout(timeout)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .header("Accept", "application/json")
                        .POST(
                                HttpRequest.BodyPublishers.ofString(
                                        "token="
                                                + encoded(token)
                                                + "&token_type_hint=access_token"));
        if (credentials != null) {
            request.header("Authorization", credentials);
        }
        // The request's own time ends with the head of the answer.
        CompletableFuture<HttpResponse<String>> coming =
                client.sendAsync(
                        request.build(),
                        HttpResponse.BodyHandlers.limiting(
                                HttpResponse.BodyHandlers.ofString(), MOST_OCTETS));
        try {
            HttpResponse<String> answer = coming.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            if (answer.statusCode() != 200) {
                throw new IOException(url + " answered " + answer.statusCode());
            }
            Map<String, Object> said = JSONObjectUtils.parse(answer.body());
            return Boolean.TRUE.equals(said.get("active")) ? claims.user(said) : null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ParseException e) {
            throw new IOException(url + " did not answer in JSON", e);
        } catch (TimeoutException e) {
            throw new IOException(url + " timed out", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException why ? why : new IOException(e);
        } finally {
            coming.cancel(true);
        }
    }

    /// Strings of a claim that may be one or several.
    static List<?> list(@Nullable Object value) {
        return value instanceof List<?> l ? l : value == null ? List.of() : List.of(value);
    }
}

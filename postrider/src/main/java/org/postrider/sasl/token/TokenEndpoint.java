package org.postrider.sasl.token;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.postrider.https.HttpsClient;
import org.postrider.https.HttpsException;
import org.postrider.io.Connector;
import org.postrider.sasl.ClientExchange;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// Asks an authorization server for a token (RFC 6749 4.4 and 6, RFC 8628), over HTTPS that is
/// verified, within a time and a size. What it says of a failure is told, and no secret. Any
/// thread.
public final class TokenEndpoint {
    static final String GOOGLE = "https://accounts.google.com/o/oauth2/token";
    private static final Duration WHOLE = Duration.ofSeconds(20);
    private static final int MOST_OCTETS = 64 << 10;
    private static final int MOST_WORDS = 200;
    private static final int SHORTEST_SECRET = 4;

    private final HttpsClient https;
    private final Duration whole;

    public TokenEndpoint(Connector connector, Clock clock) {
        this(connector, clock, WHOLE);
    }

    TokenEndpoint(Connector connector, Clock clock, Duration whole) {
        https = new HttpsClient(connector, TokenEndpoint::addresses, clock);
        this.whole = whole;
    }

    /// An administrator's end point may stand in /etc/hosts.
    private static List<InetAddress> addresses(String host) throws IOException {
        try {
            return Supervisor.named(
                    host, () -> List.of(InetAddress.getAllByName(host)), WHOLE.toMillis());
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e.toString(), e);
        }
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
    /// @param authorities a PEM file of those that are trusted; empty for the platform's own
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
        HttpsClient.Answer answer = answer(uri, form, authorities, where);
        String body = new String(answer.body(), StandardCharsets.UTF_8);
        try {
            Map<String, Object> said = JSONObjectUtils.parse(body);
            String error = TokenFiles.text(said, "error");
            String more = TokenFiles.text(said, "error_description");
            String words =
                    error.isEmpty()
                            ? "answered " + answer.status() + " without a token"
                            : error + (more.isEmpty() ? "" : ": " + more);
            return new Answer(said, where + shown(words, form, said));
        } catch (ParseException e) {
            String said = answer.header("content-type");
            String type = said.isEmpty() ? "nothing" : said;
            throw new ClientExchange.NoToken(
                    where + shown("answered " + answer.status() + " with " + type, form, Map.of()));
        }
    }

    private static String plain(URI uri) {
        return uri.getScheme()
                + "://"
                + uri.getHost()
                + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
    }

    private HttpsClient.Answer answer(
            URI uri, Map<String, String> form, String authorities, String where)
            throws ClientExchange.NoToken {
        HttpsClient.Request request =
                HttpsClient.Request.post(
                        uri,
                        Map.of(
                                "Content-Type",
                                "application/x-www-form-urlencoded",
                                "Accept",
                                "application/json"),
                        encoded(form).getBytes(StandardCharsets.UTF_8));
        try {
            return https.ask(request, new HttpsClient.Limits(whole, MOST_OCTETS), authorities);
        } catch (HttpsException e) {
            String text = String.valueOf(e.getMessage());
            if (e.kind() == HttpsException.Kind.SETTING) {
                throw new ClientExchange.NoToken("ca_bundle_file " + authorities + ": " + text);
            }
            throw new ClientExchange.NoToken(where + shown(text, form, Map.of()));
        }
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
}

package org.postrider.sasl.token;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.postrider.io.Connector;
import org.postrider.sasl.ClientExchange;
import org.postrider.time.Clock;

/// A token for a user who says yes in a browser of his (RFC 8628): says where and with which code,
/// asks until he has, and writes the token file. Nothing that it says is a secret. One thread.
public final class DeviceLogin {
    private static final String GRANT = "urn:ietf:params:oauth:grant-type:device_code";
    private static final String[] OF_THE_FILE = {
        "client_id", "client_secret", "token_endpoint", "scope", "user", "ca_bundle_file"
    };
    private static final int MOST_QUESTIONS = 1000;
    private static final long MOST_SECONDS = 3600;

    private final Map<String, Object> settings;
    private final TokenEndpoint endpoint;
    private final Clock clock;

    /// @param settings as a token file has them, and `device_endpoint`
    public DeviceLogin(Map<String, Object> settings, Connector connector, Clock clock) {
        this.settings = Map.copyOf(settings);
        endpoint = new TokenEndpoint(connector, clock);
        this.clock = clock;
    }

    private String setting(String name) {
        return TokenFiles.text(settings, name);
    }

    /// @param file is written anew, for its owner only
    /// @param says gets what the user is to do
    /// @param waits gets how many seconds to wait
    /// @throws ClientExchange.NoToken where the user says no or nothing, or the end point fails
    /// @throws IOException where the file cannot be written
    public void run(Path file, Consumer<String> says, LongConsumer waits)
            throws ClientExchange.NoToken, IOException {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("client_id", setting("client_id"));
        form.put("scope", setting("scope"));
        TokenEndpoint.Answer begun =
                endpoint.ask(setting("device_endpoint"), form, setting("ca_bundle_file"));
        Map<String, Object> said = begun.said();
        String device = TokenFiles.text(said, "device_code");
        String code = TokenFiles.text(said, "user_code");
        // Google's name for it is another one.
        String where =
                TokenFiles.text(said, "verification_uri")
                        + TokenFiles.text(said, "verification_url");
        if (device.isEmpty() || code.isEmpty() || where.isEmpty()) {
            throw new ClientExchange.NoToken(begun.words());
        }
        says.accept(
                "Open "
                        + printable(where)
                        + " in a browser, log in"
                        + (setting("user").isEmpty() ? "" : " as " + setting("user"))
                        + " and type the code "
                        + printable(code));
        write(file, granted(device, said, waits));
    }

    private static String printable(String text) {
        return text.replaceAll("[^\\x21-\\x7e]", "?");
    }

    private Map<String, Object> granted(String device, Map<String, Object> said, LongConsumer waits)
            throws ClientExchange.NoToken {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", GRANT);
        form.put("client_id", setting("client_id"));
        if (!setting("client_secret").isEmpty()) {
            form.put("client_secret", setting("client_secret"));
        }
        form.put("device_code", device);
        long interval = number(said, "interval", 5);
        long end = clock.nanos() + number(said, "expires_in", 900) * 1_000_000_000L;
        for (int i = 0; i < MOST_QUESTIONS && clock.nanos() < end; i++) {
            waits.accept(interval);
            TokenEndpoint.Answer answer =
                    endpoint.ask(setting("token_endpoint"), form, setting("ca_bundle_file"));
            if (!TokenFiles.text(answer.said(), "access_token").isEmpty()) {
                return answer.said();
            }
            switch (TokenFiles.text(answer.said(), "error")) {
                case "authorization_pending" -> {
                    // he has not typed it yet
                }
                case "slow_down" -> interval += 5;
                default -> throw new ClientExchange.NoToken(answer.words());
            }
        }
        throw new ClientExchange.NoToken("nobody typed the code in time");
    }

    private static long number(Map<String, Object> said, String name, long otherwise) {
        try {
            return Math.clamp(
                    (long) Double.parseDouble(TokenFiles.text(said, name)), 0, MOST_SECONDS);
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    private void write(Path file, Map<String, Object> came) throws IOException {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("access_token", TokenFiles.text(came, "access_token"));
        long seconds = clock.wallMillis() / 1000 + number(came, "expires_in", MOST_SECONDS);
        out.put("expiry", Long.toString(seconds));
        out.put("refresh_token", TokenFiles.text(came, "refresh_token"));
        for (String each : OF_THE_FILE) {
            if (!setting(each).isEmpty()) {
                out.put(each, setting(each));
            }
        }
        TokenFiles.write(file, out);
    }
}

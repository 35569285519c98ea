package org.postrider.command.container;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/// Where the mail goes, and the login there: `RELAYHOST…` (and `XOAUTH2_…`) or `SMTP_SERVER…`.
final class Relay {
    private static final String GOOGLE = "https://oauth2.googleapis.com/token";
    private static final int SMTPS = 465;
    private static final Pattern SEVERAL = Pattern.compile("[\\s,#]");

    private final Environment environment;
    private final Wanted wanted;

    Relay(Environment environment, Wanted wanted) {
        this.environment = environment;
        this.wanted = wanted;
    }

    void ask() {
        String host = environment.get("RELAYHOST");
        String server = environment.get("SMTP_SERVER");
        if (host != null && server != null) {
            wanted.problem("RELAYHOST and SMTP_SERVER are both set");
        }
        if (host != null) {
            wanted.set("RELAYHOST", "relayhost", host);
        } else if (server != null) {
            host = server(server);
        }
        String at = environment.get("SASL_RELAYHOST");
        if (at != null && environment.get("RELAYHOST_USERNAME") == null) {
            wanted.problem("SASL_RELAYHOST without RELAYHOST_USERNAME");
        }
        if (server == null && environment.get("SMTP_PORT") != null) {
            wanted.problem("SMTP_PORT without SMTP_SERVER");
        }
        login("RELAYHOST_USERNAME", "RELAYHOST_PASSWORD", at == null ? host : at);
        login("SMTP_USERNAME", "SMTP_PASSWORD", host);
    }

    private String server(String name) {
        String port = environment.get("SMTP_PORT");
        String host = (name.startsWith("[") ? name : "[" + name + "]") + ":";
        String relay = host + (port == null ? "587" : port);
        wanted.set("SMTP_SERVER", "relayhost", relay);
        if (port != null && port.equals(String.valueOf(SMTPS))) {
            wanted.set("SMTP_PORT", "smtp_tls_wrappermode", "yes");
            wanted.set("SMTP_PORT", "smtp_tls_security_level", "encrypt");
        }
        return relay;
    }

    private void login(String userVariable, String passwordVariable, @Nullable String relay) {
        String user = environment.get(userVariable);
        String password = environment.get(passwordVariable);
        String token = userVariable.startsWith("RELAYHOST") ? token(user) : null;
        if (user == null) {
            if (password != null || token != null) {
                wanted.problem(passwordVariable + " or XOAUTH2_… without " + userVariable);
            }
            return;
        }
        if (relay == null) {
            wanted.problem(userVariable + " without a relay host");
            return;
        }
        if (SEVERAL.matcher(relay).find()) {
            wanted.problem(userVariable + ": a login is for one relay host, not for several");
            return;
        }
        if (password == null && token == null) {
            wanted.problem(userVariable + " without " + passwordVariable);
            return;
        }
        if (user.indexOf(':') >= 0 || (user + password).indexOf('\n') >= 0) {
            wanted.problem(
                    userVariable
                            + ": a name without colon and end of line, a password"
                            + " without end of line");
            return;
        }
        wanted.table(
                userVariable,
                "sasl_passwd",
                relay + " " + user + ":" + (token == null ? password : token));
        wanted.set(userVariable, "smtp_sasl_auth_enable", "yes");
        wanted.set(userVariable, "smtp_sasl_password_maps", Wanted.reference("sasl_passwd"));
        // A password goes over TLS only, unless the administrator says so in the parameters' own
        // names.
        wanted.set(userVariable, "smtp_sasl_security_options", "noanonymous, noplaintext");
        wanted.set(userVariable, "smtp_sasl_tls_security_options", "noanonymous");
        wanted.set(userVariable, "smtp_tls_security_level", "encrypt");
    }

    /// The token's file, null where no token is asked for. It is named by what was given: another
    /// client or token begins a file of its own, and one that was fetched anew stays.
    private @Nullable String token(@Nullable String user) {
        Map<String, String> content = new LinkedHashMap<>();
        put(content, "client_id", "XOAUTH2_CLIENT_ID");
        put(content, "client_secret", "XOAUTH2_SECRET");
        put(content, "access_token", "XOAUTH2_INITIAL_ACCESS_TOKEN");
        put(content, "refresh_token", "XOAUTH2_INITIAL_REFRESH_TOKEN");
        put(content, "token_endpoint", "XOAUTH2_TOKEN_ENDPOINT");
        if (content.isEmpty()) {
            return null;
        }
        if (!content.containsKey("client_id") || !content.containsKey("refresh_token")) {
            wanted.problem("XOAUTH2_CLIENT_ID and XOAUTH2_INITIAL_REFRESH_TOKEN are both needed");
        }
        content.putIfAbsent("token_endpoint", GOOGLE);
        content.put("expiry", "0");
        content.put("user", String.valueOf(user));
        StringBuilder json = new StringBuilder("{");
        content.forEach((name, value) ->
                json.append(json.length() > 1 ? ",\n " : "\n ")
                        .append('"')
                        .append(name)
                        .append("\": \"")
                        .append(escaped(value))
                        .append('"'));
        CRC32 of = new CRC32();
        of.update(json.toString().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        wanted.token(Long.toHexString(of.getValue()), json.append("\n}\n").toString());
        wanted.set("XOAUTH2_CLIENT_ID", "smtp_sasl_mechanism_filter", "xoauth2");
        return Wanted.TOKENS + "/" + Long.toHexString(of.getValue());
    }

    private void put(Map<String, String> content, String name, String variable) {
        String value = environment.get(variable);
        if (value != null) {
            content.put(name, value);
        }
    }

    private static String escaped(String text) {
        StringBuilder out = new StringBuilder();
        for (char c : text.toCharArray()) {
            if (c < ' ') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c == '"' || c == '\\' ? "\\" : "").append(c);
            }
        }
        return out.toString();
    }
}

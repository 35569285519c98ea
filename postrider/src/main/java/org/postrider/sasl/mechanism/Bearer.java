package org.postrider.sasl.mechanism;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postrider.sasl.CyrusServer;
import org.postrider.sasl.Login;
import org.postrider.sasl.token.Tokens;

/// OAUTHBEARER (RFC 7628) and XOAUTH2, its forerunner: a bearer token instead of a password.
public final class Bearer implements Dialogue {
    private static final Pattern OAUTHBEARER =
            Pattern.compile(
                    "[ny],(?:a=([^,\\x01]*))?,\\x01(?:[A-Za-z]+=[^\\x01]*\\x01)*?auth=[Bb]earer ([^\\x01]+)\\x01(?:[A-Za-z]+=[^\\x01]*\\x01)*\\x01");
    private static final Pattern XOAUTH2 =
            Pattern.compile("user=([^\\x01]*)\\x01auth=[Bb]earer ([^\\x01]+)\\x01\\x01");

    private final CyrusServer.Site site;
    private final Mechanism mechanism;
    private @Nullable Login login;
    private @Nullable Turn refused;

    public Bearer(CyrusServer.Site site, Mechanism mechanism) {
        this.site = site;
        this.mechanism = mechanism;
    }

    @Override
    public Turn turn(byte @Nullable [] response) throws IOException {
        Turn over = refused;
        if (over != null) {
            // The client has acknowledged why; it is refused now.
            return over;
        }
        Pattern form = mechanism == Mechanism.XOAUTH2 ? XOAUTH2 : OAUTHBEARER;
        Matcher m = form.matcher(new String(response, StandardCharsets.UTF_8));
        Tokens tokens = site.tokens();
        if (!m.matches() || tokens == null) {
            return new Turn.Malformed(null, "Invalid " + mechanism.title + " input");
        }
        String named = m.group(1) == null ? "" : m.group(1).replace("=2C", ",").replace("=3D", "=");
        login = named.isEmpty() ? null : site.login(named);
        String user = tokens.user(m.group(2));
        if (user == null) {
            refused = new Turn.Wrong(login, "the token is not valid");
            String why =
                    mechanism == Mechanism.XOAUTH2
                            ? "{\"status\":\"401\",\"schemes\":\"bearer\",\"scope\":\"\"}"
                            : "{\"status\":\"invalid_token\"}";
            return new Turn.Say(why.getBytes(StandardCharsets.UTF_8));
        }
        Login found = site.login(user);
        login = found;
        return new Turn.Proven(found, named);
    }

    @Override
    public @Nullable Login login() {
        return login;
    }
}

package org.postrider.sasl.mechanism;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.postrider.sasl.CyrusServer;
import org.postrider.sasl.Login;

/// PLAIN (RFC 4616): `[authzid] NUL authcid NUL password`.
public final class Plain implements Dialogue {
    private final CyrusServer.Site site;
    private @Nullable Login login;

    public Plain(CyrusServer.Site site) {
        this.site = site;
    }

    @Override
    public Turn turn(byte @Nullable [] response) throws IOException {
        String[] parts = new String(response, StandardCharsets.UTF_8).split("\0", -1);
        if (parts.length != 3) {
            return new Turn.Malformed(
                    null,
                    parts.length < 3
                            ? "Can only find author"
                                    + (parts.length == 2 ? "/en" : "")
                                    + " (no password)"
                            : "Got more data than we were expecting in the PLAIN plugin");
        }
        if (parts[1].isEmpty()) {
            throw new IOException("All-whitespace username.");
        }
        Login found = site.login(parts[1]);
        login = found;
        return site.verifier().verify(found, parts[2])
                ? new Turn.Proven(found, parts[0])
                : new Turn.Wrong(found, "Password verification failed");
    }

    @Override
    public @Nullable Login login() {
        return login;
    }
}

package org.postrider.sasl.mechanism;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.postrider.sasl.CyrusServer;
import org.postrider.sasl.Login;

/// LOGIN (draft-murchison-sasl-login): asks for the user, then for the password.
public final class LoginDialogue implements Dialogue {
    private final CyrusServer.Site site;
    private @Nullable Login login;
    private boolean asked;
    private @Nullable String user;

    public LoginDialogue(CyrusServer.Site site) {
        this.site = site;
    }

    @Override
    public boolean clientFirst() {
        return false;
    }

    @Override
    public Turn turn(byte @Nullable [] response) throws IOException {
        if (response == null && !asked) {
            asked = true;
            return new Turn.Say("Username:".getBytes(StandardCharsets.US_ASCII));
        }
        String text = response == null ? "" : new String(response, StandardCharsets.UTF_8);
        String known = user;
        if (known == null) {
            user = text;
            return new Turn.Say("Password:".getBytes(StandardCharsets.US_ASCII));
        }
        if (known.isEmpty()) {
            throw new IOException("All-whitespace username.");
        }
        Login found = site.login(known);
        login = found;
        return site.verifier().verify(found, text)
                ? new Turn.Proven(found, "")
                : new Turn.Wrong(found, "");
    }

    @Override
    public @Nullable Login login() {
        return login;
    }
}

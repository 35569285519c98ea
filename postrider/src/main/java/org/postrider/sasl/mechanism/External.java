package org.postrider.sasl.mechanism;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.postrider.sasl.Channel;
import org.postrider.sasl.CyrusServer;
import org.postrider.sasl.Login;

/// EXTERNAL (RFC 4422 A): the verified client certificate says who the client is.
public final class External implements Dialogue {
    private final Login login;

    public External(CyrusServer.Site site, Channel channel) {
        String name = channel.certificateName();
        if (name == null) {
            throw new IllegalArgumentException("EXTERNAL without a client certificate");
        }
        this.login = site.login(name);
    }

    @Override
    public Turn turn(byte @Nullable [] response) {
        String wanted = response == null ? "" : new String(response, StandardCharsets.UTF_8);
        return new Turn.Proven(login, wanted);
    }

    @Override
    public Login login() {
        return login;
    }
}

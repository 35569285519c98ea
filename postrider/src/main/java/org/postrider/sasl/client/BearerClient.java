package org.postrider.sasl.client;

import java.nio.charset.StandardCharsets;
import org.postrider.sasl.Credentials;

/// XOAUTH2 and OAUTHBEARER (RFC 7628): a token that another server gave out. What the server says
/// of one that it does not take is answered, so that its reply follows.
final class BearerClient implements Responder {
    private final Credentials who;
    private final String server;
    private final int port;
    private final boolean standard;
    private boolean refused;

    /// @param standard OAUTHBEARER
    BearerClient(Credentials who, String server, int port, boolean standard) {
        this.who = who;
        this.server = server;
        this.port = port;
        this.standard = standard;
    }

    @Override
    public byte[] initial() {
        String token = "auth=Bearer " + who.secret() + "\1\1";
        String text =
                standard
                        ? "n,a="
                                + who.user().replace("=", "=3D").replace(",", "=2C")
                                + ",\1host="
                                + server
                                + "\1port="
                                + port
                                + "\1"
                                + token
                        : "user=" + who.user() + "\1" + token;
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public byte[] answer(byte[] challenge) throws Refusal {
        if (refused) {
            throw Refusal.done();
        }
        refused = true;
        return standard ? new byte[] {1} : new byte[0];
    }
}

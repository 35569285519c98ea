package org.postrider.sasl.client;

import java.nio.charset.StandardCharsets;
import org.postrider.sasl.Credentials;

/// PLAIN (RFC 4616).
final class PlainClient implements Responder {
    private final Credentials who;

    PlainClient(Credentials who) {
        this.who = who;
    }

    @Override
    public byte[] initial() {
        return (who.actsAs() + "\0" + who.user() + "\0" + who.secret())
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public byte[] answer(byte[] challenge) throws Refusal {
        throw Refusal.done();
    }
}

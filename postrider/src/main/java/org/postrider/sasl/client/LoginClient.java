package org.postrider.sasl.client;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.postrider.sasl.Credentials;

/// LOGIN (draft-murchison-sasl-login): the name, then the password, whatever the server calls them.
final class LoginClient implements Responder {
    private final Credentials who;
    private int said;

    LoginClient(Credentials who) {
        this.who = who;
    }

    @Override
    public byte @Nullable [] initial() {
        return null;
    }

    @Override
    public byte[] answer(byte[] challenge) throws Refusal {
        said++;
        return switch (said) {
            case 1 -> who.user().getBytes(StandardCharsets.ISO_8859_1);
            case 2 -> who.secret().getBytes(StandardCharsets.ISO_8859_1);
            default -> throw Refusal.done();
        };
    }
}

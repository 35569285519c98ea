package org.postrider.smtpd;

import java.io.IOException;

/// NOOP: nothing, whatever stands after it (RFC 5321 4.1.1.9).
final class Noop extends Verb {
    Noop() {
        super("NOOP", Trait.PLAINTEXT, Trait.IDLE, Trait.ENDS_GROUP);
    }

    @Override
    Admission check(State state, String arguments) {
        return Admission.PROCEED;
    }

    @Override
    void proceed(Session s, String arguments) throws IOException {
        s.send(SmtpdReplies.OK);
    }
}

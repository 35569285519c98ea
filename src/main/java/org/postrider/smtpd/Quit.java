package org.postrider.smtpd;

import java.io.IOException;

/// QUIT: the client's last word, and ours (RFC 5321 4.1.1.10).
final class Quit extends Verb {
    Quit() {
        super("QUIT", Trait.PLAINTEXT, Trait.ANYHOW);
    }

    @Override
    Admission check(State state, String arguments) {
        return Admission.PROCEED;
    }

    @Override
    void proceed(Session s, String arguments) throws IOException {
        s.send(SmtpdReplies.BYE);
        s.answers.end();
    }
}

package org.postrider.smtpd.command;

import java.io.IOException;
import org.postrider.smtpd.SmtpdReplies;
import org.postrider.smtpd.session.Admission;
import org.postrider.smtpd.session.Session;
import org.postrider.smtpd.session.State;

/// QUIT: the client's last word, and ours (RFC 5321 4.1.1.10).
public final class Quit extends Verb {
    Quit() {
        super("QUIT", Trait.PLAINTEXT, Trait.ANYHOW);
    }

    @Override
    public Admission check(State state, String arguments) {
        return Admission.PROCEED;
    }

    @Override
    public void proceed(Session s, String arguments) throws IOException {
        s.send(SmtpdReplies.BYE);
        s.answers.end();
    }
}

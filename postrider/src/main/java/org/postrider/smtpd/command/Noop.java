package org.postrider.smtpd.command;

import java.io.IOException;
import org.postrider.smtpd.SmtpdReplies;
import org.postrider.smtpd.session.Admission;
import org.postrider.smtpd.session.Session;
import org.postrider.smtpd.session.State;

/// NOOP: nothing, whatever stands after it (RFC 5321 4.1.1.9).
public final class Noop extends Verb {
    Noop() {
        super("NOOP", Trait.PLAINTEXT, Trait.IDLE, Trait.ENDS_GROUP);
    }

    @Override
    public Admission check(State state, String arguments) {
        return Admission.PROCEED;
    }

    @Override
    public void proceed(Session s, String arguments) throws IOException {
        s.send(SmtpdReplies.OK);
    }
}

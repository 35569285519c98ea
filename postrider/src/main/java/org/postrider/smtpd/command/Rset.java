package org.postrider.smtpd.command;

import java.io.IOException;
import org.postrider.smtpd.SmtpdReplies;
import org.postrider.smtpd.session.Admission;
import org.postrider.smtpd.session.Session;
import org.postrider.smtpd.session.State;

/// RSET: the mail under way is forgotten (RFC 5321 4.1.1.5).
public final class Rset extends Verb {
    Rset() {
        super("RSET", Trait.IDLE);
    }

    @Override
    public Admission check(State state, String arguments) {
        return Admission.bare(arguments, SmtpdReplies.RSET_SYNTAX);
    }

    @Override
    public void proceed(Session s, String arguments) throws IOException {
        s.abandon();
        s.send(SmtpdReplies.OK);
    }
}

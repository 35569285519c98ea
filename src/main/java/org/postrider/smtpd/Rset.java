package org.postrider.smtpd;

import java.io.IOException;

/// RSET: the mail under way is forgotten (RFC 5321 4.1.1.5).
final class Rset extends Verb {
    Rset() {
        super("RSET", Trait.IDLE);
    }

    @Override
    Admission check(State state, String arguments) {
        return Admission.bare(arguments, SmtpdReplies.RSET_SYNTAX);
    }

    @Override
    void proceed(Session s, String arguments) throws IOException {
        s.abandon();
        s.send(SmtpdReplies.OK);
    }
}

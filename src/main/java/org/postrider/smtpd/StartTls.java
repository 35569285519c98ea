package org.postrider.smtpd;

import java.io.IOException;
import org.postrider.wire.Reply;

/// STARTTLS (RFC 3207): all that follows goes through TLS.
final class StartTls extends Verb {
    private final SmtpdTls tls;
    private final Handshake handshake;

    StartTls(Makings m) {
        super("STARTTLS", Trait.PLAINTEXT, Trait.ENDS_GROUP);
        tls = m.guards().tls();
        handshake = new Handshake(m.settings(), tls);
    }

    Keyword keyword() {
        return Keyword.where("STARTTLS", "STARTTLS", s -> tls.server() != null && s.tls() == null);
    }

    @Override
    Admission check(State state, String arguments) {
        return Admission.bare(arguments, SmtpdReplies.STARTTLS_SYNTAX);
    }

    @Override
    void proceed(Session s, String arguments) throws IOException {
        if (s.tls() != null) {
            s.error(SmtpdReplies.TLS_ACTIVE);
        } else if (!tls.wanted()) {
            s.error(SmtpdReplies.NOT_IMPLEMENTED);
        } else if (tls.server() == null) {
            s.error(SmtpdReplies.TLS_UNAVAILABLE);
        } else {
            Reply refusal = s.events == null ? null : s.events.mayHandshake();
            if (refusal != null) {
                s.error(refusal);
                return;
            }
            s.send(SmtpdReplies.TLS_READY);
            s.flush();
            handshake.done(s);
        }
    }
}

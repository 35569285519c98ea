package org.postrider.smtpd.command;

import java.io.IOException;
import org.postrider.smtpd.Makings;
import org.postrider.smtpd.SmtpdReplies;
import org.postrider.smtpd.session.Admission;
import org.postrider.smtpd.session.Session;
import org.postrider.smtpd.session.State;
import org.postrider.smtpd.tls.Handshake;
import org.postrider.smtpd.tls.SmtpdTls;
import org.postrider.wire.NotifyClass;
import org.postrider.wire.Reply;

/// STARTTLS (RFC 3207): all that follows goes through TLS.
public final class StartTls extends Verb {
    private final SmtpdTls tls;
    private final Handshake handshake;

    StartTls(Makings m) {
        super("STARTTLS", Trait.PLAINTEXT, Trait.ENDS_GROUP);
        tls = m.guards().tls();
        handshake = new Handshake(m.settings(), tls);
    }

    Ehlo.Keyword keyword() {
        return Ehlo.Keyword.where(
                "STARTTLS", "STARTTLS", s -> tls.server() != null && s.tls() == null);
    }

    @Override
    public Admission check(State state, String arguments) {
        return Admission.bare(arguments, SmtpdReplies.STARTTLS_SYNTAX);
    }

    @Override
    public void proceed(Session s, String arguments) throws IOException {
        if (s.milters.refused(s.milters.beforeChange())) {
            return;
        }
        if (s.tls() != null) {
            s.error(SmtpdReplies.TLS_ACTIVE);
        } else if (!tls.wanted()) {
            s.error(SmtpdReplies.NOT_IMPLEMENTED);
        } else if (tls.server() == null) {
            s.error(SmtpdReplies.TLS_UNAVAILABLE, NotifyClass.SOFTWARE);
        } else {
            Reply refusal = s.events == null ? null : s.events.mayHandshake();
            if (refusal != null) {
                s.error(refusal, NotifyClass.POLICY);
                return;
            }
            s.send(SmtpdReplies.TLS_READY);
            s.flush();
            handshake.done(s);
        }
    }
}

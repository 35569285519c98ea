package org.postrider.smtpd.command;

import java.io.IOException;
import org.postrider.peer.ClientAttributes;
import org.postrider.peer.Neutral;
import org.postrider.smtpd.Makings;
import org.postrider.smtpd.SmtpdParams;
import org.postrider.smtpd.SmtpdReplies;
import org.postrider.smtpd.input.Forwarded;
import org.postrider.smtpd.input.Party;
import org.postrider.smtpd.session.Session;

/// XCLIENT: an authorised host says who the client is. The session begins anew, with the rights of
/// the client it named (XCLIENT_README).
public final class Xclient extends AboutClient {
    Xclient(Makings m) {
        super(
                "XCLIENT",
                m,
                SmtpdParams.XCLIENT_HOSTS,
                ClientAttributes.XCLIENT,
                SmtpdReplies.XCLIENT_SYNTAX);
    }

    @Override
    void said(Session s, ClientAttributes a) throws IOException {
        s.abandon();
        if (a.get("HELO") == null && s.party().hello().given()) {
            s.milters.abort();
        }
        String helo = a.get("HELO");
        String login = a.get("LOGIN");
        boolean esmtp = "ESMTP".equalsIgnoreCase(a.get("PROTO"));
        s.party(
                new Party(
                        a.applied(s.peer()),
                        new Party.Hello(helo == null ? "" : Neutral.of(helo), esmtp, helo != null),
                        login == null ? null : new Party.Login(login, "XCLIENT"),
                        Forwarded.NONE));
        s.greeting.greet();
    }
}

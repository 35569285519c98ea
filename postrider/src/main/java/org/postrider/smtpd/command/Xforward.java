package org.postrider.smtpd.command;

import java.io.IOException;
import org.postrider.peer.ClientAttributes;
import org.postrider.smtpd.Makings;
import org.postrider.smtpd.SmtpdParams;
import org.postrider.smtpd.SmtpdReplies;
import org.postrider.smtpd.session.Session;

/// XFORWARD: an authorised host says for whom it passes mail on. Nobody gets other rights by it
/// (XFORWARD_README).
public final class Xforward extends AboutClient {
    Xforward(Makings m) {
        super(
                "XFORWARD",
                m,
                SmtpdParams.XFORWARD_HOSTS,
                ClientAttributes.XFORWARD,
                SmtpdReplies.XFORWARD_SYNTAX);
    }

    @Override
    void said(Session s, ClientAttributes a) throws IOException {
        s.party(s.party().as(s.party().forwarded().with(a)));
        s.send(SmtpdReplies.OK);
    }
}

package org.postrider.smtpd;

import java.io.IOException;
import org.postrider.peer.Client;
import org.postrider.peer.ClientAttributes;
import org.postrider.peer.Neutral;

/// XCLIENT and XFORWARD: an authorised host says who the client is, or for whom it passes mail on.
/// After XCLIENT the session begins anew, with the rights of the client it named. One session's.
final class Impersonation {
    private final Session s;

    Impersonation(Session session) {
        this.s = session;
    }

    void xclient(String arguments) throws IOException {
        Client now = s.t.client;
        if (!s.d.xclientHosts.contains(now.name(), now.address())) {
            s.error(SmtpdReplies.NOT_AUTHORIZED);
            return;
        }
        switch (ClientAttributes.read("XCLIENT", arguments, s.d.ipv6)) {
            case ClientAttributes.Read.Bad b -> s.error(b.reply());
            case ClientAttributes.Read.Good g -> become(g.attributes());
        }
    }

    private void become(ClientAttributes a) throws IOException {
        s.abandon();
        s.t.client = a.applied(s.t.client);
        String helo = a.get("HELO");
        s.t.helo = helo == null ? "" : Neutral.of(helo);
        s.t.greeted = helo != null;
        s.t.esmtp = "ESMTP".equalsIgnoreCase(a.get("PROTO"));
        s.t.login = a.get("LOGIN");
        s.t.loginMethod = "XCLIENT";
        s.t.forwarded.clear();
        s.greeting.greet();
    }

    void xforward(String arguments) throws IOException {
        Client now = s.t.client;
        if (!s.d.xforwardHosts.contains(now.name(), now.address())) {
            s.error(SmtpdReplies.NOT_AUTHORIZED);
            return;
        }
        switch (ClientAttributes.read("XFORWARD", arguments, s.d.ipv6)) {
            case ClientAttributes.Read.Bad b -> s.error(b.reply());
            case ClientAttributes.Read.Good g -> {
                s.t.forwarded.putAll(g.attributes().values());
                s.send(SmtpdReplies.OK);
            }
        }
    }
}

package org.postrider.smtpd;

import java.io.IOException;
import org.postrider.peer.ClientAttributes;
import org.postrider.peer.PeerParams;

/// XFORWARD: an authorised host says for whom it passes mail on. Nobody gets other rights by it
/// (XFORWARD_README).
final class Xforward extends Verb {
    private final Authorized hosts;
    private final boolean ipv6;

    Xforward(Makings m) {
        super("XFORWARD", Trait.PLAINTEXT, Trait.ENDS_GROUP);
        hosts = new Authorized(m.clients(SmtpdParams.XFORWARD_HOSTS));
        ipv6 = PeerParams.ipv6(m.settings());
    }

    Keyword keyword() {
        String line = "XFORWARD " + String.join(" ", ClientAttributes.XFORWARD);
        return Keyword.where("XFORWARD", line, hosts::holds);
    }

    @Override
    Admission check(State state, String arguments) {
        Admission step = Admission.betweenMails(state, SmtpdReplies.MAIL_IN_PROGRESS);
        return step instanceof Admission.Proceed
                ? Admission.named(arguments, SmtpdReplies.XFORWARD_SYNTAX)
                : step;
    }

    @Override
    void proceed(Session s, String arguments) throws IOException {
        if (!hosts.holds(s)) {
            s.error(SmtpdReplies.NOT_AUTHORIZED);
            return;
        }
        switch (ClientAttributes.read("XFORWARD", arguments, ipv6)) {
            case ClientAttributes.Read.Bad b -> s.error(b.reply());
            case ClientAttributes.Read.Good g -> {
                s.party(s.party().as(s.party().forwarded().with(g.attributes())));
                s.send(SmtpdReplies.OK);
            }
        }
    }
}

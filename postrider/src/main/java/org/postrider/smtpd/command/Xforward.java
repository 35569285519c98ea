package org.postrider.smtpd.command;

import java.io.IOException;
import org.postrider.peer.ClientAttributes;
import org.postrider.peer.PeerParams;
import org.postrider.smtpd.Makings;
import org.postrider.smtpd.SmtpdParams;
import org.postrider.smtpd.SmtpdReplies;
import org.postrider.smtpd.session.Admission;
import org.postrider.smtpd.session.Authorized;
import org.postrider.smtpd.session.Session;
import org.postrider.smtpd.session.State;

/// XFORWARD: an authorised host says for whom it passes mail on. Nobody gets other rights by it
/// (XFORWARD_README).
public final class Xforward extends Verb {
    private final Authorized hosts;
    private final boolean ipv6;

    Xforward(Makings m) {
        super("XFORWARD", Trait.PLAINTEXT, Trait.ENDS_GROUP);
        hosts = new Authorized(m.clients(SmtpdParams.XFORWARD_HOSTS));
        ipv6 = PeerParams.ipv6(m.settings());
    }

    Ehlo.Keyword keyword() {
        String line = "XFORWARD " + String.join(" ", ClientAttributes.XFORWARD);
        return Ehlo.Keyword.where("XFORWARD", line, hosts::holds);
    }

    @Override
    public Admission check(State state, String arguments) {
        Admission step = Admission.betweenMails(state, SmtpdReplies.MAIL_IN_PROGRESS);
        return step instanceof Admission.Proceed
                ? Admission.named(arguments, SmtpdReplies.XFORWARD_SYNTAX)
                : step;
    }

    @Override
    public void proceed(Session s, String arguments) throws IOException {
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

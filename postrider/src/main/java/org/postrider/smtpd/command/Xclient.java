package org.postrider.smtpd.command;

import java.io.IOException;
import org.postrider.peer.ClientAttributes;
import org.postrider.peer.Neutral;
import org.postrider.peer.PeerParams;
import org.postrider.smtpd.Makings;
import org.postrider.smtpd.SmtpdParams;
import org.postrider.smtpd.SmtpdReplies;
import org.postrider.smtpd.input.Forwarded;
import org.postrider.smtpd.input.Party;
import org.postrider.smtpd.session.Admission;
import org.postrider.smtpd.session.Authorized;
import org.postrider.smtpd.session.Session;
import org.postrider.smtpd.session.State;

/// XCLIENT: an authorised host says who the client is. The session begins anew, with the rights of
/// the client it named (XCLIENT_README).
public final class Xclient extends Verb {
    private final Authorized hosts;
    private final boolean ipv6;

    Xclient(Makings m) {
        super("XCLIENT", Trait.PLAINTEXT, Trait.ENDS_GROUP);
        hosts = new Authorized(m.clients(SmtpdParams.XCLIENT_HOSTS));
        ipv6 = PeerParams.ipv6(m.settings());
    }

    Ehlo.Keyword keyword() {
        String line = "XCLIENT " + String.join(" ", ClientAttributes.XCLIENT);
        return Ehlo.Keyword.where("XCLIENT", line, hosts::holds);
    }

    @Override
    public Admission check(State state, String arguments) {
        Admission step = Admission.betweenMails(state, SmtpdReplies.MAIL_IN_PROGRESS);
        return step instanceof Admission.Proceed
                ? Admission.named(arguments, SmtpdReplies.XCLIENT_SYNTAX)
                : step;
    }

    @Override
    public void proceed(Session s, String arguments) throws IOException {
        if (!hosts.holds(s)) {
            s.error(SmtpdReplies.NOT_AUTHORIZED);
            return;
        }
        switch (ClientAttributes.read("XCLIENT", arguments, ipv6)) {
            case ClientAttributes.Read.Bad b -> s.error(b.reply());
            case ClientAttributes.Read.Good g -> become(s, g.attributes());
        }
    }

    private static void become(Session s, ClientAttributes a) throws IOException {
        s.abandon();
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

package org.postrider.smtpd.command;

import java.io.IOException;
import java.util.List;
import org.postrider.config.Param;
import org.postrider.peer.ClientAttributes;
import org.postrider.peer.PeerParams;
import org.postrider.smtpd.Makings;
import org.postrider.smtpd.SmtpdReplies;
import org.postrider.smtpd.session.Admission;
import org.postrider.smtpd.session.Authorized;
import org.postrider.smtpd.session.Session;
import org.postrider.smtpd.session.State;
import org.postrider.wire.NotifyClass;
import org.postrider.wire.Reply;

/// XCLIENT and XFORWARD: a host that is allowed to says something of a client, in names and values,
/// between two mails.
abstract class AboutClient extends Verb {
    private final Authorized hosts;
    private final boolean ipv6;
    private final List<String> names;
    private final Reply syntax;

    /// @param hosts whom it is allowed
    /// @param names what may be said
    /// @param syntax the reply where nothing is
    AboutClient(
            String verb, Makings m, Param<List<String>> hosts, List<String> names, Reply syntax) {
        super(verb, Trait.PLAINTEXT, Trait.ENDS_GROUP);
        this.hosts = new Authorized(m.clients(hosts));
        ipv6 = PeerParams.ipv6(m.settings());
        this.names = names;
        this.syntax = syntax;
    }

    final Ehlo.Keyword keyword() {
        return Ehlo.Keyword.where(name(), name() + " " + String.join(" ", names), hosts::holds);
    }

    @Override
    public final Admission check(State state, String arguments) {
        Admission step = Admission.betweenMails(state, SmtpdReplies.MAIL_IN_PROGRESS);
        return step instanceof Admission.Proceed ? Admission.named(arguments, syntax) : step;
    }

    @Override
    public final void proceed(Session s, String arguments) throws IOException {
        if (!hosts.holds(s)) {
            s.error(SmtpdReplies.NOT_AUTHORIZED, NotifyClass.POLICY);
            return;
        }
        switch (ClientAttributes.read(name(), arguments, ipv6)) {
            case ClientAttributes.Read.Bad b -> s.error(b.reply());
            case ClientAttributes.Read.Good g -> said(s, g.attributes());
        }
    }

    /// Takes effect, and sends its own reply.
    abstract void said(Session s, ClientAttributes attributes) throws IOException;
}

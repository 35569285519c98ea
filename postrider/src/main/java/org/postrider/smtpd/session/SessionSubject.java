package org.postrider.smtpd.session;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.postrider.access.Effect;
import org.postrider.access.PolicyLease;
import org.postrider.access.SessionFacts;
import org.postrider.access.Subject;
import org.postrider.address.Address;
import org.postrider.authentication.MailAuthentication;
import org.postrider.dns.RememberedAnswers;
import org.postrider.dnsbl.SessionLists;
import org.postrider.maps.Network;
import org.postrider.peer.Client;
import org.postrider.rewrite.Resolved;
import org.postrider.smtpd.input.Party;
import org.postrider.tls.PeerCertificate;
import org.postrider.tls.TlsConnection;

/// A session and its mail, as access sees them. Session thread only.
public record SessionSubject(Session s) implements Subject {
    @Override
    public Client client() {
        return s.peer();
    }

    @Override
    public String helo() {
        return s.party().helo();
    }

    @Override
    public boolean inMail() {
        return s.mail() != null;
    }

    @Override
    public Address sender() {
        return s.sender();
    }

    @Override
    public @Nullable Address recipient() {
        return s.about().recipient();
    }

    @Override
    public int recipients() {
        Mail mail = s.mail();
        return mail == null ? 0 : mail.recipientCount();
    }

    @Override
    public long size() {
        Mail mail = s.mailOrAsked();
        return mail == null ? 0 : mail.parameters.size();
    }

    @Override
    public boolean discarded() {
        Mail mail = s.mailOrAsked();
        return mail != null && mail.effects.discard;
    }

    @Override
    public @Nullable String login() {
        Party.Login login = s.party().login();
        return login == null ? null : login.username();
    }

    @Override
    public boolean encrypted() {
        return s.tls() != null;
    }

    @Override
    public @Nullable PeerCertificate certificate() {
        return s.tls() == null ? null : s.tls().peer();
    }

    @Override
    public boolean pipelined() {
        return s.pipelining.seen();
    }

    @Override
    public @Nullable String etrn() {
        return s.about().etrn();
    }

    @Override
    public Effect.@Nullable DeferIfPermit deferred() {
        return s.judge.deferred();
    }

    @Override
    public SessionLists lists() {
        return s.lists;
    }

    @Override
    public @Nullable RememberedAnswers names() {
        Mail mail = s.mailOrAsked();
        return mail == null ? null : mail.names;
    }

    @Override
    public @Nullable MailAuthentication authentication() {
        Mail mail = s.mailOrAsked();
        return mail == null ? null : mail.authentication;
    }

    @Override
    public SessionFacts facts() {
        Mail mail = s.mail();
        Party party = s.party();
        Party.Login login = party.login();
        String sender = mail == null || login == null ? null : mail.parameters.auth();
        TlsConnection tls = s.tls();
        String name = tls == null ? null : tls.servedAs();
        return new SessionFacts(
                s.place.command(),
                party.protocol(),
                server(),
                new SessionFacts.Mail(
                        mail == null || mail.id == null ? "" : mail.id.text(),
                        mail == null ? "" : mail.instance,
                        mail == null ? 0 : mail.received),
                new SessionFacts.Login(
                        login == null ? "" : login.method(), sender == null ? "" : sender),
                tls == null
                        ? SessionFacts.Encryption.NONE
                        : new SessionFacts.Encryption(
                                tls.protocol(),
                                tls.cipher(),
                                tls.bits(),
                                name == null ? "" : name));
    }

    private SessionFacts.Server server() {
        InetSocketAddress here = s.local();
        return here == null
                ? new SessionFacts.Server("", "")
                : new SessionFacts.Server(
                        Network.text(here.getAddress()), Integer.toString(here.getPort()));
    }

    @Override
    public @Nullable PolicyLease policies() {
        Mail mail = s.mail();
        return mail == null ? null : mail.policies;
    }

    @Override
    public Resolved resolved(Address address) {
        return s.resolutions.of(sender(), address);
    }
}

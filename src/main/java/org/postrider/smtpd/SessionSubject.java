package org.postrider.smtpd;

import org.jspecify.annotations.Nullable;
import org.postrider.access.Subject;
import org.postrider.address.Address;
import org.postrider.peer.Client;
import org.postrider.rewrite.Resolved;
import org.postrider.tls.PeerCertificate;
import org.postrider.wire.Reply;

/// What access may know of a session and its mail: as it is when it is asked. Session thread only.
final class SessionSubject implements Subject {
    private final Session s;

    SessionSubject(Session session) {
        this.s = session;
    }

    @Override
    public Client client() {
        return s.t.client;
    }

    @Override
    public String helo() {
        return s.t.helo;
    }

    @Override
    public boolean inMail() {
        return s.t.inMail;
    }

    @Override
    public Address sender() {
        return s.t.sender;
    }

    @Override
    public @Nullable Address recipient() {
        return s.t.recipient;
    }

    @Override
    public int recipients() {
        return s.t.recipients.size();
    }

    @Override
    public long size() {
        return s.t.parameters == null ? 0 : s.t.parameters.size();
    }

    @Override
    public @Nullable String login() {
        return s.t.login;
    }

    @Override
    public boolean encrypted() {
        return s.t.tls != null;
    }

    @Override
    public @Nullable PeerCertificate certificate() {
        return s.t.tls == null ? null : s.t.tls.peer();
    }

    @Override
    public boolean pipelined() {
        return s.pipelining.seen();
    }

    @Override
    public @Nullable String etrn() {
        return s.t.etrn;
    }

    @Override
    public @Nullable Reply deferred() {
        return s.t.earlyDefer();
    }

    @Override
    public Resolved resolved(Address address) {
        return s.t.resolved(s.d.rewrite, address);
    }
}

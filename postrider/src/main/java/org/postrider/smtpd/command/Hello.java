package org.postrider.smtpd.command;

import java.io.IOException;
import org.postrider.access.Stage;
import org.postrider.peer.Neutral;
import org.postrider.smtpd.input.Party;
import org.postrider.smtpd.session.Admission;
import org.postrider.smtpd.session.Session;
import org.postrider.smtpd.session.State;
import org.postrider.wire.NotifyClass;
import org.postrider.wire.Reply;
import org.postrider.wire.Words;

/// HELO and EHLO: the client names itself, and a mail under way is forgotten (RFC 5321 4.1.1.1).
public abstract class Hello extends Verb {
    private final Reply syntax;
    private final boolean esmtp;

    Hello(String name, Reply syntax, boolean esmtp) {
        super(name, Trait.PLAINTEXT, Trait.IDLE, Trait.ENDS_GROUP);
        this.syntax = syntax;
        this.esmtp = esmtp;
    }

    @Override
    public final Admission check(State state, String arguments) {
        return Admission.named(arguments, syntax);
    }

    @Override
    public final void proceed(Session s, String arguments) throws IOException {
        Party.Hello before = s.party().hello();
        String asSaid = String.join(" ", Words.of(arguments));
        String name = Neutral.of(asSaid);
        said(s, new Party.Hello(name, before.esmtp(), before.given()));
        Reply refusal = s.judge.refusal(Stage.HELO);
        if (refusal != null) {
            s.answerReject(Stage.HELO, refusal);
            said(s, new Party.Hello("", before.esmtp(), before.given()));
            return;
        }
        Reply minded = s.milters.helo(asSaid);
        if (minded != null && minded.code() == 421) {
            s.error(minded, NotifyClass.POLICY);
            said(s, new Party.Hello("", before.esmtp(), before.given()));
            return;
        }
        if (before.given()) {
            s.milters.abort();
        }
        s.abandon();
        said(s, new Party.Hello(name, esmtp, true));
        welcome(s, minded == null || minded.code() < 500);
    }

    private static void said(Session s, Party.Hello hello) {
        s.party(s.party().as(hello));
    }

    /// Greets it back.
    ///
    /// @param wanted no milter refuses it for good: it may be offered things
    /// @throws org.postrider.maps.TableException if it is not known what the client is to be
    ///   offered
    abstract void welcome(Session s, boolean wanted) throws IOException;
}

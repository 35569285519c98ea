package org.postrider.smtpd;

import java.io.IOException;
import org.postrider.access.Stage;
import org.postrider.peer.Neutral;
import org.postrider.wire.Reply;
import org.postrider.wire.Words;

/// HELO and EHLO: the client names itself, and a mail under way is forgotten (RFC 5321 4.1.1.1).
abstract class Hello extends Verb {
    private final Reply syntax;
    private final boolean esmtp;

    Hello(String name, Reply syntax, boolean esmtp) {
        super(name, Trait.PLAINTEXT, Trait.IDLE, Trait.ENDS_GROUP);
        this.syntax = syntax;
        this.esmtp = esmtp;
    }

    @Override
    final Dialogue.Step check(State state, String arguments) {
        return Dialogue.named(arguments, syntax);
    }

    @Override
    final void proceed(Session s, String arguments) throws IOException {
        Transaction t = s.t;
        t.helo = Neutral.of(String.join(" ", Words.of(arguments)));
        Reply unwanted = s.judge.refusal(Stage.HELO);
        if (unwanted != null) {
            s.answerReject(Stage.HELO, unwanted);
            t.helo = "";
            return;
        }
        s.abandon();
        t.esmtp = esmtp;
        t.greeted = true;
        welcome(s);
    }

    /// @throws org.postrider.maps.TableException if it is not known what the client is to be
    ///   offered
    abstract void welcome(Session s) throws IOException;
}

package org.postrider.smtpd;

import java.io.IOException;
import org.postrider.wire.Reply;

/// HELO: nothing is offered.
final class Helo extends Hello {
    private final Reply welcome;

    Helo(Makings m) {
        super("HELO", SmtpdReplies.HELO_SYNTAX, false);
        welcome = Reply.plain(250, m.settings().get(SmtpdParams.MYHOSTNAME));
    }

    @Override
    void welcome(Session s) throws IOException {
        s.send(welcome);
    }
}

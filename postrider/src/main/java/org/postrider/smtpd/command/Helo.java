package org.postrider.smtpd.command;

import java.io.IOException;
import org.postrider.config.ConfigParams;
import org.postrider.smtpd.Makings;
import org.postrider.smtpd.SmtpdReplies;
import org.postrider.smtpd.session.Session;
import org.postrider.wire.Reply;

/// HELO: nothing is offered.
public final class Helo extends Hello {
    private final Reply welcome;

    Helo(Makings m) {
        super("HELO", SmtpdReplies.HELO_SYNTAX, false);
        welcome = Reply.plain(250, m.settings().get(ConfigParams.MYHOSTNAME));
    }

    @Override
    void welcome(Session s, boolean wanted) throws IOException {
        s.send(welcome);
    }
}

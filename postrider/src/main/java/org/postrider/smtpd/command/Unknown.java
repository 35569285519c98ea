package org.postrider.smtpd.command;

import java.io.IOException;
import org.postrider.log.SessionEvent;
import org.postrider.maps.StringList;
import org.postrider.maps.TableException;
import org.postrider.smtpd.Makings;
import org.postrider.smtpd.SmtpdParams;
import org.postrider.smtpd.SmtpdReplies;
import org.postrider.smtpd.input.Texts;
import org.postrider.smtpd.session.Admission;
import org.postrider.smtpd.session.Session;
import org.postrider.smtpd.session.State;
import org.postrider.wire.Command;

/// What is no verb of SMTP: another protocol's, which ends the session (smtpd_forbidden_commands),
/// or refused.
public final class Unknown extends Verb {
    private final StringList forbidden;

    Unknown(Makings m) {
        super("UNKNOWN", Trait.PLAINTEXT, Trait.ANYHOW);
        forbidden = m.words(SmtpdParams.FORBIDDEN_COMMANDS);
    }

    @Override
    public Admission check(State state, String arguments) {
        return Admission.PROCEED;
    }

    @Override
    public void proceed(Session s, String arguments) throws IOException {
        s.error(SmtpdReplies.NOT_RECOGNIZED);
    }

    @Override
    public void proceed(Session s, Command command) throws IOException {
        if (!s.milters.refused(s.milters.unknown(command.word()))) {
            proceed(s, command.arguments());
        }
    }

    @Override
    public boolean foreign(Session s, Command command, String line) throws IOException {
        String word = command.word();
        if (word.isEmpty() || !(listed(forbidden, word, s) || Texts.headerLine(line))) {
            return false;
        }
        s.log(new SessionEvent.NotSmtp(s.client(), Texts.clipped(line, 100)));
        s.send(SmtpdReplies.BREAKS_RULES);
        s.answers.end();
        s.answers.blame();
        return true;
    }

    /// A list that cannot answer holds nothing.
    public static boolean listed(StringList list, String word, Session s) {
        try {
            return list.contains(word);
        } catch (TableException e) {
            s.warn(e);
            return false;
        }
    }
}

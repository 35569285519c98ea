package org.postrider.smtpd.command;

import java.io.IOException;
import java.util.List;
import org.postrider.access.Stage;
import org.postrider.address.Address;
import org.postrider.address.Word;
import org.postrider.smtpd.Makings;
import org.postrider.smtpd.SmtpdParams;
import org.postrider.smtpd.SmtpdReplies;
import org.postrider.smtpd.input.MailParameters;
import org.postrider.smtpd.mail.Paths;
import org.postrider.smtpd.session.About;
import org.postrider.smtpd.session.Admission;
import org.postrider.smtpd.session.Session;
import org.postrider.smtpd.session.State;
import org.postrider.wire.NotifyClass;
import org.postrider.wire.Reply;

/// VRFY: what RCPT would be answered for an address (RFC 5321 3.5.1). 252 at best: nobody is told
/// that an address exists.
public final class Vrfy extends Verb {
    private final Paths paths;
    private final boolean disabled;
    private final boolean smtputf8;

    Vrfy(Makings m) {
        super("VRFY", Trait.IDLE, Trait.ENDS_GROUP);
        paths = new Paths(m.settings());
        disabled = m.settings().get(SmtpdParams.DISABLE_VRFY);
        smtputf8 = m.settings().get(SmtpdParams.SMTPUTF8_ENABLE);
    }

    Ehlo.Keyword keyword() {
        return Ehlo.Keyword.where("VRFY", "VRFY", _ -> !disabled);
    }

    @Override
    public Admission check(State state, String arguments) {
        return Admission.PROCEED;
    }

    @Override
    public void proceed(Session s, String arguments) throws IOException {
        if (s.milters.refused(s.milters.before())) {
            return;
        }
        if (disabled) {
            s.error(SmtpdReplies.VRFY_DISABLED, NotifyClass.POLICY);
            return;
        }
        List<String> words = MailParameters.texts(Word.parse(arguments), 0);
        if (words.isEmpty()) {
            s.error(smtputf8 ? SmtpdReplies.VRFY_SYNTAX_UTF8 : SmtpdReplies.VRFY_SYNTAX);
            return;
        }
        Reply tooMany = s.events == null ? null : s.events.recipient();
        if (tooMany != null) {
            s.error(tooMany, NotifyClass.POLICY);
            return;
        }
        boolean utf8 = smtputf8 && words.size() > 1 && words.getLast().equalsIgnoreCase("SMTPUTF8");
        if (utf8) {
            words.removeLast();
        }
        String text = String.join(" ", words);
        Address address = paths.path(s, new Word(text, false), false);
        if (address == null) {
            s.error(SmtpdReplies.BAD_RECIPIENT);
        } else if (paths.undeclared(address, utf8)) {
            s.error(SmtpdReplies.UNDECLARED_UTF8);
        } else {
            verified(s, address, text);
        }
    }

    private static void verified(Session s, Address address, String text) throws IOException {
        s.about(About.recipient(address));
        Reply refusal = s.judge.refusal(Stage.VRFY);
        if (refusal != null) {
            s.answerReject(Stage.RECIPIENT, refusal);
        } else {
            s.send(Reply.of(252, 0, 0, text));
        }
    }
}

package org.postrider.smtpd.command;

import java.io.IOException;
import java.util.List;
import org.postrider.access.Stage;
import org.postrider.maps.DomainList;
import org.postrider.maps.TableException;
import org.postrider.peer.ClientNames;
import org.postrider.smtpd.Makings;
import org.postrider.smtpd.Smtpd;
import org.postrider.smtpd.SmtpdParams;
import org.postrider.smtpd.SmtpdReplies;
import org.postrider.smtpd.input.Texts;
import org.postrider.smtpd.session.About;
import org.postrider.smtpd.session.Admission;
import org.postrider.smtpd.session.Session;
import org.postrider.smtpd.session.State;
import org.postrider.wire.NotifyClass;
import org.postrider.wire.Reply;
import org.postrider.wire.Words;

/// ETRN: what waits for a domain is tried now (RFC 1985, ETRN_README).
public final class Etrn extends Verb {
    private static final int SHOWN = 100;

    private final boolean heloRequired;
    private final DomainList domains;
    private final Smtpd.Flushing flushing;

    Etrn(Makings m) {
        super("ETRN", Trait.IDLE, Trait.ENDS_GROUP);
        heloRequired = m.settings().get(SmtpdParams.HELO_REQUIRED);
        domains = DomainList.of(m.settings(), SmtpdParams.FAST_FLUSH_DOMAINS, m.tables());
        flushing = m.machine().flushing();
    }

    @Override
    public Admission check(State state, String arguments) {
        return state instanceof State.Connected && heloRequired
                ? Admission.refuse(SmtpdReplies.ETRN_HELO_FIRST)
                : Admission.betweenMails(state, SmtpdReplies.ETRN_IN_MAIL);
    }

    @Override
    public void proceed(Session s, String arguments) throws IOException {
        if (s.milters.refused(s.milters.before())) {
            return;
        }
        List<String> words = Words.of(arguments);
        if (words.size() != 1) {
            s.error(SmtpdReplies.ETRN_SYNTAX);
            return;
        }
        String domain = words.getFirst();
        if (domain.startsWith("@") || domain.startsWith("#")) {
            domain = domain.substring(1);
        }
        if (!ClientNames.valid(domain) && !Texts.addressLiteral(domain)) {
            s.error(SmtpdReplies.ETRN_PARAMETER);
            return;
        }
        if (allowed(s, domain)) {
            flush(s, domain);
        }
    }

    /// False for a refusal, which has been sent.
    private static boolean allowed(Session s, String domain) throws IOException {
        s.about(About.etrn(domain));
        Reply refusal = s.judge.refusal(Stage.ETRN);
        if (refusal != null) {
            s.answerReject(Stage.ETRN, refusal);
        }
        s.about(About.NOTHING);
        return refusal == null;
    }

    private void flush(Session s, String domain) throws IOException {
        boolean served;
        try {
            served = domains.contains(domain);
        } catch (TableException e) {
            s.warn(e);
            s.error(SmtpdReplies.ETRN_UNABLE, NotifyClass.NONE);
            return;
        }
        if (!served) {
            s.warn("reject: ETRN " + Texts.clipped(domain, SHOWN) + "... from " + s.client());
            s.error(Reply.plain(459, "<" + domain + ">: service unavailable"), NotifyClass.NONE);
            return;
        }
        switch (flushing.site(domain)) {
            case ASKED -> s.send(SmtpdReplies.ETRN_STARTED);
            case TOO_MANY ->
                    unable(
                            s,
                            "too many sites to flush, not taken from "
                                    + s.client()
                                    + ": "
                                    + domain);
            case NO_SERVICE -> unable(s, "connect to public/flush: No such file or directory");
        }
    }

    private static void unable(Session s, String why) throws IOException {
        s.warn(why);
        s.error(SmtpdReplies.ETRN_UNABLE, NotifyClass.NONE);
    }
}

package org.postrider.smtpd.command;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.access.Stage;
import org.postrider.address.Address;
import org.postrider.address.Quoting;
import org.postrider.address.Word;
import org.postrider.anvil.RateLimits;
import org.postrider.cleanup.CleanupService;
import org.postrider.config.Reason;
import org.postrider.log.MailEvent;
import org.postrider.queue.Recipient;
import org.postrider.smtpd.Makings;
import org.postrider.smtpd.SmtpdParams;
import org.postrider.smtpd.SmtpdReplies;
import org.postrider.smtpd.input.MailParameters;
import org.postrider.smtpd.mail.MailStart;
import org.postrider.smtpd.mail.Paths;
import org.postrider.smtpd.proxy.ProxyMail;
import org.postrider.smtpd.session.About;
import org.postrider.smtpd.session.Admission;
import org.postrider.smtpd.session.Mail;
import org.postrider.smtpd.session.Session;
import org.postrider.smtpd.session.State;
import org.postrider.verify.ProbeSender;
import org.postrider.wire.NotifyClass;
import org.postrider.wire.Reply;

/// RCPT: one more recipient of the mail (RFC 5321 4.1.1.3).
public final class RcptTo extends Verb {
    private final CleanupService cleanup;
    private final Paths paths;
    private final ProbeSender probes;
    private final @Nullable RateLimits rates;
    private final MailStart start;
    private final int limit;
    private final int overshoot;

    RcptTo(Makings m, MailStart start) {
        super("RCPT");
        cleanup = m.cleanup();
        paths = new Paths(m.settings());
        probes = m.probes();
        rates = m.guards().limits();
        this.start = start;
        limit = m.settings().get(SmtpdParams.RECIPIENT_LIMIT);
        overshoot = m.settings().get(SmtpdParams.RECIPIENT_OVERSHOOT);
    }

    @Override
    public Admission check(State state, String arguments) {
        return switch (state) {
            case State.Connected _, State.Greeted _ -> Admission.refuse(SmtpdReplies.NEED_MAIL);
            case State.InMail _ -> Admission.PROCEED;
            case State.InChunks _ -> Admission.refuse(SmtpdReplies.RCPT_AFTER_BDAT);
            case State.SkippingChunks k ->
                    Admission.refuse(
                            k.mail() != null
                                    ? SmtpdReplies.RCPT_AFTER_BDAT
                                    : SmtpdReplies.NEED_MAIL);
        };
    }

    @Override
    public void proceed(Session s, String arguments) throws IOException {
        Mail mail = s.mail();
        if (mail == null) {
            throw new IllegalStateException("a recipient without a mail");
        }
        if (mail.full) {
            s.send(SmtpdReplies.NO_SPACE);
            return;
        }
        List<Word> words = Word.parse(arguments);
        if (words.size() < 2 || !words.getFirst().text().equalsIgnoreCase("TO:")) {
            s.error(SmtpdReplies.RCPT_SYNTAX);
            return;
        }
        Reply tooMany = s.events == null ? null : s.events.recipient();
        if (tooMany != null) {
            s.error(tooMany, NotifyClass.POLICY);
            return;
        }
        Address recipient = paths.path(s, words.get(1), false);
        if (recipient == null) {
            s.error(SmtpdReplies.BAD_RECIPIENT);
            return;
        }
        MailParameters.Rcpt p =
                MailParameters.rcpt(MailParameters.texts(words, 2), s.greeting.discarded());
        if (paths.undeclared(recipient, mail.parameters.smtputf8())) {
            boolean local = Paths.ascii(recipient.domain());
            s.error(local ? SmtpdReplies.UNDECLARED_UTF8 : SmtpdReplies.BAD_RECIPIENT);
        } else if (wellFormed(s, p) && !tooMany(s, mail)) {
            s.about(About.recipient(recipient));
            add(s, mail, one(recipient, p), MailParameters.texts(words, 1));
        }
    }

    private Recipient one(Address given, MailParameters.Rcpt p) {
        Address probe = probes.known(given);
        if (probe == null || probe.equals(given)) {
            return new Recipient(given, given, p.dsnNotify(), p.orcpt());
        }
        String orcpt = p.orcpt();
        String original = orcpt == null ? "rfc822;" + Quoting.rfc5322(given) : orcpt;
        return new Recipient(probe, probe, p.dsnNotify(), original);
    }

    private static boolean wellFormed(Session s, MailParameters.Rcpt p) throws IOException {
        String unknown = p.unknownNotify();
        if (unknown != null) {
            s.warn("unknown DSN NOTIFY command value \"" + unknown + "\" in \"" + unknown + "\"");
        }
        if (p.refusal() != null) {
            s.error(p.refusal());
        }
        return p.refusal() == null;
    }

    /// smtpd_recipient_limit; the first ones over it are no errors
    /// (smtpd_recipient_overshoot_limit).
    private boolean tooMany(Session s, Mail mail) throws IOException {
        if (mail.recipientCount() < limit) {
            return false;
        }
        if (mail.overshoot++ < overshoot) {
            s.send(SmtpdReplies.TOO_MANY_RECIPIENTS);
        } else {
            s.error(SmtpdReplies.TOO_MANY_RECIPIENTS, NotifyClass.POLICY);
        }
        return true;
    }

    private void add(Session s, Mail mail, Recipient one, List<String> argv) throws IOException {
        // Who asks next hops for addresses is asked back, and is there for everybody.
        Reply refusal =
                probes.known(one.address()) == null ? s.judge.refusal(Stage.RECIPIENT) : null;
        if (refusal != null) {
            s.answerReject(Stage.RECIPIENT, refusal);
            s.milters.rcpt(argv, refusal);
            return;
        }
        if (s.milters.refused(s.milters.rcpt(argv, null))) {
            return;
        }
        if (!mail.keeps(one, start.kept(s), cleanup)) {
            full(s, mail);
            return;
        }
        Reply over = rates == null ? null : mail.charges(rates, s).recipient(one.address());
        if (over != null) {
            s.answerReject(Stage.RECIPIENT, over);
            return;
        }
        Reply unwanted = start.recipient(s, mail);
        if (unwanted != null) {
            s.error(unwanted, ProxyMail.about(unwanted));
            return;
        }
        try {
            mail.add(one);
        } catch (IOException e) {
            s.warn("recipients cannot be written: " + Reason.of(e));
            full(s, mail);
            return;
        }
        if (mail.authentication != null) {
            // The answers come while the content does.
            mail.authentication.begin();
        }
        s.send(SmtpdReplies.RCPT_OK);
    }

    /// Said once a mail: the client is told of each, and often has hundreds more.
    private static void full(Session s, Mail mail) throws IOException {
        mail.full = true;
        s.rejects.log("reject", Stage.RECIPIENT, SmtpdReplies.NO_SPACE);
        s.log(new MailEvent.NoMemory(s.rejects.id(), mail.recipientCount(), s.client()));
        s.send(SmtpdReplies.NO_SPACE);
    }
}

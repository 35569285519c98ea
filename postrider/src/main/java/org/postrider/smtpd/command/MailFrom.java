package org.postrider.smtpd.command;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.access.AccessReplies;
import org.postrider.access.LocalClients;
import org.postrider.access.Stage;
import org.postrider.address.Address;
import org.postrider.address.Word;
import org.postrider.cleanup.CleanupParams;
import org.postrider.cleanup.CleanupService;
import org.postrider.config.Settings;
import org.postrider.log.QueueEvent;
import org.postrider.maps.TableException;
import org.postrider.smtpd.Checking;
import org.postrider.smtpd.Makings;
import org.postrider.smtpd.Smtpd;
import org.postrider.smtpd.SmtpdParams;
import org.postrider.smtpd.SmtpdReplies;
import org.postrider.smtpd.input.MailParameters;
import org.postrider.smtpd.mail.MailStart;
import org.postrider.smtpd.mail.Paths;
import org.postrider.smtpd.proxy.ProxyMail;
import org.postrider.smtpd.session.About;
import org.postrider.smtpd.session.Admission;
import org.postrider.smtpd.session.Authorized;
import org.postrider.smtpd.session.Mail;
import org.postrider.smtpd.session.Session;
import org.postrider.smtpd.session.State;
import org.postrider.wire.NotifyClass;
import org.postrider.wire.Reply;

/// MAIL: a mail begins (RFC 5321 4.1.1.2).
public final class MailFrom extends Verb {
    private final CleanupService cleanup;
    private final MailStart start;
    private final Paths paths;
    private final LocalClients localClients;
    private final Authorized verpClients;
    private final String verpDelimiters;
    private final String verpFilter;
    private final Smtpd.Space space;
    private final boolean heloRequired;
    private final boolean opensLate;
    private final boolean smtputf8;
    private final boolean requireTls;
    private final long sizeLimit;
    private final long minFree;
    private final @Nullable Checking checking;

    MailFrom(Makings m, MailStart start) {
        super("MAIL");
        this.start = start;
        Settings settings = m.settings();
        cleanup = m.cleanup();
        paths = new Paths(settings);
        localClients = m.localClients();
        verpClients = new Authorized(m.clients(SmtpdParams.VERP_CLIENTS));
        verpDelimiters = settings.get(SmtpdParams.VERP_DELIMITERS);
        verpFilter = settings.get(SmtpdParams.VERP_FILTER);
        space = m.machine().space();
        heloRequired = settings.get(SmtpdParams.HELO_REQUIRED);
        opensLate = settings.get(SmtpdParams.DELAY_OPEN);
        smtputf8 = settings.get(SmtpdParams.SMTPUTF8_ENABLE);
        requireTls = settings.get(SmtpdParams.REQUIRETLS_ENABLE);
        sizeLimit = settings.get(CleanupParams.MESSAGE_SIZE_LIMIT);
        minFree = settings.get(SmtpdParams.QUEUE_MINFREE);
        checking = m.guards().checking();
    }

    Ehlo.Keyword size() {
        return Ehlo.Keyword.of("SIZE", sizeLimit > 0 ? "SIZE " + sizeLimit : "SIZE");
    }

    Ehlo.Keyword verp() {
        return Ehlo.Keyword.where(null, "XVERP", verpClients::holds);
    }

    Ehlo.Keyword smtputf8() {
        return Ehlo.Keyword.where("SMTPUTF8", "SMTPUTF8", _ -> smtputf8);
    }

    Ehlo.Keyword requireTls() {
        return Ehlo.Keyword.where("REQUIRETLS", "REQUIRETLS", s -> requireTls && s.tls() != null);
    }

    @Override
    public Admission check(State state, String arguments) {
        return switch (state) {
            case State.Connected _ ->
                    heloRequired ? Admission.refuse(SmtpdReplies.HELO_FIRST) : Admission.PROCEED;
            case State.Greeted _ -> Admission.PROCEED;
            case State.InMail _, State.InChunks _ -> Admission.refuse(SmtpdReplies.NESTED_MAIL);
            case State.SkippingChunks k ->
                    Admission.refuse(
                            k.mail() != null
                                    ? SmtpdReplies.NESTED_MAIL
                                    : SmtpdReplies.MAIL_AFTER_BDAT);
        };
    }

    @Override
    public void proceed(Session s, String arguments) throws IOException {
        List<Word> words = Word.parse(arguments);
        if (words.size() < 2 || !words.getFirst().text().equalsIgnoreCase("FROM:")) {
            s.error(SmtpdReplies.MAIL_SYNTAX);
            return;
        }
        Reply tooMuch = s.events == null ? null : s.events.message();
        if (tooMuch != null) {
            s.error(tooMuch, NotifyClass.POLICY);
            return;
        }
        Address sender = paths.path(s, words.get(1), true);
        if (sender == null) {
            s.error(SmtpdReplies.BAD_SENDER);
            return;
        }
        if (!rewritable(s)) {
            s.error(SmtpdReplies.LOOKUP_ERROR, NotifyClass.DATA);
            return;
        }
        MailParameters.Mail p =
                MailParameters.mail(MailParameters.texts(words, 2), sender.isNull(), offer(s));
        if (p.refusal() != null) {
            s.error(p.refusal());
        } else if (paths.undeclared(sender, p.smtputf8())) {
            boolean local = Paths.ascii(sender.domain());
            s.error(local ? SmtpdReplies.UNDECLARED_UTF8 : SmtpdReplies.BAD_SENDER);
        } else {
            begin(s, sender, p, MailParameters.texts(words, 1));
        }
    }

    private void begin(Session s, Address sender, MailParameters.Mail p, List<String> argv)
            throws IOException {
        long now = s.service.clock.wallMillis();
        Mail mail = new Mail(sender, p, now, s.place.line(), s.service.instance(now));
        boolean begun = false;
        try {
            s.about(About.mail(mail));
            if (checked(s, mail) && !refused(s, p) && !s.milters.refusedMail(argv)) {
                s.inMail(mail);
                begun = true;
            }
        } finally {
            if (!begun) {
                mail.close();
            }
        }
        if (!begun) {
            return;
        }
        Reply refusal = opensLate ? null : start.open(s, mail);
        if (refusal != null) {
            s.abandon();
            s.error(refusal, ProxyMail.about(refusal));
            return;
        }
        s.send(SmtpdReplies.MAIL_OK);
    }

    /// Begins to check the authenticity of a stranger's mail; false if it cannot be checked, which
    /// has been answered.
    private boolean checked(Session s, Mail mail) throws IOException {
        Checking by = checking;
        if (by == null) {
            return true;
        }
        try {
            mail.authentication = by.mail(s.judge.subject());
        } catch (TableException e) {
            s.warn(e);
            s.error(SmtpdReplies.LOOKUP_ERROR, NotifyClass.DATA);
            return false;
        }
        return true;
    }

    /// Whether it is known whose headers the mail will have (local_header_rewrite_clients).
    private boolean rewritable(Session s) {
        try {
            localClients.contains(s.judge.subject());
            return true;
        } catch (TableException e) {
            s.warn(e);
            return false;
        }
    }

    /// What the client may ask for.
    private MailParameters.Offer offer(Session s) {
        boolean verp = false;
        try {
            verp = verpClients.holds(s);
        } catch (TableException e) {
            s.warn(e);
        }
        boolean secure = s.tls() != null;
        return new MailParameters.Offer(
                s.greeting.discarded(),
                smtputf8,
                verp ? verpDelimiters : null,
                verpFilter,
                requireTls ? secure : null);
    }

    /// False if the sender may go on; else the reply has been sent.
    private boolean refused(Session s, MailParameters.Mail p) throws IOException {
        boolean large = sizeLimit > 0 && p.size() > sizeLimit;
        Reply reply = large ? SmtpdReplies.SIZE_LIMIT : s.judge.refusal(Stage.SENDER);
        String held = reply == null ? cleanup.held() : null;
        if (held != null) {
            s.warn(held + ": no mail is taken");
            s.answerReject(Stage.SENDER, AccessReplies.CONFIGURATION, NotifyClass.SOFTWARE);
            return true;
        }
        if (reply != null) {
            s.answerReject(Stage.SENDER, reply);
            return true;
        }
        // What is checked lies on the disk before a filter has it.
        return (checking != null || !start.passesOn()) && noSpace(s, p);
    }

    private boolean noSpace(Session s, MailParameters.Mail p) throws IOException {
        long need = Math.max(minFree, sizeLimit + sizeLimit / 2);
        long free = space.freeBytes();
        if (free >= Math.max(need, p.size())) {
            return false;
        }
        s.about(About.NOTHING);
        s.answerReject(Stage.ETRN, SmtpdReplies.NO_SPACE, NotifyClass.RESOURCE);
        s.log(new QueueEvent.NoSpace(free));
        return true;
    }
}

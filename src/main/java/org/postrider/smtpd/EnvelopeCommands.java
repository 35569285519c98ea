package org.postrider.smtpd;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.address.PathParser;
import org.postrider.address.Word;
import org.postrider.anvil.Charges;
import org.postrider.log.LogEvent;
import org.postrider.maps.TableException;
import org.postrider.peer.ClientNames;
import org.postrider.queue.QueueId;
import org.postrider.queue.Recipient;
import org.postrider.wire.Reply;
import org.postrider.wire.Words;

/// The commands that name addresses: MAIL, RCPT, VRFY and ETRN. Session thread only.
final class EnvelopeCommands {
    private final Session s;
    private final Smtpd d;
    private final Transaction t;
    private final Judge judge;

    EnvelopeCommands(Session session) {
        this.s = session;
        this.d = session.d;
        this.t = session.t;
        this.judge = session.judge;
    }

    void mail(String arguments) throws IOException {
        List<Word> words = Word.parse(arguments);
        if (words.size() < 2 || !words.getFirst().text().equalsIgnoreCase("FROM:")) {
            s.error(SmtpdReplies.MAIL_SYNTAX);
            return;
        }
        Reply tooMuch = s.events == null ? null : s.events.message();
        if (tooMuch != null) {
            s.error(tooMuch);
            return;
        }
        Address sender = path(words.get(1), true);
        if (sender == null) {
            s.error(SmtpdReplies.BAD_SENDER);
            return;
        }
        if (!rewritable()) {
            s.error(SmtpdReplies.LOOKUP_ERROR);
            return;
        }
        MailParameters.Mail p =
                MailParameters.mail(
                        MailParameters.texts(words, 2), sender.isNull(), s.greeting.mayAsk());
        if (p.refusal() != null) {
            s.error(p.refusal());
            return;
        }
        if (undeclared(sender, p)) {
            s.error(
                    ascii(sender.domain())
                            ? SmtpdReplies.UNDECLARED_UTF8
                            : SmtpdReplies.BAD_SENDER);
            return;
        }
        t.sender = sender;
        t.parameters = p;
        t.arrivalMillis = d.clock.wallMillis();
        Reply refusal = senderRefusal(p);
        if (refusal != null) {
            t.resetMail();
            return;
        }
        t.inMail = true;
        if (!d.opensLate) {
            opened();
        }
        s.send(SmtpdReplies.MAIL_OK);
    }

    /// Whether it is known whose headers the mail will have (local_header_rewrite_clients).
    private boolean rewritable() {
        try {
            d.localClients.contains(t);
            return true;
        } catch (TableException e) {
            s.warn(e);
            return false;
        }
    }

    /// strict_smtputf8: an address beyond ASCII in a mail that did not ask for SMTPUTF8.
    private boolean undeclared(Address address, MailParameters.@Nullable Mail p) {
        return d.strictUtf8 && (p == null || !p.smtputf8()) && !ascii(address.text());
    }

    private static boolean ascii(String text) {
        return text.chars().allMatch(c -> c < 128);
    }

    /// An address in internal form; null where it is none.
    private @Nullable Address path(Word word, boolean mayBeEmpty) {
        if (word.open()) {
            return null;
        }
        Address address = PathParser.parse(word.text(), d.strict);
        if (address == null
                || (address.isNull() && !mayBeEmpty)
                || (!address.isNull() && t.malformed(d.rewrite, address))) {
            s.warn(
                    "Illegal address syntax from "
                            + s.client()
                            + " in "
                            + s.place.command()
                            + " command: "
                            + word.text());
            return null;
        }
        return address;
    }

    /// Null where the sender may go on; else the reply, already sent.
    private @Nullable Reply senderRefusal(MailParameters.Mail p) throws IOException {
        if (!d.delayReject) {
            if (judge.early(d.senderRules, Restrictions.Stage.SENDER) instanceof Verdict.Reject r) {
                s.answerReject(Restrictions.Stage.SENDER, r.reply());
                return r.reply();
            }
            Verdict v = judge.unlistedSender();
            if (v instanceof Verdict.Reject r) {
                s.answerReject(Restrictions.Stage.SENDER, r.reply());
                return r.reply();
            }
        }
        String held = d.held;
        if (held != null) {
            s.warn(held + ": no mail is taken");
            s.answerReject(Restrictions.Stage.SENDER, SmtpdReplies.CONFIGURATION);
            return SmtpdReplies.CONFIGURATION;
        }
        if (d.sizeLimit > 0 && p.size() > d.sizeLimit) {
            s.answerReject(Restrictions.Stage.SENDER, SmtpdReplies.SIZE_LIMIT);
            return SmtpdReplies.SIZE_LIMIT;
        }
        long need = Math.max(d.minFree, d.sizeLimit + d.sizeLimit / 2);
        long free = d.space.freeBytes();
        if (free < Math.max(need, p.size())) {
            t.sender = Address.NULL;
            s.answerReject(Restrictions.Stage.ETRN, SmtpdReplies.NO_SPACE);
            s.warn(
                    "not enough free space in mail queue: "
                            + free
                            + " bytes < 1.5*message size limit");
            return SmtpdReplies.NO_SPACE;
        }
        return s.milters.refusal();
    }

    void rcpt(String arguments) throws IOException {
        t.tried++;
        if (t.full) {
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
            s.error(tooMany);
            return;
        }
        Address recipient = path(words.get(1), false);
        if (recipient == null) {
            s.error(SmtpdReplies.BAD_RECIPIENT);
            return;
        }
        MailParameters.Rcpt p =
                MailParameters.rcpt(MailParameters.texts(words, 2), s.greeting.discarded());
        if (undeclared(recipient, t.parameters)) {
            boolean local = ascii(recipient.domain());
            s.error(local ? SmtpdReplies.UNDECLARED_UTF8 : SmtpdReplies.BAD_RECIPIENT);
            return;
        }
        if (p.unknownNotify() != null) {
            s.warn(
                    "unknown DSN NOTIFY command value \""
                            + p.unknownNotify()
                            + "\" in \""
                            + p.unknownNotify()
                            + "\"");
        }
        if (p.refusal() != null) {
            s.error(p.refusal());
            return;
        }
        if (t.recipients.size() >= d.recipientLimit) {
            if (t.overshoot++ < d.overshoot) {
                s.send(SmtpdReplies.TOO_MANY_RECIPIENTS);
            } else {
                s.error(SmtpdReplies.TOO_MANY_RECIPIENTS);
            }
            return;
        }
        t.recipient = recipient;
        Verdict v = judge.recipientVerdict();
        if (v instanceof Verdict.Reject r) {
            s.answerReject(Restrictions.Stage.RECIPIENT, r.reply());
            t.recipient = null;
            return;
        }
        Recipient accepted = new Recipient(recipient, recipient, p.dsnNotify(), p.orcpt());
        if (!t.keeps(accepted, d.cleanup)) {
            // Said once a mail: the client is told of each, and often has hundreds more.
            t.full = true;
            s.rejects.log("reject", Restrictions.Stage.RECIPIENT, SmtpdReplies.NO_SPACE);
            s.warn(
                    s.rejects.id()
                            + ": no memory for more than "
                            + t.recipients.size()
                            + " recipients from "
                            + s.client());
            s.send(SmtpdReplies.NO_SPACE);
            t.recipient = null;
            return;
        }
        Reply over = overRate(recipient);
        if (over != null) {
            s.answerReject(Restrictions.Stage.RECIPIENT, over);
            t.recipient = null;
            return;
        }
        if (d.proxy != null && d.proxy.refusesRecipients()) {
            s.warn(d.proxy.complaint());
            s.error(SmtpdReplies.QUEUE_WRITE);
            t.recipient = null;
            return;
        }
        t.recipients.add(accepted);
        if (t.id == null) {
            opened();
        }
        t.recipient = null;
        s.send(SmtpdReplies.RCPT_OK);
    }

    /// The rate limits that a recipient would exceed; null for none.
    private @Nullable Reply overRate(Address recipient) {
        if (d.rateLimits == null) {
            return null;
        }
        Charges charges = t.charges;
        if (charges == null) {
            charges = d.rateLimits.charges(new RatedMail(s));
            t.charges = charges;
        }
        return charges.recipient(recipient);
    }

    /// From here on the mail has a queue id.
    private void opened() {
        QueueId id = d.cleanup.newId();
        t.id = id;
        d.log.event(s.tag, new LogEvent.Client(id.text(), s.client(), t.more()));
    }

    void vrfy(String arguments) throws IOException {
        if (d.vrfyDisabled) {
            s.error(SmtpdReplies.VRFY_DISABLED);
            return;
        }
        List<String> words = MailParameters.texts(Word.parse(arguments), 0);
        if (words.isEmpty()) {
            s.error(d.smtputf8 ? SmtpdReplies.VRFY_SYNTAX_UTF8 : SmtpdReplies.VRFY_SYNTAX);
            return;
        }
        Reply tooMany = s.events == null ? null : s.events.recipient();
        if (tooMany != null) {
            s.error(tooMany);
            return;
        }
        boolean utf8 =
                d.smtputf8 && words.size() > 1 && words.getLast().equalsIgnoreCase("SMTPUTF8");
        if (utf8) {
            words.removeLast();
        }
        String text = String.join(" ", words);
        Address address = path(new Word(text, false), false);
        if (address == null) {
            s.error(SmtpdReplies.BAD_RECIPIENT);
            return;
        }
        if (!utf8 && undeclared(address, null)) {
            s.error(SmtpdReplies.UNDECLARED_UTF8);
            return;
        }
        t.recipient = address;
        Verdict v = judge.recipientVerdict();
        t.recipient = null;
        if (v instanceof Verdict.Reject r) {
            t.recipient = address;
            s.answerReject(Restrictions.Stage.RECIPIENT, r.reply());
            t.recipient = null;
            return;
        }
        s.send(Reply.of(252, 0, 0, text));
    }

    void etrn(String arguments) throws IOException {
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
        t.etrn = domain;
        Verdict v =
                d.delayReject
                        ? judge.delayedEtrn()
                        : judge.evaluate(d.etrnRules, Restrictions.Stage.ETRN);
        if (v instanceof Verdict.Reject r) {
            s.answerReject(Restrictions.Stage.ETRN, r.reply());
            t.etrn = null;
            return;
        }
        t.etrn = null;
        boolean served;
        try {
            served = d.fastFlush.contains(domain);
        } catch (TableException e) {
            s.warn(e);
            s.error(SmtpdReplies.ETRN_UNABLE);
            return;
        }
        if (!served) {
            s.warn("reject: ETRN " + Texts.clipped(domain, 100) + "... from " + s.client());
            s.error(Reply.plain(459, "<" + domain + ">: service unavailable"));
            return;
        }
        if (!d.flushing.site(domain)) {
            s.warn("too many sites to flush, not taken from " + s.client() + ": " + domain);
            s.error(Reply.plain(458, "Unable to queue messages"));
            return;
        }
        s.send(SmtpdReplies.ETRN_STARTED);
    }
}

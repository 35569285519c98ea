package org.postrider.smtpd;

import java.util.concurrent.locks.LockSupport;
import org.postrider.maps.TableException;
import org.postrider.wire.Reply;

/// Which restriction lists are asked when, and what their verdicts come to. Session thread only.
final class Judge {
    private final Session s;
    private final Smtpd d;
    private final Transaction t;

    /// How deep rule lists that tables name are nested.
    int depth;

    /// warn_if_reject: a refusal is logged and goes no further.
    boolean warnOnly;

    Judge(Session session) {
        this.s = session;
        this.d = session.d;
        this.t = session.t;
    }

    /// The mail is put off if no rule refuses it; with warn_if_reject that is a refusal to log.
    Verdict deferIfPermit(Reply reply) {
        if (warnOnly) {
            return new Verdict.Reject(reply);
        }
        t.deferIfPermit(reply);
        return Verdict.DUNNO;
    }

    Verdict unlistedSender() {
        return d.unlistedSender && d.checkUnknown
                ? guarded(Restrictions.Stage.SENDER, () -> d.recipientChecks.sender(t))
                : Verdict.DUNNO;
    }

    private interface Check {
        Verdict verdict();
    }

    Verdict guarded(Restrictions.Stage stage, Check check) {
        try {
            return check.verdict();
        } catch (TableException e) {
            s.warn(e);
            return new Verdict.Reject(Rules.lookupFailure(stage, t));
        }
    }

    /// All that is asked at RCPT: delayed lists first, then relay and recipient, then whether the
    /// recipient exists.
    Verdict recipientVerdict() {
        t.trace.clear();
        t.recipientChecked = false;
        if (t.recipient != null && t.recipient.text().equalsIgnoreCase("postmaster")) {
            // RFC 5321 4.5.1: everybody may write to the postmaster of this server.
            return Verdict.DUNNO;
        }
        Verdict v = Verdict.DUNNO;
        if (d.delayReject) {
            v = delayed();
        } else {
            t.deferIfPermit = t.earlyDefer();
        }
        if (v instanceof Verdict.Reject) {
            return v;
        }
        if (!d.relayGuarded) {
            d.log.fatal(
                    s.tag,
                    "in parameter smtpd_relay_restrictions or smtpd_recipient_restrictions, specify"
                            + " at least one working instance of: reject_unauth_destination,"
                            + " defer_unauth_destination, reject, defer, defer_if_permit or"
                            + " check_relay_domains");
            return new Verdict.Reject(SmtpdReplies.CONFIGURATION);
        }
        for (Restrictions.RuleList list : d.recipientRules) {
            t.deferIfReject = null;
            v = evaluateKeeping(list, Restrictions.Stage.RECIPIENT);
            if (v instanceof Verdict.Reject) {
                return v;
            }
        }
        Reply defer = t.deferIfPermit;
        if (defer != null) {
            return new Verdict.Reject(defer);
        }
        if (d.unlistedRecipient && d.checkUnknown && !t.recipientChecked) {
            Verdict unlisted =
                    guarded(Restrictions.Stage.RECIPIENT, () -> d.recipientChecks.recipient(t));
            return unlisted instanceof Verdict.Reject r ? Restrictions.rejected(r, t) : unlisted;
        }
        return v;
    }

    Verdict delayed() {
        t.deferIfPermit = null;
        Verdict v = evaluateKeeping(d.clientRules, Restrictions.Stage.CLIENT);
        if (!(v instanceof Verdict.Reject) && !t.helo.isEmpty()) {
            t.deferIfReject = null;
            v = evaluateKeeping(d.heloRules, Restrictions.Stage.HELO);
        }
        // VRFY outside of a mail has no sender.
        if (!(v instanceof Verdict.Reject) && t.inMail) {
            t.deferIfReject = null;
            v = evaluateKeeping(d.senderRules, Restrictions.Stage.SENDER);
        }
        return v instanceof Verdict.Reject ? v : unlistedSender();
    }

    /// A list asked at its own command: DEFER_IF_PERMIT waits for the recipient.
    Verdict early(Restrictions.RuleList list, Restrictions.Stage stage) {
        t.deferIfPermit = null;
        t.deferIfReject = null;
        Verdict v = evaluateKeeping(list, stage);
        Reply defer = t.deferIfPermit;
        if (defer != null && !(v instanceof Verdict.Reject)) {
            t.earlyDefers.put(stage, defer);
        } else {
            t.earlyDefers.remove(stage);
        }
        return v;
    }

    Verdict evaluate(Restrictions.RuleList list, Restrictions.Stage stage) {
        t.deferIfPermit = null;
        t.deferIfReject = null;
        Verdict v = evaluateKeeping(list, stage);
        Reply defer = t.deferIfPermit;
        return defer != null && !(v instanceof Verdict.Reject) ? new Verdict.Reject(defer) : v;
    }

    Verdict evaluateKeeping(Restrictions.RuleList list, Restrictions.Stage stage) {
        return list.rules().isEmpty() ? Verdict.DUNNO : d.restrictions.evaluate(list, stage, t, s);
    }

    /// Rules after the recipients: of several none is named.
    Verdict afterRecipients(Restrictions.RuleList list, Restrictions.Stage stage) {
        t.recipient = t.recipients.size() == 1 ? t.recipients.getFirst().address() : null;
        Verdict v = evaluate(list, stage);
        t.recipient = null;
        return v;
    }

    Verdict sleep(String seconds) {
        int n = Texts.number(seconds);
        if (n < 0) {
            s.warn("restriction sleep: bad argument \"" + seconds + "\": need digits");
            return new Verdict.Reject(SmtpdReplies.CONFIGURATION);
        }
        LockSupport.parkNanos(n * 1_000_000_000L);
        return Verdict.DUNNO;
    }

    Verdict delayedEtrn() {
        Verdict v = evaluate(d.clientRules, Restrictions.Stage.CLIENT);
        if (!(v instanceof Verdict.Reject)) {
            v = evaluate(d.heloRules, Restrictions.Stage.HELO);
        }
        return v instanceof Verdict.Reject ? v : evaluate(d.etrnRules, Restrictions.Stage.ETRN);
    }
}

package org.postrider.smtpd.session;

import org.postrider.access.Stage;
import org.postrider.address.Address;
import org.postrider.address.Quoting;
import org.postrider.log.LogEvent;
import org.postrider.queue.QueueId;
import org.postrider.smtpd.input.Party;
import org.postrider.wire.Reply;

/// The log lines of refusals and of what else rules do to a mail, in Postfix's form. Session thread
/// only.
public final class RejectLog {
    private final Session s;

    RejectLog(Session session) {
        this.s = session;
    }

    /// @param action `reject`, `reject_warning` …
    public void log(String action, Stage stage, Reply reply) {
        log(action, s.answers.shown(reply.line()), stage == Stage.SENDER);
    }

    public void log(String action, String text) {
        log(action, text, false);
    }

    private void log(String action, String why, boolean withSender) {
        Mail mail = s.mail();
        Party party = s.party();
        String at = s.place.command();
        StringBuilder text = new StringBuilder(200);
        text.append(at).append(" from ").append(s.client()).append(": ").append(why).append(';');
        if (mail != null || withSender) {
            text.append(" from=<").append(Quoting.rfc5321(s.sender())).append('>');
        }
        Address r = s.about().recipient();
        if (r == null && mail != null) {
            r = mail.onlyRecipient();
        }
        if (r != null) {
            text.append(" to=<").append(Quoting.rfc5321(r)).append('>');
        }
        text.append(" proto=").append(party.protocol());
        if (!party.helo().isEmpty()) {
            text.append(" helo=<").append(party.helo()).append('>');
        }
        Party.Login login = party.login();
        if (login != null) {
            text.append(" sasl_method=").append(login.method());
            text.append(" sasl_username=").append(login.username());
        }
        s.log(new LogEvent.Reject(id(), action, text.toString()));
    }

    /// The queue id, `NOQUEUE` before there is one.
    public String id() {
        Mail mail = s.mail();
        QueueId id = mail == null ? null : mail.id;
        return id == null ? "NOQUEUE" : id.text();
    }
}

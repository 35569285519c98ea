package org.postrider.smtpd;

import org.postrider.access.Stage;
import org.postrider.address.Address;
import org.postrider.address.Quoting;
import org.postrider.log.LogEvent;
import org.postrider.queue.QueueId;
import org.postrider.wire.Reply;

/// The log lines of refusals and of what else rules do to a mail, in Postfix's form. Session thread
/// only.
final class RejectLog {
    private final Session s;

    RejectLog(Session session) {
        this.s = session;
    }

    /// @param action `reject`, `reject_warning` …
    void log(String action, Stage stage, Reply reply) {
        log(action, s.answers.shown(reply.line()), stage == Stage.SENDER);
    }

    void log(String action, String text) {
        log(action, text, false);
    }

    private void log(String action, String why, boolean withSender) {
        Transaction t = s.t;
        String at = s.place.command();
        StringBuilder text = new StringBuilder(200);
        text.append(at).append(" from ").append(s.client()).append(": ").append(why).append(';');
        if (t.inMail || withSender) {
            text.append(" from=<").append(Quoting.rfc5321(t.sender)).append('>');
        }
        Address r = t.recipient;
        if (r == null && t.recipients.size() == 1) {
            r = t.recipients.getFirst().address();
        }
        if (r != null) {
            text.append(" to=<").append(Quoting.rfc5321(r)).append('>');
        }
        text.append(" proto=").append(t.protocol());
        if (!t.helo.isEmpty()) {
            text.append(" helo=<").append(t.helo).append('>');
        }
        if (t.login != null) {
            text.append(" sasl_method=").append(t.loginMethod);
            text.append(" sasl_username=").append(t.login);
        }
        s.d.log.event(s.tag, new LogEvent.Reject(id(), action, text.toString()));
    }

    /// The queue id, `NOQUEUE` before there is one.
    String id() {
        QueueId id = s.t.id;
        return id == null ? "NOQUEUE" : id.text();
    }
}

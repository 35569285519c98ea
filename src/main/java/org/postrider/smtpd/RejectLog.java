package org.postrider.smtpd;

import org.postrider.address.Address;
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
    void log(String action, Restrictions.Stage stage, Reply reply) {
        String command = s.place.command();
        String at =
                command.equals("CONNECT") || stage == Restrictions.Stage.END_OF_DATA
                        ? stage.where
                        : command;
        String why = s.answers.shown(reply.line());
        log(action, at, why, stage == Restrictions.Stage.SENDER);
    }

    void log(String action, String text) {
        log(action, s.place.command(), text, false);
    }

    private void log(String action, String at, String why, boolean withSender) {
        Transaction t = s.t;
        StringBuilder text = new StringBuilder(200);
        text.append(at).append(" from ").append(s.client()).append(": ").append(why).append(';');
        if (t.inMail || withSender) {
            text.append(" from=<").append(Rules.external(t.sender)).append('>');
        }
        Address r = t.recipient;
        if (r == null && t.recipients.size() == 1) {
            r = t.recipients.getFirst().address();
        }
        if (r != null) {
            text.append(" to=<").append(Rules.external(r)).append('>');
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

package org.postrider.smtpd.session;

import org.jspecify.annotations.Nullable;
import org.postrider.access.Stage;
import org.postrider.address.Address;
import org.postrider.address.Quoting;
import org.postrider.log.MailEvent;
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
        log(action, stage, reply, null);
    }

    /// @param rule that refused, if the log is to name it; null else
    void log(String action, Stage stage, Reply reply, MailEvent.@Nullable Rule rule) {
        log(action, s.answers.shown(reply.line()), stage == Stage.SENDER, rule);
    }

    public void log(String action, String text) {
        log(action, text, false, null);
    }

    private void log(String action, String why, boolean withSender, MailEvent.@Nullable Rule rule) {
        Mail mail = s.mail();
        Party party = s.party();
        Address r = s.about().recipient();
        if (r == null && mail != null) {
            r = mail.onlyRecipient();
        }
        Party.Login login = party.login();
        MailEvent.Parties parties =
                new MailEvent.Parties(
                        s.mailOrAsked() != null || withSender ? Quoting.rfc5321(s.sender()) : null,
                        r == null ? null : Quoting.rfc5321(r),
                        party.protocol(),
                        party.helo(),
                        login == null ? null : login.logged(),
                        rule);
        s.log(new MailEvent.Access(id(), action, s.place.command(), s.client(), why, parties));
    }

    /// The queue id, `NOQUEUE` before there is one.
    public String id() {
        Mail mail = s.mail();
        QueueId id = mail == null ? null : mail.id;
        return id == null ? "NOQUEUE" : id.text();
    }
}

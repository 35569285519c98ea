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

    /// What the filter before the queue made of the mail: `proxy-accept: END-OF-MESSAGE: 250 …;
    /// from=<> …`.
    ///
    /// @param said null if the filter has not been asked
    public void proxied(boolean accepted, Mail mail, @Nullable Reply said) {
        StringBuilder line = new StringBuilder(200);
        line.append(accepted ? "proxy-accept: " : "proxy-reject: ").append(s.place.command());
        String separator = ": ";
        line.append(said == null ? ": " : "");
        for (int i = 0; said != null && i < said.lines().size(); i++) {
            line.append(separator).append(said.code());
            line.append(i + 1 < said.lines().size() ? '-' : ' ');
            line.append(said.status() == null ? "" : said.status() + " ");
            line.append(s.answers.shown(said.lines().get(i)));
            separator = "??";
        }
        Party party = s.party();
        Address first = mail.firstRecipient();
        line.append("; from=<").append(Quoting.rfc5321(mail.sender)).append('>');
        line.append(first == null ? "" : " to=<" + Quoting.rfc5321(first) + ">");
        line.append(" proto=").append(party.protocol());
        line.append(party.helo().isEmpty() ? "" : " helo=<" + party.helo() + ">");
        Party.Login login = party.login();
        if (login != null) {
            line.append(" sasl_method=").append(login.method());
            line.append(" sasl_username=").append(login.username());
        }
        s.info(line.toString());
    }

    /// The queue id, `NOQUEUE` before there is one.
    public String id() {
        return id(s.mail());
    }

    String id(@Nullable Mail mail) {
        QueueId id = mail == null ? null : mail.id;
        return id == null ? "NOQUEUE" : id.text();
    }
}

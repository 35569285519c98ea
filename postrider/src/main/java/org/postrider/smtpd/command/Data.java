package org.postrider.smtpd.command;

import java.io.EOFException;
import java.io.IOException;
import org.postrider.access.Stage;
import org.postrider.cleanup.CleanupService;
import org.postrider.message.ContentReceiver;
import org.postrider.smtpd.Makings;
import org.postrider.smtpd.SmtpdReplies;
import org.postrider.smtpd.input.SafeWriter;
import org.postrider.smtpd.input.SessionInput;
import org.postrider.smtpd.mail.MailEnd;
import org.postrider.smtpd.proxy.ProxyMail;
import org.postrider.smtpd.session.Admission;
import org.postrider.smtpd.session.Mail;
import org.postrider.smtpd.session.Session;
import org.postrider.smtpd.session.State;
import org.postrider.wire.Reply;

/// DATA: the content comes, up to a line with a dot alone (RFC 5321 4.1.1.4).
public final class Data extends Verb {
    private final CleanupService cleanup;
    private final MailEnd end;

    Data(Makings m, MailEnd end) {
        super("DATA", Trait.ENDS_GROUP);
        cleanup = m.cleanup();
        this.end = end;
    }

    @Override
    public Admission check(State state, String arguments) {
        return switch (state) {
            case State.Connected _, State.Greeted _ -> Admission.refuse(SmtpdReplies.NEED_RCPT);
            case State.InMail m ->
                    !arguments.isEmpty()
                            ? Admission.refuse(SmtpdReplies.DATA_SYNTAX)
                            : m.mail().recipientCount() > 0
                                    ? Admission.PROCEED
                                    : Admission.refuseQuietly(SmtpdReplies.NO_VALID_RECIPIENTS);
            case State.InChunks _, State.SkippingChunks _ ->
                    Admission.refuse(SmtpdReplies.DATA_AFTER_BDAT);
        };
    }

    @Override
    public void proceed(Session s, String arguments) throws IOException {
        Mail mail = s.mail();
        if (mail == null) {
            throw new IllegalStateException("content without a mail");
        }
        Reply refusal = s.judge.refusalOfAll(Stage.DATA, mail);
        if (refusal != null) {
            s.answerReject(Stage.DATA, refusal);
            return;
        }
        if (s.milters.refused(s.milters.data())) {
            return;
        }
        ProxyMail proxied = mail.proxied;
        Reply unwanted = proxied == null ? null : proxied.data(s.place.line(), end.judges(s, mail));
        if (unwanted != null) {
            s.error(unwanted, ProxyMail.about(unwanted));
            return;
        }
        s.send(SmtpdReplies.END_DATA);
        if (!s.in.pending()) {
            s.flush();
        }
        receive(s, mail);
    }

    private void receive(Session s, Mail mail) throws IOException {
        s.in.content();
        try (SafeWriter writer = new SafeWriter(end.writer(mail))) {
            ContentReceiver receiver = end.receiver(s, mail, writer, true);
            long taken = 0;
            s.place.received(0);
            while (!receiver.ended()) {
                taken += take(s.in, receiver);
                s.place.received(taken);
                if (!receiver.ended() && !s.in.fill()) {
                    throw new EOFException();
                }
            }
            s.in.commandMode();
            end.finish(s, mail, receiver, writer, 0);
        }
    }

    /// Passes whole lines on; how many octets they were.
    private static int take(SessionInput in, ContentReceiver receiver) throws IOException {
        int taken = receiver.lines(in.buffer(), in.start(), in.end());
        in.take(taken);
        if (taken == 0 && in.full() && !receiver.ended()) {
            // One line larger than the buffer: all but a possible CR goes on as a part.
            int part = in.end() - in.start() - 1;
            receiver.part(in.buffer(), in.start(), in.start() + part);
            in.take(part);
            return part;
        }
        return taken;
    }
}

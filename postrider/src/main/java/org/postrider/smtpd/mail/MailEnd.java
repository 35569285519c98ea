package org.postrider.smtpd.mail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.postrider.access.Stage;
import org.postrider.authentication.ContentTap;
import org.postrider.authentication.MailAuthentication;
import org.postrider.authentication.Outcome;
import org.postrider.cleanup.CleanupParams;
import org.postrider.cleanup.CleanupService;
import org.postrider.config.Settings;
import org.postrider.disk.Disk;
import org.postrider.log.MailEvent;
import org.postrider.maps.TableException;
import org.postrider.memory.NoMemoryException;
import org.postrider.message.Content;
import org.postrider.message.ContentReceiver;
import org.postrider.message.ContentWriter;
import org.postrider.message.HeaderText;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;
import org.postrider.smtpd.Checking;
import org.postrider.smtpd.Makings;
import org.postrider.smtpd.SmtpdReplies;
import org.postrider.smtpd.input.BareNewline;
import org.postrider.smtpd.input.Place;
import org.postrider.smtpd.proxy.ProxyMail;
import org.postrider.smtpd.session.Mail;
import org.postrider.smtpd.session.Session;
import org.postrider.wire.NotifyClass;
import org.postrider.wire.Reply;

/// How a mail's content begins and what becomes of the mail at its end: limits, end-of-data rules,
/// cleanup, the reply. The same for DATA and BDAT. Immutable; any thread may run a session's.
public final class MailEnd {
    private static final byte[] REQUIRE_TLS =
            "Require-TLS-ESMTP: yes\r\n".getBytes(StandardCharsets.US_ASCII);

    /// The restriction that does what a record of DMARC says.
    private static final String REJECT_DMARC = "reject_dmarc";

    /// More than the fields that are put on top can have.
    private static final int FIELDS_OCTETS = 16 << 10;

    private final CleanupService cleanup;
    private final BareNewline bareNewline;
    private final ReceivedHeader header;
    private final Submissions submissions;
    private final boolean tlsHeader;
    private final long sizeLimit;
    private final @Nullable Checking checking;

    public MailEnd(Makings m) {
        Settings settings = m.settings();
        cleanup = m.cleanup();
        bareNewline = new BareNewline(settings, m.tables());
        header = new ReceivedHeader(settings);
        submissions = new Submissions(m);
        tlsHeader = settings.get(CleanupParams.REQUIRETLS_ESMTP_HEADER);
        sizeLimit = settings.get(CleanupParams.MESSAGE_SIZE_LIMIT);
        checking = m.guards().checking();
    }

    /// Takes the content of the session's mail, with what stands before it.
    ///
    /// @param stuffed lines that begin with a dot have one more (DATA)
    public ContentReceiver receiver(Session s, Mail mail, ContentWriter writer, boolean stuffed)
            throws IOException {
        boolean strictEnd = bareNewline.strictEnd(s.peer());
        ContentReceiver receiver = new ContentReceiver(writer, stuffed, strictEnd, sizeLimit);
        if (mail.proxied != null && !judges(s, mail)) {
            receiver.raw();
        }
        for (String line : mail.effects.prepended) {
            receiver.prepend(HeaderText.field(line));
        }
        // One that passes mail on for others has its own line further down.
        if (mail.proxied == null || s.party().forwarded().values().isEmpty()) {
            receiver.prepend(header.of(s, mail).getBytes(StandardCharsets.ISO_8859_1));
        }
        if (mail.proxied != null && mail.parameters.requireTls() && tlsHeader) {
            receiver.prepend(REQUIRE_TLS);
        }
        ContentTap heard = heard(mail);
        if (heard != null) {
            heard.clientBegins(receiver.prepended());
        }
        return receiver;
    }

    /// Where the content of the session's mail goes.
    ///
    /// @throws IOException if it cannot be kept
    public ContentWriter writer(Mail mail) throws IOException {
        ProxyMail proxied = mail.proxied;
        ContentWriter kept = proxied != null ? proxied.writer() : cleanup.content();
        MailAuthentication checks = mail.authentication;
        if (checks == null) {
            return kept;
        }
        return checks.tap(kept, octets -> mail.takes(octets, cleanup));
    }

    private static @Nullable ContentTap heard(Mail mail) {
        MailAuthentication checks = mail.authentication;
        return checks == null ? null : checks.heard();
    }

    /// Whether the mail is looked at before whoever has it next, and what a stranger says in our
    /// name is taken from it. Clients that are exempt by their address may have words of ours to
    /// pass on: filters.
    public boolean judges(Session s, Mail mail) {
        return checking != null
                && (mail.authentication != null || s.judge.subject().login() != null);
    }

    /// With what the checks say on top, and without what a stranger says in our name.
    ///
    /// @param own how many octets of the header are ours
    /// @throws IOException where there is no memory for another header
    private Content headed(Session s, Mail mail, Content content, int own) throws IOException {
        Checking by = checking;
        MailAuthentication checks = mail.authentication;
        if (by == null || !judges(s, mail)) {
            return content;
        }
        byte[] old = content.header();
        // What it becomes, and what that is made of.
        if (!mail.takes(2L * old.length + FIELDS_OCTETS, cleanup)) {
            throw new NoMemoryException("a header with Authentication-Results");
        }
        byte[] made =
                checks == null
                        ? by.by().cleansed(old, own)
                        : checks.header(old, own, mail.effects.quarantine);
        if (made == old) {
            return content;
        }
        if (checks != null) {
            s.info(s.rejects.id() + ": authentication: " + checks.line());
        }
        return content.withHeader(made, content.facts().withHeader(old, made));
    }

    /// After the last octet: limits, end-of-data rules, cleanup, the reply.
    ///
    /// @param octets how many came in chunks, 0 for none
    public void finish(
            Session s, Mail mail, ContentReceiver receiver, ContentWriter writer, long octets)
            throws IOException {
        s.place.at(Place.AFTER_MAIL);
        Refusal refusal = refusal(s, mail, receiver, writer);
        ProxyMail proxied = mail.proxied;
        if (proxied != null) {
            decided(s, mail, proxied, refusal, receiver, writer);
            return;
        }
        if (refusal != null) {
            told(s, mail, refusal.reply());
            s.abandon();
            s.error(refusal.reply(), refusal.about());
            return;
        }
        Reply reply;
        NotifyClass about = NotifyClass.RESOURCE;
        try {
            Content content =
                    headed(s, mail, writer.finish(receiver.finish()), receiver.prepended());
            CleanupService.Result result = cleanup.submit(submissions.of(s, mail, content));
            reply = submitted(mail, result, octets);
            if (result instanceof CleanupService.Result.Rejected rejected) {
                about = rejected.about();
            }
        } catch (QueueException e) {
            s.warn(String.valueOf(e.getMessage()));
            reply =
                    e.kind() == QueueException.Kind.FULL
                            ? SmtpdReplies.NO_SPACE
                            : SmtpdReplies.QUEUE_WRITE;
        } catch (IOException e) {
            s.warn("queue file write error: " + e.getMessage());
            reply =
                    Disk.full(e) || e instanceof NoMemoryException
                            ? SmtpdReplies.NO_SPACE
                            : SmtpdReplies.QUEUE_WRITE;
        } catch (TableException e) {
            s.warn(e);
            reply = SmtpdReplies.QUEUE_WRITE;
        }
        if (reply.code() == 250) {
            mail.accepted();
        }
        told(s, mail, reply);
        s.abandon();
        if (reply.code() == 250) {
            s.answers.forgive();
            s.send(reply);
        } else {
            s.error(reply, about);
        }
    }

    /// Reports of DMARC count what has its last answer: what is put off comes again.
    private void told(Session s, Mail mail, Reply reply) {
        Checking by = checking;
        MailAuthentication checks = mail.authentication;
        if (by == null || checks == null || reply.code() / 100 == 4) {
            return;
        }
        boolean refused = s.judge.refusedBy(reply, REJECT_DMARC);
        try {
            by.told(
                    checks,
                    refused
                            ? Outcome.Done.REFUSED
                            : mail.effects.quarantine || mail.effects.hold
                                    ? Outcome.Done.QUARANTINED
                                    : Outcome.Done.NOTHING);
        } catch (RuntimeException | Error e) {
            // A mail that is taken is taken: without its reply it would come again.
            s.panic("what reports of DMARC tell of it", e);
        }
    }

    /// The filter before the queue has the last word, if the mail is not refused before.
    private void decided(
            Session s,
            Mail mail,
            ProxyMail proxied,
            @Nullable Refusal refusal,
            ContentReceiver receiver,
            ContentWriter writer)
            throws IOException {
        Refusal end = refusal != null ? refusal : passed(s, mail, proxied, receiver, writer);
        Reply reply = end.reply();
        boolean accepted = reply.code() / 100 == 2;
        s.rejects.proxied(accepted, mail, refusal != null ? proxied.last() : reply);
        if (accepted) {
            mail.accepted();
        }
        told(s, mail, reply);
        s.abandon();
        if (accepted) {
            s.answers.forgive();
            s.send(reply);
        } else {
            s.error(reply, end.about());
        }
    }

    /// What the filter says to it.
    private Refusal passed(
            Session s, Mail mail, ProxyMail proxied, ContentReceiver receiver, ContentWriter writer)
            throws IOException {
        if (!proxied.keeps()) {
            receiver.finish();
            return said(proxied.end());
        }
        try {
            Content content = writer.finish(receiver.finish());
            return said(proxied.end(headed(s, mail, content, receiver.prepended())));
        } catch (IOException e) {
            s.warn("proxy speed-adjust log I/O error: " + e.getMessage());
            return Refusal.resource(
                    Disk.full(e) || e instanceof NoMemoryException
                            ? SmtpdReplies.NO_SPACE
                            : SmtpdReplies.QUEUE_WRITE);
        }
    }

    private static Refusal said(Reply reply) {
        return new Refusal(reply, ProxyMail.about(reply));
    }

    private @Nullable Refusal refusal(
            Session s, Mail mail, ContentReceiver receiver, ContentWriter writer)
            throws IOException {
        if (receiver.bareNewlines() > 0 && bareNewline.refuses(s.peer())) {
            s.rejects.log("reject", "bare <LF> received");
            return new Refusal(bareNewline.reply(), NotifyClass.PROTOCOL);
        }
        if (receiver.tooLarge()) {
            s.log(new MailEvent.TooLarge(s.rejects.id()));
            QueueId id = mail.id;
            if (id != null) {
                cleanup.tooLarge(id, writer.header());
            }
            return new Refusal(SmtpdReplies.TOO_BIG, NotifyClass.BOUNCE);
        }
        mail.received = receiver.arrived();
        if (receiver.headerCut() && judges(s, mail)) {
            // A field of ours that is forged, or a second From, may stand where nobody looks.
            s.rejects.log("reject", Stage.END_OF_DATA, SmtpdReplies.HEADER_TOO_BIG);
            return new Refusal(SmtpdReplies.HEADER_TOO_BIG, NotifyClass.POLICY);
        }
        ContentTap heard = heard(mail);
        if (heard != null && heard.spoiled()) {
            // It is not taken: finishing it says why.
            return null;
        }
        if (heard != null) {
            try {
                heard.ends();
            } catch (NoMemoryException e) {
                s.warn("queue file write error: " + e.getMessage());
                return Refusal.resource(SmtpdReplies.NO_SPACE);
            }
        }
        Reply refusal = s.judge.refusalOfAll(Stage.END_OF_DATA, mail);
        if (refusal != null) {
            s.rejects.log("reject", Stage.END_OF_DATA, refusal);
        }
        return refusal == null ? null : new Refusal(refusal, s.judge.about(refusal));
    }

    private static Reply submitted(Mail mail, CleanupService.Result result, long octets) {
        return switch (result) {
            case CleanupService.Result.Queued q ->
                    SmtpdReplies.queued(
                            octets > 0 ? octets + " bytes queued" : "queued", q.id().text());
            case CleanupService.Result.Rejected r -> r.reply();
            case CleanupService.Result.Discarded _ ->
                    SmtpdReplies.queued(
                            octets > 0 ? octets + " bytes queued" : "queued",
                            String.valueOf(mail.id));
        };
    }
}

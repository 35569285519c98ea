package org.postrider.smtpd;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Quoting;
import org.postrider.cleanup.CleanupService;
import org.postrider.memory.NoMemoryException;
import org.postrider.message.Content;
import org.postrider.message.ContentReceiver;
import org.postrider.message.ContentWriter;
import org.postrider.message.HeaderText;
import org.postrider.message.MailDate;
import org.postrider.queue.Attributes;
import org.postrider.queue.Dsn;
import org.postrider.queue.Encoding;
import org.postrider.queue.Envelope;
import org.postrider.queue.Login;
import org.postrider.queue.Origin;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;
import org.postrider.queue.Recipient;
import org.postrider.queue.Routing;
import org.postrider.tls.TlsConnection;
import org.postrider.wire.Reply;

/// Takes the content behind DATA and hands the mail to cleanup. Session thread only.
final class DataReceiver {
    private final Session s;
    private final Smtpd d;

    DataReceiver(Session session) {
        this.s = session;
        this.d = session.d;
    }

    void command() throws IOException {
        Verdict v = s.judge.afterRecipients(d.dataRules, Restrictions.Stage.DATA);
        if (v instanceof Verdict.Reject r) {
            s.answerReject(Restrictions.Stage.DATA, r.reply());
            return;
        }
        s.send(SmtpdReplies.END_DATA);
        if (!s.in.pending()) {
            s.flush();
        }
        receive();
    }

    private void receive() throws IOException {
        s.in.content();
        try (SafeWriter writer = new SafeWriter(d.cleanup.content())) {
            ContentReceiver receiver = begin(writer, true);
            long taken = 0;
            s.place.received(0);
            while (!receiver.ended()) {
                taken += take(receiver);
                s.place.received(taken);
                if (!receiver.ended() && !s.in.fill()) {
                    throw new EOFException();
                }
            }
            s.in.commandMode();
            finish(receiver, writer, 0);
        }
    }

    /// Passes whole lines on; how many octets they were.
    private int take(ContentReceiver receiver) throws IOException {
        SessionInput in = s.in;
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

    ContentReceiver begin(ContentWriter writer, boolean stuffed) throws IOException {
        boolean strictEnd = d.bareNewline.strictEnd(s.t.client);
        ContentReceiver receiver = new ContentReceiver(writer, stuffed, strictEnd, d.sizeLimit);
        for (String line : s.t.prepended) {
            receiver.prepend(HeaderText.field(line));
        }
        receiver.prepend(received().getBytes(StandardCharsets.ISO_8859_1));
        return receiver;
    }

    /// Our Received: header (RFC 5321 4.4), folded as Postfix does.
    private String received() {
        Transaction t = s.t;
        StringBuilder out = new StringBuilder(200);
        if (d.hidesClient) {
            out.append("Received: by ").append(d.hostname).append(" (").append(d.mailName);
            return dated(out.append(") id ").append(t.id));
        }
        out.append("Received: from ")
                .append(t.helo.isEmpty() ? t.client.name() : t.helo)
                .append(" (")
                .append(t.client.name())
                .append(" [")
                .append(t.client.ip().indexOf(':') >= 0 ? "IPv6:" : "")
                .append(t.client.ip())
                .append("])\r\n\t")
                .append(encryption(t))
                .append(
                        d.sasl.header && t.login != null
                                ? "(Authenticated sender: " + t.login + ")\r\n\t"
                                : "")
                .append("by ")
                .append(d.hostname)
                .append(" (")
                .append(d.mailName)
                .append(") with ")
                .append(t.parameters != null && t.parameters.smtputf8() ? "UTF8SMTP" : t.protocol())
                .append(t.tls == null ? "" : "S")
                .append(t.login == null ? "" : "A")
                .append(" id ")
                .append(t.id);
        return dated(out);
    }

    /// Its end: for whom, and when.
    private String dated(StringBuilder out) {
        Transaction t = s.t;
        if (t.recipients.size() == 1) {
            out.append("\r\n\tfor <")
                    .append(Quoting.visible(Rules.external(t.recipients.getFirst().address())))
                    .append(">; ");
        } else {
            out.append(";\r\n\t");
        }
        return out.append(MailDate.of(t.arrivalMillis)).append("\r\n").toString();
    }

    /// smtpd_tls_received_header.
    private String encryption(Transaction t) {
        TlsConnection tls = t.tls;
        return tls == null || !d.tlsHeader ? "" : StartTls.received(tls, d.certificateAsked);
    }

    /// Behind the last octet: limits, end-of-data rules, cleanup, the reply.
    ///
    /// @param octets how many came in chunks, 0 for none
    void finish(ContentReceiver receiver, ContentWriter writer, long octets) throws IOException {
        s.place.at("END-OF-MESSAGE");
        Reply refusal = refusal(receiver, writer);
        if (refusal != null) {
            s.abandon();
            s.error(refusal);
            return;
        }
        Reply reply;
        try {
            Content content = writer.finish(receiver.finish());
            reply = submitted(d.cleanup.submit(submission(content)), octets);
        } catch (QueueException e) {
            s.warn(String.valueOf(e.getMessage()));
            reply =
                    e.kind() == QueueException.Kind.FULL
                            ? SmtpdReplies.NO_SPACE
                            : SmtpdReplies.QUEUE_WRITE;
        } catch (IOException e) {
            s.warn("queue file write error: " + e.getMessage());
            reply =
                    org.postrider.disk.Disk.full(e) || e instanceof NoMemoryException
                            ? SmtpdReplies.NO_SPACE
                            : SmtpdReplies.QUEUE_WRITE;
        } catch (org.postrider.maps.TableException e) {
            s.warn(e);
            reply = SmtpdReplies.QUEUE_WRITE;
        }
        if (s.t.charges != null && reply.code() == 250) {
            s.t.charges.keep();
        }
        s.t.resetMail();
        if (reply.code() == 250) {
            s.answers.forgive();
            s.send(reply);
        } else {
            s.error(reply);
        }
    }

    private @Nullable Reply refusal(ContentReceiver receiver, ContentWriter writer)
            throws IOException {
        if (d.proxy != null) {
            s.warn(d.proxy.complaint());
            return SmtpdReplies.QUEUE_WRITE;
        }
        if (receiver.bareNewlines() > 0 && d.bareNewline.refuses(s.t.client)) {
            s.rejects.log("reject", "bare <LF> received");
            return d.bareNewline.reply();
        }
        if (receiver.tooLarge()) {
            s.warn(s.rejects.id() + ": queue file size limit exceeded");
            QueueId id = s.t.id;
            if (id != null) {
                d.cleanup.tooLarge(id, writer.header());
            }
            return SmtpdReplies.TOO_BIG;
        }
        if (!d.endOfDataRules.rules().isEmpty()) {
            Verdict v = s.judge.afterRecipients(d.endOfDataRules, Restrictions.Stage.END_OF_DATA);
            if (v instanceof Verdict.Reject r) {
                s.rejects.log("reject", Restrictions.Stage.END_OF_DATA, r.reply());
                return r.reply();
            }
        }
        return null;
    }

    private Reply submitted(CleanupService.Result result, long octets) {
        return switch (result) {
            case CleanupService.Result.Queued q ->
                    SmtpdReplies.queued(
                            octets > 0 ? octets + " bytes queued" : "queued", q.id().text());
            case CleanupService.Result.Rejected r ->
                    Reply.of(r.code(), r.status().as(r.code() / 100), r.text());
            case CleanupService.Result.Discarded _ ->
                    SmtpdReplies.queued(
                            octets > 0 ? octets + " bytes queued" : "queued",
                            String.valueOf(s.t.id));
        };
    }

    private CleanupService.Submission submission(Content content) {
        Transaction t = s.t;
        QueueId id = t.id;
        if (id == null) {
            throw new IllegalStateException("content without a recipient");
        }
        Set<CleanupService.Option> options = EnumSet.copyOf(d.received);
        if (t.hold || s.milters.holds()) {
            options.add(CleanupService.Option.HOLD);
        }
        if (t.discard) {
            options.add(CleanupService.Option.DISCARD);
        }
        boolean local = d.localClients.contains(t);
        if (local) {
            options.add(CleanupService.Option.LOCAL_REWRITE);
        }
        return new CleanupService.Submission(
                id,
                new Envelope(t.sender, recipients(), t.arrivalMillis, attributes(local)),
                content,
                options,
                List.of());
    }

    private List<Recipient> recipients() {
        if (s.t.bcc.isEmpty()) {
            return s.t.recipients;
        }
        List<Recipient> all = new java.util.ArrayList<>(s.t.recipients);
        for (org.postrider.address.Address a : s.t.bcc) {
            all.add(new Recipient(a, null, Recipient.NEVER, null));
        }
        return all;
    }

    private Attributes attributes(boolean local) {
        Transaction t = s.t;
        MailParameters.Mail p = t.parameters;
        String filter = t.filter == null ? d.contentFilter : t.filter;
        Routing routing =
                new Routing(
                        filter.isEmpty() ? null : filter,
                        t.redirect == null ? null : t.redirect.text(),
                        p == null ? null : p.verp(),
                        p != null && p.smtputf8(),
                        p != null && p.requireTls());
        return new Attributes(
                origin(local),
                login(p),
                p == null ? Dsn.NONE : new Dsn(returned(p.ret()), p.envid()),
                routing,
                p == null ? null : encoding(p.body()),
                List.of());
    }

    private Origin origin(boolean local) {
        Transaction t = s.t;
        Origin.Client client =
                new Origin.Client(
                        t.client.name(),
                        t.client.reverseName(),
                        t.client.ip(),
                        t.client.port(),
                        t.helo,
                        t.protocol());
        Origin.Server server =
                s.connection.local() instanceof InetSocketAddress here
                        ? new Origin.Server(here.getAddress().getHostAddress(), here.getPort())
                        : null;
        return new Origin(
                local ? Origin.Context.LOCAL : Origin.Context.REMOTE,
                t.client.nameAndAddress(),
                client.logged(),
                client,
                server,
                null);
    }

    private @Nullable Login login(MailParameters.@Nullable Mail p) {
        String username = s.t.login;
        return username == null
                ? null
                : new Login(s.t.loginMethod, username, p == null ? null : p.auth());
    }

    private static Dsn.@Nullable Return returned(@Nullable String ret) {
        return ret == null ? null : Dsn.Return.valueOf(ret);
    }

    private static @Nullable Encoding encoding(@Nullable String body) {
        return body == null ? null : body.equals("7BIT") ? Encoding.SEVEN_BIT : Encoding.EIGHT_BIT;
    }
}

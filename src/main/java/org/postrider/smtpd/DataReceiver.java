package org.postrider.smtpd;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;
import org.postrider.queue.Recipient;
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
                t.sender,
                recipients(),
                t.arrivalMillis,
                attributes(local),
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

    private Map<String, String> attributes(boolean local) {
        Transaction t = s.t;
        Map<String, String> a = new LinkedHashMap<>();
        MailParameters.Mail p = t.parameters;
        if (p != null) {
            put(a, "encoding", p.body() == null ? null : p.body().equals("7BIT") ? "7bit" : "8bit");
            put(a, "envelope_id", p.envid());
            put(a, "ret_flags", p.ret());
            put(a, "smtputf8", p.smtputf8() ? "yes" : null);
            put(a, "verp_delims", p.verp());
            put(a, "requiretls", p.requireTls() ? "yes" : null);
        }
        a.put("rewrite_context", local ? "local" : "remote");
        String filter = t.filter == null ? d.contentFilter : t.filter;
        put(a, CleanupService.CONTENT_FILTER, filter.isEmpty() ? null : filter);
        put(a, CleanupService.REDIRECT, t.redirect == null ? null : t.redirect.text());
        if (t.login != null) {
            put(a, "sasl_method", t.loginMethod);
            put(a, "sasl_username", t.login);
            put(a, "sasl_sender", p == null ? null : p.auth());
        }
        a.put("log_client_name", t.client.name());
        a.put("log_client_address", t.client.ip());
        a.put("log_client_port", Integer.toString(t.client.port()));
        a.put("log_message_origin", t.client.nameAndAddress());
        put(a, "log_helo_name", t.helo.isEmpty() ? null : t.helo);
        a.put("log_protocol_name", t.protocol());
        a.put("client_name", t.client.name());
        a.put("reverse_client_name", t.client.reverseName());
        a.put("client_address", t.client.ip());
        a.put("client_port", Integer.toString(t.client.port()));
        if (s.connection.local() instanceof InetSocketAddress here) {
            a.put("server_address", here.getAddress().getHostAddress());
            a.put("server_port", Integer.toString(here.getPort()));
        }
        put(a, "helo_name", t.helo.isEmpty() ? null : t.helo);
        a.put("protocol_name", t.protocol());
        a.put("client_address_type", t.client.ip().indexOf(':') >= 0 ? "6" : "2");
        return a;
    }

    private static void put(Map<String, String> a, String name, @Nullable String value) {
        if (value != null) {
            a.put(name, value);
        }
    }
}

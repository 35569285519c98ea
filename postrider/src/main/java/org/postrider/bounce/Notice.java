package org.postrider.bounce;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.address.Quoting;
import org.postrider.config.Settings;
import org.postrider.maps.Fold;
import org.postrider.message.Content;
import org.postrider.message.ContentWriter;
import org.postrider.message.MailDate;
import org.postrider.queue.Mark;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;
import org.postrider.queue.Routing;
import org.postrider.wire.Xtext;

/// Writes one notice: a multipart/report (RFC 6522) of a text, a message/delivery-status (RFC 3464)
/// and the message or its headers. One thread.
final class Notice {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

    /// What all notices of a bounce service share.
    ///
    /// @param lifetimeMillis until when mail is retried, from its arrival
    record House(
            String myhostname,
            String myorigin,
            String mailName,
            int sizeLimit,
            boolean threaded,
            boolean utf8,
            long lifetimeMillis,
            BounceTemplates templates,
            Settings settings) {}

    private final House house;
    private final NoticeKind kind;
    private final BounceTemplates.Template template;
    private final NoticeForm form;
    private final boolean forPostmaster;
    private final QueuedMessage message;
    private final List<Mark.Reason> about;
    private final Address sender;
    private final long nowMillis;

    /// @param forPostmaster a copy: other subject, no text, headers only
    Notice(
            House house,
            NoticeKind kind,
            boolean forPostmaster,
            QueuedMessage message,
            List<Mark.Reason> about,
            long nowMillis) {
        this.house = house;
        this.kind = kind;
        this.template = house.templates().of(kind);
        this.forPostmaster = forPostmaster;
        this.message = message;
        this.about = about;
        this.form = NoticeForm.about(message.envelope(), house.utf8());
        this.nowMillis = nowMillis;
        Address from = message.envelope().sender();
        this.sender = from.isNull() ? new Address("MAILER-DAEMON@" + house.myhostname()) : from;
    }

    /// Writes it as it is made.
    ///
    /// @param to as it stands in To:
    /// @param headersOnly return no body
    /// @param writer of the queue; its caller closes it
    Content content(QueueId id, Address to, boolean headersOnly, ContentWriter writer)
            throws IOException {
        Content original = message.content();
        NoticeWriter out = new NoticeWriter(writer);
        String boundary = message.id() + "." + nowMillis / 1000 + "/" + house.myhostname();
        StringBuilder text = new StringBuilder(4096);
        header(text, id, to, boundary, original);
        report(text, boundary, out);
        boolean headers = headersOnly || original.facts().size() > house.sizeLimit();
        returned(text, headers);
        out.put(text);
        out.put(original.header());
        if (!headers) {
            body(original, out);
        }
        out.put(text.append("\r\n--").append(boundary).append("--\r\n"));
        return out.finish();
    }

    private void header(
            StringBuilder out, QueueId id, Address to, String boundary, Content original) {
        String date = MailDate.of(nowMillis);
        out.append("Received: by ").append(house.myhostname()).append(" (");
        out.append(house.mailName()).append(")\r\n\tid ").append(id).append("; ");
        out.append(date).append("\r\nDate: ").append(date);
        out.append("\r\nFrom: ").append(template.from());
        out.append("\r\nSubject: ").append(subject());
        out.append("\r\nTo: ").append(form.printable(Quoting.rfc5322(to)));
        if (house.threaded()) {
            thread(out, original);
        }
        out.append("\r\nAuto-Submitted: ")
                .append(forPostmaster ? "auto-generated" : "auto-replied");
        if (message.envelope().routing().tls() == Routing.Tls.OPTIONAL) {
            out.append("\r\nTLS-Required: no");
        }
        out.append("\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report;");
        out.append(" report-type=delivery-status;\r\n\tboundary=\"").append(boundary);
        out.append("\"\r\n").append(form.header()).append("Message-Id: <");
        out.append(STAMP.format(Instant.ofEpochMilli(nowMillis))).append('.').append(id);
        out.append('@').append(house.myhostname()).append(">\r\n");
    }

    private String subject() {
        String copied = template.postmasterSubject();
        return forPostmaster && copied != null ? copied : template.subject();
    }

    private void thread(StringBuilder out, Content original) {
        String id = messageId(new String(original.header(), StandardCharsets.ISO_8859_1));
        if (id != null) {
            out.append("\r\nReferences: ").append(id).append("\r\nIn-Reply-To: ").append(id);
        }
    }

    private @Nullable String messageId(String header) {
        String name = "message-id:";
        for (int at = 0; at >= 0 && at < header.length(); ) {
            if (header.regionMatches(true, at, name, 0, name.length())) {
                int open = header.indexOf('<', at);
                int end = header.indexOf('>', at);
                int line = header.indexOf("\r\n", at);
                return open > 0 && open < end && end < line
                        ? form.printable(header.substring(open, end + 1))
                        : null;
            }
            int next = header.indexOf("\r\n", at);
            at = next < 0 ? -1 : next + 2;
        }
        return null;
    }

    private void report(StringBuilder out, String boundary, NoticeWriter to) throws IOException {
        out.append("\r\nThis is a MIME-encapsulated message.\r\n\r\n--").append(boundary);
        out.append("\r\nContent-Description: Notification\r\n");
        out.append("Content-Type: text/plain; charset=").append(form.charset(template.charset()));
        out.append("\r\n").append(form.part()).append("\r\n");
        if (!forPostmaster) {
            out.append(text());
        }
        for (Mark.Reason r : about) {
            out.append("\r\n");
            Printable.wrap(out, explained(r));
            to.put(out);
        }
        out.append("\r\n--").append(boundary);
        out.append("\r\nContent-Description: Delivery report\r\n");
        out.append(form.status()).append("\r\n");
        status(out);
        for (Mark.Reason r : about) {
            out.append("\r\n");
            status(out, r);
            to.put(out);
        }
        out.append("\r\n--").append(boundary).append("\r\n");
    }

    private String text() {
        return template.text(house.settings()).replace("\n", "\r\n");
    }

    private String explained(Mark.Reason r) {
        Recipient to = message.envelope().recipients().get(r.recipient());
        StringBuilder out = new StringBuilder("<").append(Quoting.rfc5322(to.address()));
        out.append('>');
        Address original = to.original();
        if (original != null
                && !original.isNull()
                && !Fold.same(original.text(), to.address().text())) {
            out.append(" (expanded from <").append(Quoting.rfc5322(original)).append(">)");
        }
        out.append(": ");
        return form.printable(out.append(told(r)).toString());
    }

    /// A success, and what a report says, is told with whoever said it.
    private String told(Mark.Reason r) {
        boolean named = kind == NoticeKind.SUCCESS || kind == NoticeKind.VERIFY;
        return named && !r.relay().equals("none")
                ? "delivery via " + r.relay() + ": " + r.text()
                : r.text();
    }

    private String action(Mark.Reason r) {
        boolean passedOn =
                r.action().equals(Mark.Reason.RELAYED)
                        || (r.remoteMta() != null && !r.action().equals(Mark.Reason.FINAL));
        String success =
                passedOn ? "relayed" : r.action().equals("expanded") ? "expanded" : "delivered";
        return switch (kind) {
            case SUCCESS -> success;
            case FAILURE, DELAY -> r.action().equals("expanded") ? "expanded" : kind.action;
            case VERIFY ->
                    message.envelope().verifies()
                            ? r.status().success() ? kind.action : "undeliverable"
                            : switch (r.status().kind()) {
                                case 2 -> success;
                                case 4 -> NoticeKind.DELAY.action;
                                default -> NoticeKind.FAILURE.action;
                            };
        };
    }

    private void status(StringBuilder out) {
        out.append("Reporting-MTA: dns; ").append(house.myhostname()).append("\r\n");
        String envelopeId = message.envelope().dsn().envelopeId();
        if (envelopeId != null && !envelopeId.isEmpty()) {
            out.append("Original-Envelope-Id: ").append(form.printable(envelopeId)).append("\r\n");
        }
        out.append("X-Postfix-Queue-ID: ").append(message.id()).append("\r\n");
        out.append("X-Postfix-Sender: rfc822; ").append(form.printable(Quoting.rfc5322(sender)));
        out.append("\r\nArrival-Date: ");
        out.append(MailDate.of(message.envelope().arrivalMillis())).append("\r\n");
    }

    private void status(StringBuilder out, Mark.Reason r) {
        Recipient to = message.envelope().recipients().get(r.recipient());
        String address = form.printable(Quoting.rfc5322(to.address()));
        out.append("Final-Recipient: ").append(form.addressType(address)).append("; ");
        out.append(address).append("\r\n");
        original(out, to);
        String remote = r.remoteMta();
        out.append("Action: ").append(action(r)).append("\r\n");
        out.append("Status: ").append(r.status()).append("\r\n");
        if (remote != null && !remote.isEmpty()) {
            out.append("Remote-MTA: dns; ").append(form.printable(remote)).append("\r\n");
        }
        String diagnostic = r.diagnostic();
        Printable.wrap(
                out,
                form.printable(
                        diagnostic == null
                                ? "Diagnostic-Code: X-Postfix; " + told(r)
                                // no server answered: it is a command's, or the system's
                                : (remote == null
                                                ? "Diagnostic-Code: x-unix; "
                                                : "Diagnostic-Code: smtp; ")
                                        + diagnostic.strip()));
        if (kind == NoticeKind.DELAY) {
            long until = message.envelope().arrivalMillis() + house.lifetimeMillis();
            out.append("Will-Retry-Until: ").append(MailDate.of(until)).append("\r\n");
        }
    }

    /// A list's members have none.
    private void original(StringBuilder out, Recipient to) {
        String given = to.originalDsn();
        Address original = to.original();
        Address from = original != null ? original : to.address();
        if (given != null && !given.isEmpty()) {
            String shown = form.eightBit() ? Xtext.unescaped(given) : given;
            out.append("Original-Recipient: ").append(form.printable(shown)).append("\r\n");
        } else if (!from.isNull()) {
            out.append("Original-Recipient: rfc822;");
            out.append(form.printable(Quoting.rfc5322(from))).append("\r\n");
        }
    }

    private void returned(StringBuilder head, boolean headersOnly) {
        head.append("Content-Description: ").append(kind.description);
        head.append(headersOnly ? " Headers\r\n" : "\r\n");
        head.append(form.returned(headersOnly)).append("\r\n");
        head.append("Return-Path: <").append(Quoting.rfc5322(sender)).append(">\r\n");
    }

    private static void body(Content original, NoticeWriter out) throws IOException {
        byte[] inline = original.inlineBody();
        if (inline != null) {
            out.put(inline);
            return;
        }
        try (InputStream in = original.body()) {
            out.put(in);
        }
    }
}

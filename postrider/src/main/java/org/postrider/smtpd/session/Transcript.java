package org.postrider.smtpd.session;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.cleanup.CleanupService;
import org.postrider.config.ConfigParams;
import org.postrider.config.Settings;
import org.postrider.maps.TableException;
import org.postrider.message.MailDate;
import org.postrider.message.MemoryContent;
import org.postrider.queue.Attributes;
import org.postrider.queue.Envelope;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;
import org.postrider.queue.Recipient;
import org.postrider.smtpd.SmtpdParams;
import org.postrider.smtpd.input.Texts;
import org.postrider.wire.Reply;

/// What was said in a session, mailed to the postmaster where it went wrong in a way that
/// notify_classes names. Neither content nor credentials are in it. Session thread only.
public final class Transcript {
    /// Lines that are kept; a session that says more is cut there.
    private static final int MOST = 500;

    /// The kinds of trouble.
    enum Kind {
        POLICY,
        PROTOCOL,
        RESOURCE,
        SOFTWARE;

        /// No fault of the client's.
        boolean ours() {
            return this == RESOURCE || this == SOFTWARE;
        }
    }

    /// Who hears of what.
    ///
    /// @param kinds those that are mailed
    record Terms(
            Set<Kind> kinds,
            Address from,
            String to,
            String domain,
            String mailName,
            Set<CleanupService.Option> options) {
        public static Terms of(Settings settings) {
            Set<Kind> kinds = EnumSet.noneOf(Kind.class);
            for (String word : settings.get(SmtpdParams.NOTIFY_CLASSES)) {
                for (Kind kind : Kind.values()) {
                    if (kind.name().equals(word.toUpperCase(Locale.ROOT))) {
                        kinds.add(kind);
                    }
                }
            }
            String origin = String.valueOf(settings.text("myorigin"));
            String hostname = settings.get(ConfigParams.MYHOSTNAME);
            String to = settings.get(SmtpdParams.ERROR_NOTICE_RECIPIENT);
            Set<CleanupService.Option> options = CleanupService.internal(settings, "notify");
            options.add(CleanupService.Option.LOCAL_REWRITE);
            return new Terms(
                    kinds,
                    new Address(settings.get(SmtpdParams.DOUBLE_BOUNCE_SENDER) + "@" + hostname),
                    to.indexOf('@') < 0 ? to + "@" + origin : to,
                    hostname,
                    settings.get(SmtpdParams.MAIL_NAME),
                    options);
        }
    }

    /// A command line, or a reply; written out only where somebody is to read it.
    private record Spoken(@Nullable String heard, @Nullable Reply said) {}

    private final Session s;
    private final Terms terms;
    private final @Nullable List<Spoken> lines;
    private final Set<Kind> happened = EnumSet.noneOf(Kind.class);

    Transcript(Session session, Terms terms) {
        this.s = session;
        this.terms = terms;
        this.lines = terms.kinds().isEmpty() ? null : new ArrayList<>();
    }

    /// A command line.
    void heard(String line) {
        add(line, null);
    }

    /// A reply as it was sent.
    void said(Reply reply) {
        add(null, reply);
    }

    private void add(@Nullable String heard, @Nullable Reply said) {
        if (lines != null && lines.size() < MOST) {
            lines.add(new Spoken(heard, said));
        }
    }

    void happened(Kind kind) {
        happened.add(kind);
    }

    /// What a refusal that is not by rules is about.
    static Kind kind(Reply reply) {
        if (reply.status() == null) {
            return Kind.PROTOCOL;
        }
        return switch (reply.status().subject()) {
            case 3 ->
                    reply.code() >= 500
                            ? Kind.POLICY
                            : reply.status().detail() == 5 || lookup(reply)
                                    ? Kind.SOFTWARE
                                    : Kind.RESOURCE;
            case 5 -> reply.code() < 500 ? Kind.POLICY : Kind.PROTOCOL;
            case 1 -> Kind.PROTOCOL;
            default -> Kind.POLICY;
        };
    }

    private static boolean lookup(Reply reply) {
        return reply.lines().getFirst().contains("Temporary lookup failure");
    }

    /// A mail has come in well: what was before it is forgotten.
    void forget() {
        happened.clear();
        if (lines != null) {
            lines.clear();
        }
    }

    /// The session is over.
    ///
    /// @param why what ended it, null for its own end
    void end(@Nullable String why) {
        happened.retainAll(terms.kinds());
        List<Spoken> all = lines;
        if (happened.isEmpty() || all == null) {
            return;
        }
        try {
            CleanupService.Result result = s.service.cleanup.submit(notice(all, why));
            if (result instanceof CleanupService.Result.Rejected r) {
                s.warn("transcript for " + terms.to() + " not accepted: " + r.text());
            }
        } catch (QueueException | TableException e) {
            s.warn("transcript for " + terms.to() + ": " + e.getMessage());
        }
    }

    private CleanupService.Submission notice(List<Spoken> all, @Nullable String why) {
        QueueId id = s.service.cleanup.newId();
        long now = s.service.clock.wallMillis();
        String date = MailDate.of(now);
        StringBuilder header = new StringBuilder(400);
        header.append("Received: by ").append(terms.domain()).append(" (").append(terms.mailName());
        header.append(")\r\n\tid ").append(id).append("; ").append(date).append("\r\n");
        header.append("Date: ").append(date).append("\r\n");
        header.append("From: Mail Delivery System <MAILER-DAEMON@").append(terms.domain());
        header.append(">\r\nTo: Postmaster <").append(terms.to()).append(">\r\n");
        header.append("Subject: ").append(terms.mailName()).append(" SMTP server: errors from ");
        header.append(s.client()).append("\r\n");
        StringBuilder body = new StringBuilder("\r\nTranscript of session follows.\r\n\r\n");
        all.forEach(each -> written(each, body));
        body.append("\r\n");
        if (why != null) {
            body.append("Session aborted, reason: ").append(why).append("\r\n");
        }
        body.append("\r\nFor other details, see the local mail logfile\r\n");
        return new CleanupService.Submission(
                id,
                new Envelope(
                        terms.from(),
                        List.of(Recipient.of(new Address(terms.to()))),
                        now,
                        Attributes.OWN),
                MemoryContent.of(octets(header), octets(body)),
                terms.options());
    }

    /// Of AUTH only the mechanism is told.
    private void written(Spoken spoken, StringBuilder out) {
        String heard = spoken.heard();
        if (heard != null) {
            out.append(" In:  ").append(s.answers.shown(Texts.discreet(heard))).append("\r\n");
        }
        Reply said = spoken.said();
        for (int i = 0; said != null && i < said.lines().size(); i++) {
            out.append(" Out: ").append(said.code());
            out.append(i + 1 < said.lines().size() ? '-' : ' ');
            if (said.status() != null) {
                out.append(said.status()).append(' ');
            }
            out.append(s.answers.shown(said.lines().get(i))).append("\r\n");
        }
    }

    private static byte[] octets(StringBuilder text) {
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}

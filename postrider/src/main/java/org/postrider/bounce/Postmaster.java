package org.postrider.bounce;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.cleanup.CleanupService;
import org.postrider.config.ConfigParams;
import org.postrider.config.Settings;
import org.postrider.maps.Fold;
import org.postrider.maps.TableException;
import org.postrider.message.MailDate;
import org.postrider.message.MemoryContent;
import org.postrider.queue.Attributes;
import org.postrider.queue.Envelope;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;
import org.postrider.queue.Recipient;
import org.postrider.rewrite.FromFormat;
import org.postrider.time.Clock;

/// Mails error_notice_recipient what was said in a session that went wrong in a way that
/// notify_classes names (smtpd_chat_notify, smtp_chat_notify). Immutable; any thread.
public final class Postmaster {
    private static final int LINE = 78;

    private final CleanupService cleanup;
    private final Clock clock;
    private final Address from;
    private final String to;
    private final String bounces;
    private final String domain;
    private final String mailName;
    private final FromFormat format;
    private final Set<CleanupService.Option> options;

    public Postmaster(Settings settings, CleanupService cleanup, Clock clock) {
        this.cleanup = cleanup;
        this.clock = clock;
        domain = settings.get(ConfigParams.MYHOSTNAME);
        mailName = settings.get(BounceParams.MAIL_NAME);
        format = FromFormat.of(settings);
        from = new Address(settings.get(BounceParams.DOUBLE_BOUNCE_SENDER) + "@" + domain);
        to = settings.get(BounceParams.ERROR_NOTICE_RECIPIENT);
        bounces = settings.get(BounceParams.BOUNCE_NOTICE_RECIPIENT);
        options = CleanupService.internal(settings, "notify");
        options.add(CleanupService.Option.LOCAL_REWRITE);
    }

    /// Whether mail from there is one of these itself.
    public boolean tells(Address sender) {
        return Fold.same(sender.text(), from.text());
    }

    /// Submits one.
    ///
    /// @param what the end of its subject: whose errors
    /// @param before what is said before the transcript; empty for nothing
    /// @param lines `In:` and `Out:`, as octets
    /// @param after what stands behind the transcript, with its line ends; empty for nothing
    /// @return null, or why it is not there
    public @Nullable String tell(String what, String before, List<String> lines, String after) {
        return tell(to, what, before, lines, after);
    }

    /// The same of a session with a message that bounced: bounce_notice_recipient has it, though
    /// its header names the other.
    public @Nullable String tellOfBounce(
            String what, String before, List<String> lines, String after) {
        return tell(bounces, what, before, lines, after);
    }

    private @Nullable String tell(
            String recipient, String what, String before, List<String> lines, String after) {
        StringBuilder body = new StringBuilder("\r\n");
        body.append(before.isEmpty() ? "" : before + "\r\n\r\n");
        body.append("Transcript of session follows.\r\n\r\n");
        lines.forEach(line -> Printable.wrap(body, line, LINE, " "));
        body.append(after).append("\r\nFor other details, see the local mail logfile\r\n");
        try {
            CleanupService.Result result = cleanup.submit(notice(recipient, what, body.toString()));
            return result instanceof CleanupService.Result.Rejected r
                    ? "transcript for " + recipient + " not accepted: " + r.text()
                    : null;
        } catch (QueueException | TableException e) {
            return "transcript for " + recipient + ": " + e.getMessage();
        }
    }

    private CleanupService.Submission notice(String recipient, String what, String body) {
        QueueId id = cleanup.newId();
        long now = clock.wallMillis();
        String date = MailDate.of(now);
        StringBuilder header = new StringBuilder(400);
        header.append("Received: by ").append(domain).append(" (").append(mailName);
        header.append(")\r\n\tid ").append(id).append("; ").append(date).append("\r\n");
        header.append("Date: ").append(date).append("\r\n");
        named(header, "From: ", "Mail Delivery System", "MAILER-DAEMON@" + domain);
        named(header, "To: ", "Postmaster", to);
        header.append("Subject: ").append(mailName).append(' ').append(what).append("\r\n");
        return new CleanupService.Submission(
                id,
                new Envelope(
                        from, List.of(Recipient.of(new Address(recipient))), now, Attributes.OWN),
                MemoryContent.of(octets(header.toString()), octets(body)),
                options);
    }

    private void named(StringBuilder header, String field, String name, String address) {
        header.append(field);
        switch (format) {
            case STANDARD -> header.append(name).append(" <").append(address).append('>');
            case OBSOLETE -> header.append(address).append(" (").append(name).append(')');
        }
        header.append("\r\n");
    }

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}

package org.postrider.cleanup;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.postrider.address.Address;
import org.postrider.address.Quoting;
import org.postrider.config.ConfigParams;
import org.postrider.config.Settings;
import org.postrider.log.MailEvent;
import org.postrider.message.FullName;
import org.postrider.message.HeaderKind;
import org.postrider.message.HeaderText;
import org.postrider.message.MailDate;
import org.postrider.queue.QueueParams;
import org.postrider.rewrite.FromFormat;

/// Adds Message-Id, Date, From and To where they are missing and somebody of ours wrote the mail
/// (always_add_missing_headers for all others), and logs a Message-Id that is not there. Adds
/// Require-TLS-ESMTP to whatever came with REQUIRETLS, and MIME-Error to what came without an end
/// of its header where that is asked for. Immutable.
final class MissingHeaderStage implements Stage {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final int DESTINATIONS =
            HeaderKind.TO.bit()
                    | HeaderKind.CC.bit()
                    | HeaderKind.RESENT_TO.bit()
                    | HeaderKind.RESENT_CC.bit();

    private static final String OPEN_HEADER =
            "MIME-Error: message header was not terminated by empty line";

    private static final String REQUIRE_TLS = "Require-TLS-ESMTP: yes";

    private final boolean always;
    private final boolean requireTls;
    private final boolean longIds;
    private final String myhostname;
    private final String undisclosed;
    private final String fullNameCharset;
    private final FromFormat format;
    private final boolean saysOpen;

    MissingHeaderStage(Settings settings) {
        always =
                settings.get(CleanupParams.ALWAYS_ADD_MISSING_HEADERS)
                        || !settings.get(CleanupParams.REMOTE_HEADER_REWRITE_DOMAIN).isEmpty();
        requireTls =
                settings.get(CleanupParams.REQUIRETLS_ESMTP_HEADER)
                        && "yes".equalsIgnoreCase(settings.text("requiretls_enable"));
        longIds = settings.get(QueueParams.ENABLE_LONG_QUEUE_IDS);
        myhostname = settings.get(ConfigParams.MYHOSTNAME);
        undisclosed = settings.get(CleanupParams.UNDISCLOSED_RECIPIENTS_HEADER);
        fullNameCharset = settings.get(CleanupParams.FULL_NAME_ENCODING_CHARSET);
        format = FromFormat.of(settings);
        saysOpen =
                PartPolicy.HeaderEnd.of(settings) == PartPolicy.HeaderEnd.ADD_HEADER
                        && !settings.get(CleanupParams.DISABLE_MIME_INPUT_PROCESSING);
    }

    private boolean adds(Run run) {
        return always || run.has(CleanupService.Option.LOCAL_REWRITE);
    }

    @Override
    public boolean concerns(Run run) {
        return run.failure() == null
                && run.discarded == null
                && (adds(run) || !run.saw(HeaderKind.MESSAGE_ID) || demands(run) || open(run));
    }

    /// A filter that does not know REQUIRETLS is to bring it back in the header.
    private boolean demands(Run run) {
        return requireTls
                && run.attributes.routing().requireTls()
                && !run.saw(HeaderKind.REQUIRE_TLS_ESMTP);
    }

    /// Whoever reads it is to know that its header had no end (non_empty_end_of_header_action).
    private boolean open(Run run) {
        return saysOpen
                && run.has(CleanupService.Option.FILTER)
                && run.submission.content().facts().mime().fields().open();
    }

    @Override
    public void pass(Run run) {
        boolean named = run.saw(HeaderKind.MESSAGE_ID);
        if (adds(run)) {
            named |= add(run);
        }
        if (demands(run)) {
            StringBuilder demand = new StringBuilder();
            line(demand, REQUIRE_TLS);
            run.header().append(CheckTables.octets(demand));
        }
        if (open(run)) {
            StringBuilder said = new StringBuilder();
            line(said, OPEN_HEADER);
            run.header().append(CheckTables.octets(said));
        }
        if (!named) {
            run.log.event(run.tag, new MailEvent.MessageId(run.id().text(), "<>", false));
        }
    }

    /// @return true where a Message-Id was added (and no Resent-Message-Id in its place)
    private boolean add(Run run) {
        boolean resent = run.sawResent();
        String prefix = resent ? "Resent-" : "";
        StringBuilder lines = new StringBuilder();
        boolean identify = !run.saw(resent ? HeaderKind.RESENT_MESSAGE_ID : HeaderKind.MESSAGE_ID);
        if (identify) {
            String id = "<" + messageId(run) + ">";
            line(lines, prefix + "Message-Id: " + id);
            run.log.event(run.tag, new MailEvent.MessageId(run.id().text(), id, resent));
        }
        if (!run.saw(resent ? HeaderKind.RESENT_DATE : HeaderKind.DATE)) {
            long arrival = run.submission.envelope().arrivalMillis();
            line(lines, prefix + "Date: " + MailDate.of(arrival));
        }
        if (!run.saw(resent ? HeaderKind.RESENT_FROM : HeaderKind.FROM)) {
            byte[] from = HeaderText.folded(prefix + "From: " + from(run));
            lines.append(new String(from, StandardCharsets.ISO_8859_1));
        }
        if ((run.seen & DESTINATIONS) == 0 && !undisclosed.isEmpty()) {
            line(lines, undisclosed);
        }
        if (!lines.isEmpty()) {
            run.header().append(CheckTables.octets(lines));
        }
        return identify && !resent;
    }

    private static void line(StringBuilder out, String text) {
        out.append(CheckTables.crlf(text));
    }

    private String messageId(Run run) {
        String id = run.id().text();
        long arrival = run.submission.envelope().arrivalMillis();
        return (longIds ? id : STAMP.format(Instant.ofEpochMilli(arrival)) + "." + id)
                + "@"
                + myhostname;
    }

    private String from(Run run) {
        Address sender = run.sender;
        String address =
                sender.isNull() ? "MAILER-DAEMON" : Quoting.visible(Quoting.rfc5322(sender));
        String name = run.submission.envelope().origin().fullName();
        if (sender.isNull() || name == null || name.isEmpty()) {
            return address;
        }
        return switch (format) {
            case STANDARD -> FullName.phrase(name, fullNameCharset) + "\n<" + address + ">";
            case OBSOLETE -> address + "\n(" + FullName.comment(name, fullNameCharset) + ")";
        };
    }
}

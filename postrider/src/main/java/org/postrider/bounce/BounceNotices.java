package org.postrider.bounce;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.cleanup.CleanupService;
import org.postrider.cleanup.CleanupService.Prepared;
import org.postrider.config.ConfigParams;
import org.postrider.config.Settings;
import org.postrider.log.DeliveryEvent;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.maps.Fold;
import org.postrider.message.ContentWriter;
import org.postrider.queue.Attributes;
import org.postrider.queue.Dsn;
import org.postrider.queue.Envelope;
import org.postrider.queue.Mark;
import org.postrider.queue.NewMessage;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;
import org.postrider.queue.Routing;
import org.postrider.queue.Transaction;
import org.postrider.rewrite.RewriteParams;
import org.postrider.time.Clock;

/// Makes notices in Postfix's default wording and commits each together with the marks it stands
/// for: a recipient is settled when, and only when, the notice about it is in the queue. A copy for
/// the postmaster goes before it, in a commit of its own: a crash between them makes another copy.
/// Any thread.
public final class BounceNotices implements BounceService {
    private final CleanupService cleanup;
    private final Queue queue;
    private final MailLog log;
    private final LogTag tag;
    private final Clock clock;
    private final Notice.House house;
    private final Set<String> classes;
    private final Set<CleanupService.Option> options;
    private final String doubleBounce;
    private final boolean verpBounces;
    private final boolean redacts;
    private final String bouncePostmaster;
    private final String secondBouncePostmaster;
    private final String delayPostmaster;

    /// @param tag `postfix/bounce[pid]`
    public BounceNotices(
            Settings settings,
            CleanupService cleanup,
            Queue queue,
            MailLog log,
            LogTag tag,
            Clock clock) {
        this.cleanup = cleanup;
        this.queue = queue;
        this.log = log;
        this.tag = tag;
        this.clock = clock;
        String hostname = settings.get(ConfigParams.MYHOSTNAME);
        BounceTemplates templates =
                BounceTemplates.read(settings.get(BounceParams.BOUNCE_TEMPLATE_FILE), settings);
        for (String warning : templates.warnings()) {
            log.warning(tag, warning);
        }
        String origin = settings.text("myorigin");
        house =
                new Notice.House(
                        hostname,
                        origin == null || origin.isEmpty() ? hostname : origin,
                        settings.get(BounceParams.MAIL_NAME),
                        settings.get(BounceParams.BOUNCE_SIZE_LIMIT),
                        settings.get(BounceParams.ENABLE_THREADED_BOUNCES),
                        settings.get(RewriteParams.SMTPUTF8_ENABLE),
                        settings.get(BounceParams.MAXIMAL_QUEUE_LIFETIME).toMillis(),
                        templates,
                        settings);
        options = CleanupService.internal(settings, "bounce");
        // Cleanup completes the addresses of the header.
        options.add(CleanupService.Option.LOCAL_REWRITE);
        classes = new HashSet<>();
        for (String each : settings.get(BounceParams.NOTIFY_CLASSES)) {
            classes.add(Fold.lower(each));
        }
        doubleBounce = Fold.lower(settings.get(BounceParams.DOUBLE_BOUNCE_SENDER));
        verpBounces = !settings.get(BounceParams.DISABLE_VERP_BOUNCES);
        redacts = settings.get(BounceParams.REQUIRETLS_REDACT_DSN);
        bouncePostmaster = settings.get(BounceParams.BOUNCE_NOTICE_RECIPIENT);
        secondBouncePostmaster = settings.get(BounceParams.SECOND_BOUNCE_NOTICE_RECIPIENT);
        delayPostmaster = settings.get(BounceParams.DELAY_NOTICE_RECIPIENT);
    }

    @Override
    public @Nullable QueueId bounced(
            QueuedMessage message, List<Mark.Reason> failed, Transaction with) {
        List<Mark> done = new ArrayList<>(failed.size());
        for (Mark.Reason r : failed) {
            done.add(new Mark.Done(message.id(), r.recipient()));
        }
        Transaction marks = with.after(done);
        Address sender = message.envelope().sender();
        if (isDoubleBounce(sender)) {
            commit(marks);
            log.warning(tag, message.id() + ": undeliverable postmaster notification discarded");
            return null;
        }
        if (sender.isNull()) {
            if (!toldOfSecond()) {
                commit(marks);
                return null;
            }
            return notice(
                    NoticeKind.FAILURE,
                    true,
                    message,
                    failed,
                    secondBouncePostmaster,
                    false,
                    marks);
        }
        // Before the marks: with them the message may be gone.
        QueueId copied = copied(message, failed);
        List<Mark.Reason> wanted = asked(message, failed, Recipient.FAILURE);
        if (wanted.isEmpty()) {
            commit(marks);
            told(NoticeKind.FAILURE, true, message, copied);
            return null;
        }
        boolean headers = message.envelope().dsn().returned() == Dsn.Return.HDRS;
        QueueId id =
                verpBounces && message.envelope().routing().verpDelimiters() != null
                        ? each(message, wanted, headers, marks)
                        : notice(
                                NoticeKind.FAILURE,
                                false,
                                message,
                                wanted,
                                sender.text(),
                                headers,
                                marks);
        told(NoticeKind.FAILURE, true, message, copied);
        return id;
    }

    private boolean toldOfSecond() {
        return classes.contains("bounce") || classes.contains("2bounce");
    }

    /// The postmaster hears of all of them, whatever NOTIFY= lets the sender hear of.
    private @Nullable QueueId copied(QueuedMessage message, List<Mark.Reason> failed) {
        return classes.contains("bounce")
                ? copy(NoticeKind.FAILURE, message, failed, bouncePostmaster)
                : null;
    }

    /// A notice for each recipient, to the sender's address for it.
    private @Nullable QueueId each(
            QueuedMessage message, List<Mark.Reason> failed, boolean headers, Transaction with) {
        List<Mark> left = new ArrayList<>(with.marks());
        QueueId id = null;
        for (int i = 0; i < failed.size(); i++) {
            Mark.Reason r = failed.get(i);
            Mark done = new Mark.Done(message.id(), r.recipient());
            boolean last = i == failed.size() - 1;
            Transaction now =
                    last ? new Transaction(with.messages(), left) : Transaction.of(List.of(done));
            Recipient recipient = message.envelope().recipients().get(r.recipient());
            id =
                    notice(
                            NoticeKind.FAILURE,
                            false,
                            message,
                            List.of(r),
                            message.envelope().senderFor(recipient).text(),
                            headers,
                            now);
            left.remove(done);
        }
        return id;
    }

    @Override
    public @Nullable QueueId delayed(
            QueuedMessage message, List<Mark.Reason> waiting, Transaction with) {
        Transaction marks = with.after(List.of(new Mark.DelayWarned(message.id())));
        Address sender = message.envelope().sender();
        if (sender.isNull() || isDoubleBounce(sender)) {
            commit(marks);
            return null;
        }
        List<Mark.Reason> wanted = asked(message, waiting, Recipient.DELAY);
        QueueId id = null;
        if (wanted.isEmpty()) {
            commit(marks);
        } else {
            id = notice(NoticeKind.DELAY, false, message, wanted, sender.text(), true, marks);
        }
        if (classes.contains("delay")) {
            told(
                    NoticeKind.DELAY,
                    true,
                    message,
                    copy(NoticeKind.DELAY, message, waiting, delayPostmaster));
        }
        return id;
    }

    @Override
    public @Nullable QueueId delivered(
            QueuedMessage message, List<Mark.Reason> done, Transaction with) {
        Address sender = message.envelope().sender();
        if (tellsNobody(message, with)) {
            return null;
        }
        return notice(NoticeKind.SUCCESS, false, message, done, sender.text(), true, with);
    }

    @Override
    public @Nullable QueueId reported(QueuedMessage message, List<Fate> all, Transaction with) {
        Address sender = message.envelope().sender();
        if (tellsNobody(message, with)) {
            return null;
        }
        ReportedMessage about = ReportedMessage.of(message, all);
        return notice(NoticeKind.VERIFY, false, about, about.reasons(), sender.text(), true, with);
    }

    /// Of a notice's own success or report nobody hears.
    private boolean tellsNobody(QueuedMessage message, Transaction with) {
        Address sender = message.envelope().sender();
        boolean twice = isDoubleBounce(sender);
        if (!sender.isNull() && !twice) {
            return false;
        }
        commit(with);
        log.info(
                tag,
                message.id()
                        + ": not sending trace/success notification for "
                        + (twice ? "double" : "single")
                        + "-bounce message");
        return true;
    }

    private boolean isDoubleBounce(Address sender) {
        return Fold.lower(sender.local()).equals(doubleBounce)
                && (sender.domain().isEmpty()
                        || Fold.same(sender.domain(), house.myorigin())
                        || Fold.same(sender.domain(), house.myhostname()));
    }

    /// Those whose NOTIFY= lets the sender hear of it; without one, failure and delay do.
    private static List<Mark.Reason> asked(
            QueuedMessage message, List<Mark.Reason> all, int condition) {
        List<Mark.Reason> out = new ArrayList<>(all.size());
        for (Mark.Reason r : all) {
            int notify = message.envelope().recipients().get(r.recipient()).dsnNotify();
            if (notify == 0 || (notify & condition) != 0) {
                out.add(r);
            }
        }
        return out;
    }

    private void commit(Transaction with) {
        if (!with.isEmpty()) {
            queue.commit(with);
        }
    }

    /// Not logged yet: Postfix logs it after the sender's.
    private @Nullable QueueId copy(
            NoticeKind kind, QueuedMessage message, List<Mark.Reason> about, String postmaster) {
        try {
            return submit(kind, true, message, about, postmaster, true, Transaction.NONE);
        } catch (QueueException e) {
            log.warning(tag, message.id() + ": postmaster notice failed: " + e.getMessage());
            return null;
        }
    }

    private void told(
            NoticeKind kind, boolean forPostmaster, QueuedMessage about, @Nullable QueueId notice) {
        if (notice != null) {
            log.event(
                    tag,
                    new DeliveryEvent.Notification(
                            about.id().text(), title(kind, forPostmaster), notice.text()));
        }
    }

    private @Nullable QueueId notice(
            NoticeKind kind,
            boolean forPostmaster,
            QueuedMessage message,
            List<Mark.Reason> about,
            String to,
            boolean headersOnly,
            Transaction marks) {
        QueueId id = submit(kind, forPostmaster, message, about, to, headersOnly, marks);
        told(kind, forPostmaster, message, id);
        return id;
    }

    /// Makes one and commits it with what it stands for.
    ///
    /// @return null where cleanup refused it: the rest is committed all the same
    private @Nullable QueueId submit(
            NoticeKind kind,
            boolean forPostmaster,
            QueuedMessage message,
            List<Mark.Reason> about,
            String to,
            boolean headersOnly,
            Transaction with) {
        try (Open open = open(kind, forPostmaster, message, about, to, headersOnly)) {
            return committed(open.prepared(), message.id(), with);
        }
    }

    /// A notice that is made and not committed.
    private record Open(ContentWriter writer, Prepared prepared) implements AutoCloseable {
        @Override
        public void close() {
            try (writer) {
                prepared.close();
            }
        }
    }

    private Open open(
            NoticeKind kind,
            boolean forPostmaster,
            QueuedMessage message,
            List<Mark.Reason> about,
            String to,
            boolean headersOnly) {
        QueueId id = cleanup.newId();
        Address recipient = new Address(to);
        long now = clock.wallMillis();
        Envelope envelope =
                new Envelope(
                        forPostmaster ? doubleBounceSender() : Address.NULL,
                        List.of(Recipient.of(recipient)),
                        now,
                        attributes(message.envelope()));
        // Its way back may lead over servers that its own way did not need (RFC 8689 5).
        boolean header = headersOnly || (redacts && message.envelope().routing().requireTls());
        Notice notice = new Notice(house, kind, forPostmaster, message, about, now);
        ContentWriter writer = cleanup.content();
        Open made = null;
        try {
            made =
                    new Open(
                            writer,
                            cleanup.prepare(
                                    new CleanupService.Submission(
                                            id,
                                            envelope,
                                            notice.content(id, recipient, header, writer),
                                            options)));
            return made;
        } catch (IOException e) {
            throw new QueueException(
                    QueueException.Kind.FAULT, message.id() + ": " + e.getMessage(), e);
        } finally {
            if (made == null) {
                writer.close();
            }
        }
    }

    @Override
    public Unsent unsent(QueuedMessage message, List<Mark.Reason> failed) {
        Address sender = message.envelope().sender();
        boolean twice = sender.isNull();
        if (isDoubleBounce(sender)) {
            log.warning(tag, message.id() + ": undeliverable postmaster notification discarded");
            return new Waiting(message, null, null, false, null);
        }
        if (twice && !toldOfSecond()) {
            return new Waiting(message, null, null, false, null);
        }
        QueueId copied = twice ? null : copied(message, failed);
        List<Mark.Reason> wanted = twice ? failed : asked(message, failed, Recipient.FAILURE);
        if (wanted.isEmpty()) {
            return new Waiting(message, null, null, false, copied);
        }
        boolean headers = !twice && message.envelope().dsn().returned() == Dsn.Return.HDRS;
        Recipient first = message.envelope().recipients().get(wanted.getFirst().recipient());
        String to =
                twice
                        ? secondBouncePostmaster
                        : verpBounces ? message.envelope().senderFor(first).text() : sender.text();
        Open open = open(NoticeKind.FAILURE, twice, message, wanted, to, headers);
        Waiting made = null;
        try {
            made = new Waiting(message, open, ready(open.prepared(), message.id()), twice, copied);
            return made;
        } finally {
            if (made == null) {
                open.close();
            }
        }
    }

    /// @param copied the postmaster's copy, which is not logged yet
    private final class Waiting implements Unsent {
        private final QueuedMessage about;
        private final @Nullable Open open;
        private final @Nullable NewMessage notice;
        private final boolean forPostmaster;
        private final @Nullable QueueId copied;

        Waiting(
                QueuedMessage about,
                @Nullable Open open,
                @Nullable NewMessage notice,
                boolean forPostmaster,
                @Nullable QueueId copied) {
            this.about = about;
            this.open = open;
            this.notice = notice;
            this.forPostmaster = forPostmaster;
            this.copied = copied;
        }

        @Override
        public List<NewMessage> messages() {
            return notice != null ? List.of(notice) : List.of();
        }

        @Override
        public void committed() {
            for (NewMessage each : messages()) {
                told(NoticeKind.FAILURE, forPostmaster, about, each.id());
            }
            told(NoticeKind.FAILURE, true, about, copied);
        }

        @Override
        public void close() {
            if (open != null) {
                open.close();
            }
        }
    }

    private @Nullable QueueId committed(Prepared prepared, QueueId about, Transaction with) {
        NewMessage notice = ready(prepared, about);
        commit(notice == null ? with : with.and(notice));
        return notice == null ? null : notice.id();
    }

    /// @return null where cleanup wants no such mail
    /// @throws QueueException where it does not take it now
    private @Nullable NewMessage ready(Prepared prepared, QueueId about) {
        return switch (prepared) {
            case Prepared.Ready r -> r.message();
            case Prepared.Refused(CleanupService.Result.Rejected r) -> {
                if (r.code() / 100 == 4) {
                    throw new QueueException(
                            QueueException.Kind.FAULT,
                            "notice about " + about + " not accepted: " + r.text(),
                            new IOException(r.text()));
                }
                log.warning(tag, about + ": notice refused by cleanup, dropped: " + r.text());
                yield null;
            }
            case Prepared.Dropped _ -> null;
        };
    }

    private Address doubleBounceSender() {
        return new Address(doubleBounce + "@" + house.myhostname());
    }

    /// What the mail asked of its next hops, its notice asks too; its encoding cleanup finds.
    private Attributes attributes(Envelope of) {
        Routing routing = of.routing().smtputf8() ? Routing.PLAIN.withSmtputf8() : Routing.PLAIN;
        return Attributes.OWN.withRouting(
                switch (of.routing().tls()) {
                    case BY_POLICY -> routing;
                    case OPTIONAL -> routing.withTlsOptional();
                    case REQUIRED -> redacts ? routing : routing.withRequireTls();
                });
    }

    private static String title(NoticeKind kind, boolean forPostmaster) {
        return (forPostmaster ? "postmaster " : "sender ")
                + switch (kind) {
                    case FAILURE -> "non-delivery";
                    case DELAY -> "delay";
                    case SUCCESS, VERIFY -> "delivery status";
                };
    }
}

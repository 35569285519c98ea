package org.postrider.showq;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.postrider.address.Quoting;
import org.postrider.cleanup.CleanupParams;
import org.postrider.cleanup.CleanupService;
import org.postrider.cleanup.CleanupService.Prepared;
import org.postrider.config.Settings;
import org.postrider.log.LogTag;
import org.postrider.log.MailEvent;
import org.postrider.log.MailLog;
import org.postrider.memory.Budget;
import org.postrider.message.Content;
import org.postrider.message.ContentWriter;
import org.postrider.message.Facts;
import org.postrider.message.MailDate;
import org.postrider.queue.Attributes;
import org.postrider.queue.Envelope;
import org.postrider.queue.Mark;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;
import org.postrider.queue.Transaction;
import org.postrider.time.Clock;

/// `postsuper -r`: the message goes through cleanup again, under a new id, with the recipients that
/// are still owed, and the old one goes in the same transaction. Any thread.
public final class CleanupRequeue implements QueueActions.Requeue {
    private final CleanupService cleanup;
    private final Queue queue;
    private final MailLog log;
    private final By by;
    private final Clock clock;
    private final String contentFilter;
    private final Set<CleanupService.Option> overridable;

    /// Who takes in what comes this way.
    ///
    /// @param tag pickup's, which logs it
    /// @param received `myhostname (mail_name`, for the Received: header
    /// @param uid the server's own
    public record By(LogTag tag, String received, int uid) {}

    /// @param settings pickup's: what comes in this way is filtered as what its users submit
    public CleanupRequeue(
            CleanupService cleanup,
            Queue queue,
            MailLog log,
            By by,
            Clock clock,
            Settings settings) {
        this.cleanup = cleanup;
        this.queue = queue;
        this.log = log;
        this.by = by;
        this.clock = clock;
        contentFilter = settings.get(CleanupParams.CONTENT_FILTER);
        overridable =
                CleanupService.Option.received(
                        settings.get(CleanupParams.RECEIVE_OVERRIDE_OPTIONS));
    }

    @Override
    public QueueId requeue(QueuedMessage m) throws IOException {
        QueueId id = cleanup.newId();
        log.event(
                by.tag(),
                new MailEvent.Requeued(
                        id.text(),
                        by.uid(),
                        Quoting.rfc5321(m.envelope().sender()),
                        m.id().text()));
        try (Budget.Share memory = cleanup.receiving();
                Recipient.Writer owed = cleanup.recipients(memory)) {
            for (int i = 0; i < m.envelope().recipients().size(); i++) {
                if (!m.done(i)) {
                    owed.add(m.envelope().recipients().get(i));
                }
            }
            requeue(m, id, owed.all());
        }
        return id;
    }

    private void requeue(QueuedMessage m, QueueId id, List<Recipient> owed) throws IOException {
        Transaction gone = Transaction.of(new Mark.Removed(m.id()));
        try (ContentWriter to = cleanup.content();
                Prepared prepared = cleanup.prepare(submission(m, id, owed, to))) {
            switch (prepared) {
                case Prepared.Ready r -> queue.commit(gone.and(r.message()));
                case Prepared.Dropped _ -> queue.commit(gone);
                case Prepared.Refused r ->
                        throw new IOException(m.id() + " not requeued: " + r.result().text());
            }
        }
    }

    private CleanupService.Submission submission(
            QueuedMessage m, QueueId id, List<Recipient> owed, ContentWriter to)
            throws IOException {
        Envelope envelope =
                new Envelope(
                        m.envelope().sender(),
                        owed,
                        m.envelope().arrivalMillis(),
                        attributes(m.envelope().attributes()));
        return new CleanupService.Submission(id, envelope, copy(m.content(), id, to), options(m));
    }

    /// As pickup of Postfix does: what FILTER and REDIRECT decided is dropped, and the filter of
    /// pickup's own settings, which main.cf's content_filter is, takes its place.
    private Attributes attributes(Attributes before) {
        return before.withRouting(
                before.routing()
                        .withRedirect(null)
                        .withContentFilter(contentFilter.isEmpty() ? null : contentFilter));
    }

    private Set<CleanupService.Option> options(QueuedMessage m) {
        Set<CleanupService.Option> out = EnumSet.noneOf(CleanupService.Option.class);
        out.addAll(overridable);
        if (m.envelope().origin().local()) {
            out.add(CleanupService.Option.LOCAL_REWRITE);
        }
        if (!m.envelope().origin().ours()) {
            // A filter that gives back a stranger's mail, an alias that sends it on and clients
            // whose headers are completed are local as well: only who took it in knew whose it is.
            out.remove(CleanupService.Option.SIGN);
        }
        return out;
    }

    /// The content anew: a large body's file belongs to one message only.
    private Content copy(Content from, QueueId id, ContentWriter to) throws IOException {
        byte[] received =
                ("Received: by "
                                + by.received()
                                + ", from userid "
                                + by.uid()
                                + ")\r\n\tid "
                                + id
                                + "; "
                                + MailDate.of(clock.wallMillis())
                                + "\r\n")
                        .getBytes(StandardCharsets.ISO_8859_1);
        try (InputStream body = from.body()) {
            to.header(received, 0, received.length);
            to.header(from.header(), 0, from.header().length);
            byte[] chunk = new byte[16 << 10];
            for (int n = body.read(chunk); n >= 0; n = body.read(chunk)) {
                to.body(chunk, 0, n);
            }
            Facts f = from.facts();
            return to.finish(
                    new Facts(
                            f.wireSize() + received.length,
                            f.size() + received.length - 2,
                            Math.max(f.longestLine(), received.length),
                            f.leadingDot(),
                            f.eightBit(),
                            f.eightBitHeader(),
                            f.bareCrOrLf(),
                            f.received() + 1,
                            f.mime()));
        }
    }
}

package org.postrider.cleanup;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.config.Hold;
import org.postrider.config.Holds;
import org.postrider.config.Settings;
import org.postrider.log.LogTag;
import org.postrider.log.MailEvent;
import org.postrider.log.MailLog;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.memory.Budget;
import org.postrider.message.Content;
import org.postrider.message.ContentWriter;
import org.postrider.message.Facts;
import org.postrider.message.Headers;
import org.postrider.milter.MilterParams;
import org.postrider.milter.Milters;
import org.postrider.queue.Envelope;
import org.postrider.queue.NewMessage;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;
import org.postrider.queue.Recipient;
import org.postrider.queue.Transaction;
import org.postrider.rewrite.RewriteService;

/// The stages between receiving and the queue, by the settings of one `cleanup` service: envelope,
/// header, body, then one commit. A stage without anything to do is skipped; what there is to do is
/// decided at construction. Any thread.
public final class Cleanup implements CleanupService {
    private static final long PARK_NANOS = 10_000_000L;

    private final Queue queue;
    private final MailLog log;
    private final LogTag tag;
    private final BooleanSupplier congested;
    private final EnvelopeStage envelope;
    private final HeaderStage header;
    private final BodyStage body;
    private final long flowDelayNanos;
    private final @Nullable String held;
    private final Milters milters;

    /// @param tag `postfix/cleanup` with its pseudo-pid
    /// @param congested true while the active queue is full
    public Cleanup(
            Settings settings,
            Queue queue,
            RewriteService rewrite,
            Tables tables,
            MailLog log,
            LogTag tag,
            BooleanSupplier congested) {
        this.queue = queue;
        this.log = log;
        this.tag = tag;
        this.congested = congested;
        AddressMapping mapping = new AddressMapping(settings, tables, rewrite);
        envelope = new EnvelopeStage(settings, tables, rewrite, mapping);
        header = new HeaderStage(settings, tables, rewrite, mapping);
        body = new BodyStage(settings, tables, queue);
        held = Holds.of(settings, Hold.RECEIVING);
        milters =
                Milters.of(
                        settings.get(MilterParams.NON_SMTPD_MILTERS),
                        settings.get(MilterParams.DEFAULT_ACTION));
        flowDelayNanos = settings.get(CleanupParams.IN_FLOW_DELAY).toNanos();
    }

    @Override
    public @Nullable String held() {
        return held;
    }

    @Override
    public QueueId newId() {
        return queue.newId();
    }

    @Override
    public ContentWriter content() {
        return queue.content();
    }

    @Override
    public Budget.Share receiving() {
        return queue.receiving();
    }

    @Override
    public void tooLarge(QueueId id, byte[] header) {
        String messageId = Headers.value(header, "message-id");
        log.event(
                tag,
                new MailEvent.MessageId(id.text(), messageId == null ? "<>" : messageId, false));
        log.event(tag, new MailEvent.TooLarge(id.text()));
        log.warning(tag, "mail_stream_cleanup: close error");
    }

    @Override
    public Result submit(Submission submission) {
        if (submission.options().contains(Option.DISCARD)) {
            // Asked for before the content came: Postfix does not look at it then.
            return new Result.Discarded(null);
        }
        try (Budget.Share memory = queue.writing();
                Run run = new Run(submission, log, tag, memory)) {
            return submit(run);
        }
    }

    private Result submit(Run run) {
        Submission submission = run.submission;
        if (held != null && !submission.options().contains(Option.INTERNAL)) {
            run.warn(held + " -- message not accepted, try again later");
            return Problem.WRITE.rejected();
        }
        Address sender;
        List<Recipient> recipients;
        Content content;
        try {
            sender = envelope.sender(run);
            if (run.has(Option.MILTER)) {
                milters(run);
            }
            recipients = envelope.recipients(run, sender);
            content = content(run);
            if (!run.bcc.isEmpty()) {
                recipients = envelope.withBcc(run, recipients);
            }
        } catch (TableException e) {
            if (!e.warnings().isEmpty()) {
                run.refused(e, String.valueOf(e.getMessage()));
            }
            return Problem.WRITE.rejected();
        } catch (IOException e) {
            throw new QueueException(
                    org.postrider.disk.Disk.full(e)
                            ? QueueException.Kind.FULL
                            : QueueException.Kind.FAULT,
                    submission.id() + ": " + e.getMessage(),
                    e);
        }
        if (recipients.isEmpty()) {
            run.fail(Problem.RECIPIENTS);
        }
        Result.Rejected refused = run.failure();
        if (refused != null) {
            return refused;
        }
        if (run.discard) {
            return new Result.Discarded(run.discardText);
        }
        if (flowDelayNanos > 0 && congested.getAsBoolean()) {
            slowDown();
        }
        NewMessage message =
                new NewMessage(
                        submission.id(),
                        new Envelope(
                                sender,
                                recipients,
                                submission.envelope().arrivalMillis(),
                                run.attributes),
                        content,
                        run.hold);
        queue.commit(
                submission.with().isEmpty()
                        ? Transaction.of(message)
                        : new Transaction(List.of(message), submission.with()));
        return new Result.Queued(submission.id(), content.facts().size());
    }

    /// They are asked as if the mail came by SMTP from this machine.
    private void milters(Run run) {
        Milters.Action action = milters.ask(text -> log.warning(tag, text));
        if (action == Milters.Action.ACCEPT) {
            return;
        }
        Milters.Refusal r = action.refusal();
        boolean hold = action == Milters.Action.QUARANTINE;
        log.event(
                tag,
                new MailEvent.Access(
                        run.id().text(),
                        hold ? "milter-hold" : "milter-reject",
                        "CONNECT",
                        "localhost[127.0.0.1]",
                        hold ? "milter triggers HOLD action" : r.status() + " " + r.text(),
                        new MailEvent.Parties(run.sender, null, "", "")));
        run.hold |= hold;
        if (action.refuses()) {
            // A notice of our own that is refused is not lost: it is made again later.
            boolean later = r.code() < 500 || run.has(Option.INTERNAL);
            run.fail(
                    later ? Problem.DEFER : Problem.CONTENT,
                    later ? r.status().as(4) : r.status(),
                    r.text());
        }
    }

    private Content content(Run run) throws IOException {
        Content given = run.submission.content();
        byte[] block = given.header();
        byte[] clean = header.process(run, block);
        Content content =
                clean == block
                        ? given
                        : given.withHeader(clean, facts(given.facts(), block, clean));
        return run.failure() == null ? body.process(run, content, block) : content;
    }

    /// The facts with another header block; what only the old header made true may stay set.
    private static Facts facts(Facts old, byte[] before, byte[] now) {
        int longest = 0;
        int start = 0;
        int seen = 0;
        boolean dot = false;
        for (int i = 0; i < now.length; i++) {
            seen |= now[i];
            if (now[i] == '\n') {
                longest = Math.max(longest, i - 1 - start);
                dot |= now[start] == '.';
                start = i + 1;
            }
        }
        int more = now.length - before.length;
        return new Facts(
                old.wireSize() + more,
                old.size() + more + Facts.longLines(now) - Facts.longLines(before),
                Math.max(old.longestLine(), longest),
                old.leadingDot() || dot,
                old.eightBit() || seen < 0,
                old.eightBitHeader() || seen < 0,
                old.bareCrOrLf(),
                old.received(),
                old.eightBit() ? old.withUnknownParts().mime() : old.mime());
    }

    /// The active queue is full: wait for room, at most in_flow_delay.
    private void slowDown() {
        long end = System.nanoTime() + flowDelayNanos;
        while (System.nanoTime() < end && congested.getAsBoolean()) {
            LockSupport.parkNanos(PARK_NANOS);
        }
    }
}

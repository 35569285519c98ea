package org.postrider.cleanup;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.postrider.cleanup.author.FromRules;
import org.postrider.cleanup.author.Sealing;
import org.postrider.cleanup.author.Signatures;
import org.postrider.cleanup.author.SigningParams;
import org.postrider.config.Hold;
import org.postrider.config.Holds;
import org.postrider.config.Settings;
import org.postrider.disk.Disk;
import org.postrider.log.LogTag;
import org.postrider.log.MailEvent;
import org.postrider.log.MailLog;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.memory.Budget;
import org.postrider.message.ContentWriter;
import org.postrider.message.Headers;
import org.postrider.message.MemoryContent;
import org.postrider.milter.MilterSockets;
import org.postrider.queue.Envelope;
import org.postrider.queue.NewMessage;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;
import org.postrider.queue.Recipient;
import org.postrider.queue.Transaction;
import org.postrider.rewrite.RewriteService;

/// From what was received to the queue, by the settings of one `cleanup` service: a list of stages,
/// each asked whether this message concerns it, then one commit. Any thread.
public final class Cleanup implements CleanupService {
    private static final long PARK_NANOS = 10_000_000L;

    private final Queue queue;
    private final MailLog log;
    private final LogTag tag;
    private final BooleanSupplier congested;
    private final List<Stage> stages;
    private final long flowDelayNanos;
    private final @Nullable String held;
    private final @Nullable Signatures signatures;

    /// Where mail goes, and whom it passes on its way.
    ///
    /// @param congested true while the active queue is full
    /// @param milters how non_smtpd_milters are reached
    public record Goal(Queue queue, BooleanSupplier congested, MilterSockets milters) {}

    /// @param tag `postfix/cleanup` with its pseudo-pid
    public Cleanup(
            Settings settings,
            Tables tables,
            RewriteService rewrite,
            Goal goal,
            MailLog log,
            LogTag tag) {
        queue = goal.queue();
        congested = goal.congested();
        this.log = log;
        this.tag = tag;
        held = Holds.of(settings, Hold.RECEIVING);
        flowDelayNanos = settings.get(CleanupParams.IN_FLOW_DELAY).toNanos();
        signatures =
                Signatures.of(
                        settings,
                        tables,
                        rewrite,
                        new Signatures.Limits(
                                PartPolicy.limits(settings),
                                settings.get(CleanupParams.HEADER_ADDRESS_TOKEN_LIMIT)));
        stages = stages(settings, tables, rewrite, goal.milters());
    }

    /// In the order in which a message meets them, and why. Signing comes last: it signs what goes
    /// out.
    private List<Stage> stages(
            Settings settings, Tables tables, RewriteService rewrite, MilterSockets sockets) {
        AddressMapping mapping = new AddressMapping(settings, tables, rewrite);
        Expansion expansion = new Expansion(settings, rewrite, mapping);
        ContentChecks checks = new ContentChecks(settings, tables);
        SenderStage senders = new SenderStage(rewrite, mapping);
        MilterStage milters =
                new MilterStage(
                        settings,
                        sockets,
                        new MilterMail.Means(
                                senders,
                                expansion,
                                CheckTables.ofMilters(settings, tables),
                                this::content,
                                settings.get(CleanupParams.MESSAGE_SIZE_LIMIT)));
        HeaderAddresses addresses = new HeaderAddresses(settings, rewrite, mapping);
        List<Stage> all = new ArrayList<>();
        all.addAll(
                List.of(
                        // First: what is said in the log of all that follows names the sender as
                        // rewritten.
                        senders,
                        // Before anybody is expanded: who is refused here costs no alias look-up.
                        milters::open,
                        // Before the content: checks name the last recipient.
                        new RecipientStage(
                                settings, tables, rewrite, expansion, milters::recipient),
                        // Checks see a field as it came, rewriting what they left of it: one walk.
                        new HeaderStage(settings, checks, addresses),
                        // After all that may drop a field.
                        new MissingHeaderStage(settings),
                        // After the header, whose checks may refuse or discard the mail: then
                        // nobody looks at the body.
                        new BodyStage(settings, checks, this::content),
                        // After the last check that may ask for a copy.
                        new BccStage(expansion)));
        FromRules from =
                new FromRules(
                        settings,
                        tables,
                        rewrite,
                        settings.get(CleanupParams.HEADER_ADDRESS_TOKEN_LIMIT));
        if (from.active()) {
            // When there is a From, as rewriting left it, and every copy is known that may leave.
            all.add(run -> {
                if (run.has(Option.MAP) && run.failure() == null && run.discarded == null) {
                    run.authorIsOurs = from.pass(run);
                }
            });
        }
        // After all that rewrites: milters see what is delivered.
        all.add(milters);
        last(all, settings, rewrite);
        return List.copyOf(all);
    }

    /// After all that changes a mail: what signs it.
    private void last(List<Stage> all, Settings settings, RewriteService rewrite) {
        Signatures made = signatures;
        if (made != null) {
            // After all that changes the mail. Mail that is refused or dropped is not signed.
            all.add(run -> {
                if (run.failure() != null || run.discarded != null) {
                    return;
                }
                long now = run.submission.envelope().arrivalMillis() / 1000;
                if (run.has(Option.SIGN)) {
                    // Whose mail it is cannot be told any more when it is taken in again.
                    run.attributes = run.attributes.withOrigin(run.attributes.origin().asOurs());
                    made.pass(run, queue::content, now);
                } else if (run.authorIsOurs && made.rewritten()) {
                    made.pass(run, queue::content, now);
                }
            });
        }
        Sealing sealing = Sealing.of(settings, rewrite, text -> log.warning(tag, text));
        if (sealing != null) {
            // After signing: the chain signs what goes out.
            all.add(run -> {
                Arrival arrival = run.submission.arrival();
                if (arrival != null && run.failure() == null && run.discarded == null) {
                    long now = run.submission.envelope().arrivalMillis() / 1000;
                    sealing.pass(run, arrival.chain(), arrival.results(), now);
                }
            });
        }
    }

    /// The tables that name keys which mail is signed with (dkim_signing_maps), `type:name` each.
    public static List<String> signingTables(Settings settings) {
        return settings.get(SigningParams.DKIM_SIGNING_MAPS);
    }

    /// What is wrong with a result of such a table; null for nothing.
    public static @Nullable String signingFault(String result) {
        return Signatures.fault(result);
    }

    /// What is wrong with settings of its own, each with its parameter, for `postfix check`.
    public static List<String> problems(Settings settings) {
        List<String> out = new ArrayList<>();
        String from = FromRules.fault(settings);
        if (from != null) {
            out.add(from);
        }
        String end = PartPolicy.HeaderEnd.fault(settings);
        if (end != null) {
            out.add(end);
        }
        out.addAll(Signatures.problems(settings));
        return out;
    }

    /// What becomes of an envelope under these settings, for who wants it explained: its sender as
    /// rewritten, its recipients as rewritten and expanded. There is no mail, and nothing is kept.
    ///
    /// @param options what applies to the mail: [CleanupService.Option#received]
    /// @param log gets what is odd
    /// @return why it would not be taken, or the envelope
    /// @throws TableException when a table cannot answer; the log says what for
    public static Prepared envelope(
            Settings settings,
            Tables tables,
            RewriteService rewrite,
            Envelope given,
            Set<Option> options,
            MailLog log) {
        AddressMapping mapping = new AddressMapping(settings, tables, rewrite);
        Expansion expansion = new Expansion(settings, rewrite, mapping);
        List<Stage> stages =
                List.of(
                        new SenderStage(rewrite, mapping),
                        new RecipientStage(settings, tables, rewrite, expansion, (_, _) -> {}));
        MemoryContent none = MemoryContent.of(new byte[0], new byte[0]);
        Submission submission = new Submission(new QueueId("NOQUEUE"), given, none, options);
        LogTag tag = new LogTag("postfix/cleanup", ProcessHandle.current().pid());
        long most = Long.MAX_VALUE / 4;
        Budget.Share memory = new Budget("envelopes", most, most, 0).share();
        try (Run run = new Run(submission, log, tag, memory, Recipient.Writer::inMemory)) {
            for (Stage stage : stages) {
                if (stage.concerns(run)) {
                    stage.pass(run);
                }
            }
            Result.Rejected refused = run.failure();
            return refused != null
                    ? new Prepared.Refused(refused)
                    : new Prepared.Ready(message(run), () -> {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static NewMessage message(Run run) {
        Envelope envelope =
                new Envelope(
                        run.sender,
                        run.recipients,
                        run.submission.envelope().arrivalMillis(),
                        run.attributes);
        return new NewMessage(run.id(), envelope, run.content(), run.hold);
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
        ContentWriter kept = queue.content();
        return signatures == null ? kept : signatures.hashed(kept);
    }

    @Override
    public boolean signs() {
        return signatures != null;
    }

    @Override
    public Budget.Share receiving() {
        return queue.receiving();
    }

    @Override
    public Recipient.Writer recipients(Budget.Share memory) {
        return queue.recipients(memory::take);
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
        try (Prepared prepared = prepare(submission)) {
            return switch (prepared) {
                case Prepared.Refused r -> r.result();
                case Prepared.Dropped d -> d.result();
                case Prepared.Ready r -> {
                    queue.commit(Transaction.of(r.message()));
                    yield new Result.Queued(submission.id(), r.message().content().facts().size());
                }
            };
        }
    }

    @Override
    public Prepared prepare(Submission submission) {
        if (submission.options().contains(Option.DISCARD)) {
            // Asked for before the content came: Postfix does not look at it then.
            return new Prepared.Dropped(new Result.Discarded(null));
        }
        Run run = new Run(submission, log, tag, queue.writing(), queue::recipients);
        Prepared made = null;
        try {
            made = prepared(run);
            return made;
        } finally {
            if (!(made instanceof Prepared.Ready)) {
                run.close();
            }
        }
    }

    private Prepared prepared(Run run) {
        if (held != null && !run.has(Option.INTERNAL)) {
            run.warn(held + " -- message not accepted, try again later");
            return new Prepared.Refused(Problem.WRITE.rejected());
        }
        try {
            for (Stage stage : stages) {
                if (stage.concerns(run)) {
                    stage.pass(run);
                }
            }
        } catch (TableException e) {
            if (!e.warnings().isEmpty()) {
                run.refused(e, String.valueOf(e.getMessage()));
            }
            return new Prepared.Refused(Problem.WRITE.rejected());
        } catch (IOException e) {
            throw new QueueException(
                    Disk.full(e) ? QueueException.Kind.FULL : QueueException.Kind.FAULT,
                    run.id() + ": " + e.getMessage(),
                    e);
        }
        if (run.recipients.isEmpty() && run.discarded == null) {
            run.fail(Problem.RECIPIENTS);
        }
        Result.Rejected refused = run.failure();
        if (refused != null) {
            return new Prepared.Refused(refused);
        }
        Result.Discarded dropped = run.discarded;
        if (dropped != null) {
            return new Prepared.Dropped(dropped);
        }
        return ready(run);
    }

    private Prepared ready(Run run) {
        if (flowDelayNanos > 0 && congested.getAsBoolean()) {
            slowDown();
        }
        return new Prepared.Ready(message(run), run::close);
    }

    /// The active queue is full: wait for room, at most in_flow_delay.
    private void slowDown() {
        long end = System.nanoTime() + flowDelayNanos;
        while (System.nanoTime() < end && congested.getAsBoolean()) {
            LockSupport.parkNanos(PARK_NANOS);
        }
    }
}

package org.postrider.verify;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.address.Quoting;
import org.postrider.cleanup.CleanupService;
import org.postrider.config.Settings;
import org.postrider.delivery.Outcome;
import org.postrider.delivery.Probe;
import org.postrider.log.DeliveryEvent;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.message.MemoryContent;
import org.postrider.queue.Attributes;
import org.postrider.queue.Dsn;
import org.postrider.queue.Envelope;
import org.postrider.queue.NewMessage;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;
import org.postrider.queue.Recipient;
import org.postrider.queue.Routing;
import org.postrider.threads.Family;
import org.postrider.threads.Supervisor;
import org.postrider.threads.Work;
import org.postrider.time.Clock;

/// Verifies addresses by the settings of one `verify` service: tells what the cache knows, and asks
/// for what it does not know, or not well any more. Any thread.
public final class Verify implements VerifyService {
    private static final String PROGRESS = "Address verification in progress";
    private static final String SEVERAL = "aliased to multiple recipients";
    private static final Answer UNKNOWN = new Answer(AddressStatus.UNKNOWN, PROGRESS);

    private static final Work PROBING =
            Work.of("probe", "asks whether mail for an address could be delivered")
                    .failing("the address is not verified yet");

    private final SavedCache cache;
    private final Ages ages;
    private final boolean negatives;
    private final int pendingLimit;
    private final boolean utf8;
    private final ProbeSender sender;
    private final CleanupService cleanup;
    private final Predicate<Probe> queueManager;
    private final Family probing;
    private final MailLog log;
    private final LogTag tag;
    private final LogTag cleanupTag;
    private final Clock clock;

    /// Where probes go.
    ///
    /// @param queueManager takes one on, or says that it does not now
    public record Way(CleanupService cleanup, Predicate<Probe> queueManager, ProbeSender sender) {}

    /// Where it is written down what happened, and when.
    ///
    /// @param tag `postfix/verify[pid]`
    public record Journal(MailLog log, LogTag tag, Clock clock) {}

    public Verify(
            Settings settings, SavedCache cache, Way way, Supervisor threads, Journal journal) {
        this.cache = cache;
        this.cleanup = way.cleanup();
        this.queueManager = way.queueManager();
        this.sender = way.sender();
        log = journal.log();
        tag = journal.tag();
        clock = journal.clock();
        cleanupTag = new LogTag(tag.name().replaceFirst("[^/]*$", "cleanup"), tag.pid());
        ages = Ages.of(settings);
        negatives = settings.get(VerifyParams.NEGATIVE_CACHE);
        pendingLimit = settings.get(VerifyParams.PENDING_LIMIT);
        List<String> classes = settings.get(VerifyParams.UTF8_CLASSES);
        utf8 = classes.contains("verify") || classes.contains("all");
        probing = threads.family(PROBING);
    }

    private long seconds() {
        return clock.wallMillis() / 1000;
    }

    @Override
    public Answer ask(Address address, Patience patience) {
        String key = address.text();
        for (int look = 1; ; look++) {
            Answer answer = look(address);
            if (answer.status() != AddressStatus.UNKNOWN || look >= patience.polls()) {
                return answer;
            }
            SavedCache.Asked asked = cache.asked(key);
            if (asked != null) {
                asked.await(patience.delay().toNanos());
            }
        }
    }

    /// What is known now. Asks, if that is nothing or old; nobody waits for it here.
    private Answer look(Address address) {
        String key = address.text();
        long now = seconds();
        CacheEntry known = cache.get(key);
        boolean told = known != null && !ages.expired(known, now);
        CacheEntry entry = told && known != null ? known : CacheEntry.asked(probed(known));
        if (ages.due(entry, now)) {
            probe(address, entry, now);
        }
        return told ? new Answer(entry.status(), entry.text(), ages.until(entry)) : UNKNOWN;
    }

    private static long probed(@Nullable CacheEntry known) {
        return known == null ? 0 : known.probed();
    }

    private void probe(Address address, CacheEntry entry, long now) {
        String key = address.text();
        int pending = cache.pending();
        // Beyond the limit who is asked for is told that it is put off; far beyond, not even that.
        SavedCache.Asked asked = pending > 2L * pendingLimit ? null : cache.ask(key);
        if (asked == null) {
            return;
        }
        if (entry.updated() != 0 || negatives) {
            cache.put(key, entry.probedAt(now));
        }
        Asking asking = new Asking(address, asked);
        probing.start(() -> asking.begin(pending >= pendingLimit), asking::unlessBegun);
    }

    /// One probe on its way, heard on several threads.
    private final class Asking implements Probe.Answers {
        private final Address address;
        private final SavedCache.Asked asked;

        /// The queue manager has taken it, and says when it is over.
        private volatile boolean given;

        private Asking(Address address, SavedCache.Asked asked) {
            this.address = address;
            this.asked = asked;
        }

        void begin(boolean tooMany) {
            try (CleanupService.Prepared prepared = cleanup.prepare(submission())) {
                switch (prepared) {
                    case CleanupService.Prepared.Ready ready -> give(ready.message(), tooMany);
                    case CleanupService.Prepared.Refused refused ->
                            log.warning(
                                    tag,
                                    "probe of <"
                                            + Quoting.rfc5321(address)
                                            + "> not made: "
                                            + refused.result().text());
                    case CleanupService.Prepared.Dropped _ -> {
                        // A check says that nobody is to hear of it.
                    }
                }
            } catch (QueueException e) {
                log.warning(tag, "probe of <" + Quoting.rfc5321(address) + ">: " + e.getMessage());
            }
        }

        private void give(NewMessage made, boolean tooMany) {
            NewMessage message = made;
            List<Recipient> recipients = made.envelope().recipients();
            if (recipients.size() > 1) {
                several(made);
                Envelope nobody = made.envelope().withRecipients(List.of());
                message = new NewMessage(made.id(), nobody, made.content(), false);
            }
            // Not given if it throws: then nobody else would say that it is over.
            given = queueManager.test(new Probe(message, tooMany, this));
        }

        /// An alias for many: some of them may be there, and that is said.
        private void several(NewMessage made) {
            update(AddressStatus.DELIVERABLE, SEVERAL);
            log.event(
                    cleanupTag,
                    new DeliveryEvent.Delivery(
                            made.id().text(),
                            Quoting.rfc5321(address),
                            null,
                            new DeliveryEvent.Relay("none", 1, ""),
                            0,
                            new long[4],
                            "2.0.0",
                            "deliverable",
                            SEVERAL));
        }

        private CleanupService.Submission submission() {
            QueueId id = cleanup.newId();
            Address from = sender.now();
            Routing routing =
                    utf8 && high(address.text()) ? Routing.PLAIN.withSmtputf8() : Routing.PLAIN;
            Envelope envelope =
                    new Envelope(
                            from,
                            List.of(new Recipient(address, address, 0, original(routing))),
                            clock.wallMillis(),
                            Attributes.OWN
                                    .withDsn(Dsn.NONE.withReport(Dsn.Report.VERIFY))
                                    .withRouting(routing));
            String header =
                    "From: <"
                            + Quoting.rfc5321(from)
                            + ">\r\nTo: <"
                            + Quoting.rfc5321(address)
                            + ">\r\nSubject: probe\r\n";
            return new CleanupService.Submission(
                    id,
                    envelope,
                    MemoryContent.of(
                            header.getBytes(StandardCharsets.ISO_8859_1),
                            "\r\n".getBytes(StandardCharsets.ISO_8859_1)),
                    EnumSet.of(
                            CleanupService.Option.INTERNAL,
                            CleanupService.Option.MAP,
                            CleanupService.Option.LOCAL_REWRITE));
        }

        /// One that has to be quoted is told as it was asked for; null for all others.
        private @Nullable String original(Routing routing) {
            return Quoting.rfc5322(address).equals(address.text())
                    ? null
                    : (routing.smtputf8() ? "utf-8;" : "rfc822;") + address.text();
        }

        private static boolean high(String text) {
            return text.chars().anyMatch(c -> c > 126);
        }

        @Override
        public String told(Recipient recipient, Outcome outcome) {
            AddressStatus status = AddressStatus.of(outcome);
            if (status == AddressStatus.DELIVERABLE) {
                update(status, outcome.detail().text());
                return "deliverable";
            }
            if (!negatives) {
                return "undeliverable-but-not-cached";
            }
            update(status, outcome.detail().text());
            return "undeliverable";
        }

        /// A good address stays so until that is too old, whatever is said of it meanwhile.
        private void update(AddressStatus status, String text) {
            String key = address.text();
            CacheEntry known = cache.get(key);
            if (status == AddressStatus.DELIVERABLE
                    || known == null
                    || known.status() != AddressStatus.DELIVERABLE) {
                cache.put(key, new CacheEntry(status, 0, seconds(), text));
            }
            asked.answered();
        }

        @Override
        public void ended() {
            cache.over(address.text(), asked);
        }

        void unlessBegun() {
            if (!given) {
                ended();
            }
        }
    }

    /// How long a session under these settings waits.
    public static Patience patience(Settings settings) {
        Duration delay = settings.get(VerifyParams.POLL_DELAY);
        return new Patience(settings.get(VerifyParams.POLL_COUNT), delay);
    }
}

package org.postrider.qmgr;

import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.postrider.bounce.BounceService;
import org.postrider.dsn.Status;
import org.postrider.qmgr.rate.Budget;
import org.postrider.qmgr.rate.RateTables;
import org.postrider.queue.Envelope;
import org.postrider.queue.Mark;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;
import org.postrider.time.Clock;

/// Some recipients of one message for one destination: what one delivery takes. The scheduler's
/// fields belong to whoever runs the scheduler; the outcomes to the delivery's thread until it
/// counts down [ActiveMessage#left].
final class Entry {
    private static final Status PUT_BACK = new Status(4, 3, 2);
    private static final DateTimeFormatter NEXT =
            DateTimeFormatter.ofPattern("EEE MMM d HH:mm:ss", Locale.ENGLISH);

    /// Why recipients are deferred without an attempt.
    ///
    /// @param held they wait however old the mail becomes
    ///
    /// @param dueMillis when they are due again, wall time; 0 as their age makes it
    record Suspension(Status status, String text, boolean held, long dueMillis) {
        Suspension(Status status, String text, boolean held) {
            this(status, text, held, 0);
        }

        Suspension(Status status, String text) {
            this(status, text, false);
        }
    }

    /// Why mail is put back into the queue, as its reason says it there.
    ///
    /// @param name of the destination or the group
    /// @param sure it comes at its turn, and not before that
    record PutBack(String name, boolean sure) {
        private static final String BEGIN = "rate limit of ";
        private static final String SURE = ": next at ";
        private static final String UNSURE = ": next look at ";

        String text(String at) {
            return BEGIN + name + (sure ? SURE : UNSURE) + at;
        }

        static @Nullable PutBack of(Mark.@Nullable Reason why) {
            String text = why == null ? "" : why.text();
            int sure = text.lastIndexOf(SURE);
            int end = sure < 0 ? text.lastIndexOf(UNSURE) : sure;
            return text.startsWith(BEGIN) && end > 0
                    ? new PutBack(text.substring(BEGIN.length(), end), sure > 0)
                    : null;
        }
    }

    /// What limits the rate of its destination, and what becomes of it for that. The scheduler's.
    static final class Rating {
        final RateTables.Known known;

        /// It is not new: it was put back, or tried before.
        boolean again;

        /// It waits in memory for its turn.
        boolean late;

        /// Where it is put back: when it is its turn, the scheduler's time, and what it waits for.
        long due;

        @Nullable PutBack now;

        /// Why it was put back before; null where it was not.
        @Nullable PutBack before;

        /// When it started, and the reply of its destination that asked for less mail.
        long started;

        @Nullable String throttled;

        /// Where it counts, once it has started.
        List<Budget.Charge<Destination>> charged = List.of();

        Rating(RateTables.Known known) {
            this.known = known;
        }
    }

    /// What a delivery tells of its destination.
    sealed interface Verdict {
        /// It answered.
        record Answered() implements Verdict {}

        /// It could not be reached.
        record Unavailable(Suspension why) implements Verdict {}

        /// Nothing: there was no attempt, or it came to no end of its own.
        record Unknown() implements Verdict {}

        Verdict ANSWERED = new Answered();
        Verdict UNKNOWN = new Unknown();
    }

    final @Nullable ActiveMessage message;
    final String transport;
    final String nexthop;
    final int[] recipients;

    /// What the destination is known by: the next hop, or each recipient at it.
    final String key;

    // The scheduler's.
    Lane.@Nullable Job job;
    @Nullable Destination destination;
    @Nullable Suspension suspension;
    @Nullable Rating rating;

    /// Somebody wants it tried now ([org.postrider.queue.QueuedMessage#asked]).
    boolean asked;

    /// Its agent is given what waits for the destination with it
    /// ([org.postrider.delivery.Agent#gathers]).
    boolean gathers;

    /// It went with another one, beside the destination's window.
    boolean along;

    /// Other mail for the destination is there or has just been delivered.
    boolean more;

    // The delivery's.
    int reported;
    List<Mark.Reason> deferred = List.of();
    List<Mark.Reason> held = List.of();
    List<Mark.Reason> bounced = List.of();

    /// Octets that the message keeps for those that failed: not all of them need have had room.
    long bouncedMemory;

    List<Mark.Reason> noticed = List.of();

    /// What the report of the pass says.
    List<BounceService.Fate> traced = List.of();

    Entry(
            @Nullable ActiveMessage message,
            String transport,
            String nexthop,
            String key,
            int[] recipients) {
        this.key = key;
        this.message = message;
        this.transport = transport;
        this.nexthop = nexthop;
        this.recipients = recipients;
    }

    /// It is not new: some of it was tried or put back before.
    void again() {
        if (rating != null) {
            rating.again = true;
            QueuedMessage queued = Objects.requireNonNull(message).queued;
            rating.before = PutBack.of(queued.reason(recipients[0]));
        }
    }

    /// It is put back until its turn.
    ///
    /// @param wallNanos what makes the scheduler's time the wall's
    void putBack(long wallNanos) {
        Rating r = Objects.requireNonNull(rating);
        long due = (r.due + wallNanos) / 1_000_000;
        String at = NEXT.format(Instant.ofEpochMilli(due).atZone(Clock.zone()));
        String text = Objects.requireNonNull(r.now).text(at);
        suspension = new Suspension(PUT_BACK, text, false, due);
    }

    /// The message's envelope, in which the recipients of this one are read.
    ///
    /// @throws org.postrider.queue.QueueException where they cannot be
    Envelope having() {
        Envelope all = Objects.requireNonNull(message).queued.envelope();
        return all.recipients() instanceof Recipient.Many many
                ? all.withRecipients(many.having(recipients))
                : all;
    }

    /// What became of its recipients is known elsewhere.
    void forgets() {
        deferred = List.of();
        held = List.of();
        bounced = List.of();
        noticed = List.of();
        traced = List.of();
        bouncedMemory = 0;
    }

    void deferred(Mark.Reason why) {
        deferred = and(deferred, why);
    }

    /// Deferred for something that this version does not have.
    void held(Mark.Reason why) {
        held = and(held, why);
    }

    void bounced(Mark.Reason why) {
        bounced = and(bounced, why);
    }

    void noticed(Mark.Reason what) {
        noticed = and(noticed, what);
    }

    void traced(BounceService.Fate what) {
        traced = and(traced, what);
    }

    private static <T> List<T> and(List<T> list, T one) {
        List<T> to = list.isEmpty() ? new ArrayList<>(2) : list;
        to.add(one);
        return to;
    }
}

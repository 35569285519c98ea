package org.postrider.qmgr;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.bounce.BounceService;
import org.postrider.dsn.Status;
import org.postrider.queue.Mark;

/// Some recipients of one message for one destination: what one delivery takes. The scheduler's
/// fields belong to whoever runs the scheduler; the outcomes to the delivery's thread until it
/// counts down [ActiveMessage#left].
final class Entry {
    /// Why recipients are deferred without an attempt.
    ///
    /// @param held they wait however old the mail becomes
    record Suspension(Status status, String text, boolean held) {
        Suspension(Status status, String text) {
            this(status, text, false);
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
    @Nullable Job job;
    @Nullable Destination destination;
    @Nullable Suspension suspension;

    /// Somebody wants it tried now ([org.postrider.queue.QueuedMessage#asked]).
    boolean asked;

    /// Other mail for the destination is there or has just been delivered.
    boolean more;

    // The delivery's.
    int reported;
    List<Mark.Reason> deferred = List.of();
    List<Mark.Reason> held = List.of();
    List<Mark.Reason> bounced = List.of();

    /// Octets that the message keeps for them: not all of them need have had room.
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

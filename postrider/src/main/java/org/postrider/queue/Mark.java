package org.postrider.queue;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.dsn.Status;

/// A durable change to a queued message. Recipients are named by their index in the envelope.
public sealed interface Mark {
    QueueId id();

    /// The recipient is settled: delivered, discarded, or the bounce for it is in the same
    /// transaction (or none is owed).
    record Done(QueueId id, int recipient) implements Mark {}

    /// The pass is over; those not done wait.
    ///
    /// @param reasons per recipient still owed, why (shown by postqueue, used by the bounce)
    record Deferred(QueueId id, long nextAttemptMillis, List<Reason> reasons) implements Mark {}

    /// The delay warning has been sent (its message is in the same transaction).
    record DelayWarned(QueueId id) implements Mark {}

    /// Into the hold queue.
    record Held(QueueId id) implements Mark {}

    /// Out of the hold queue, due now.
    record Released(QueueId id) implements Mark {}

    /// `postsuper -e`: expires at the next look.
    record ForcedToExpire(QueueId id) implements Mark {}

    /// Due now (flush).
    record DueNow(QueueId id) implements Mark {}

    /// Gone: every recipient is settled, or deleted by the administrator.
    record Removed(QueueId id) implements Mark {}

    /// Why a recipient is not yet delivered.
    ///
    /// @param relay `host[ip]:port` or `none`
    /// @param remoteMta host name for the DSN's Remote-MTA, null where no server answered
    /// @param diagnostic the remote reply for Diagnostic-Code, null where local
    record Reason(
            int recipient,
            Status status,
            String text,
            String relay,
            @Nullable String remoteMta,
            @Nullable String diagnostic,
            String action) {
        /// The action of a delivery to a server that is the last on the way: its notice says
        /// `delivered`, not `relayed`.
        public static final String FINAL = "delivered";

        /// The action of a delivery to what passes the mail on: its notice says `relayed`.
        public static final String RELAYED = "relayed";
    }
}

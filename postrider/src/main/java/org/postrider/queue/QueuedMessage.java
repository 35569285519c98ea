package org.postrider.queue;

import org.jspecify.annotations.Nullable;
import org.postrider.message.Content;

/// A view of one message in the queue. Any thread; the settled and deferred state is as of now.
public interface QueuedMessage {
    QueueId id();

    Envelope envelope();

    /// From memory while fresh, else from disk.
    ///
    /// @throws QueueException when it cannot be read; a damaged one is set aside first
    Content content();

    /// True once a Done mark for this recipient is accepted.
    boolean done(int recipient);

    /// Why this recipient is still waiting; null before its first attempt.
    Mark.@Nullable Reason reason(int recipient);

    /// As Postfix counts it for `size=`.
    long size();

    boolean held();

    boolean forcedToExpire();

    boolean delayWarned();

    /// True when it is due because somebody asked for it ([Mark.DueNow]).
    default boolean asked() {
        return false;
    }

    /// Asks to keep so many octets more of an active message in memory: what next hops answered for
    /// its recipients. Given back when the message is active no more.
    ///
    /// @return false where there is no room for them
    default boolean keeps(long octets) {
        return true;
    }

    /// Some of what was asked for is no longer kept.
    default void letsGo(long octets) {}

    /// True once a Removed mark for it is accepted: this view is of the past.
    default boolean removed() {
        return false;
    }
}

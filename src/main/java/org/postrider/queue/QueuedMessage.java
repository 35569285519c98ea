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

    /// True once a Removed mark for it is accepted: this view is of the past.
    default boolean removed() {
        return false;
    }
}

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

    /// The same message as somebody sees it for whom another envelope stands: a recipient that
    /// stands for others, a sender who is told of them, a redirection. The file in the queue stays
    /// as it is.
    default QueuedMessage under(Envelope other) {
        return new Other(this, other);
    }

    /// A message under another envelope.
    record Other(QueuedMessage message, Envelope envelope) implements QueuedMessage {
        @Override
        public QueueId id() {
            return message.id();
        }

        @Override
        public Content content() {
            return message.content();
        }

        @Override
        public boolean done(int recipient) {
            return message.done(recipient);
        }

        @Override
        public Mark.@Nullable Reason reason(int recipient) {
            return message.reason(recipient);
        }

        @Override
        public long size() {
            return message.size();
        }

        @Override
        public boolean held() {
            return message.held();
        }

        @Override
        public boolean forcedToExpire() {
            return message.forcedToExpire();
        }

        @Override
        public boolean delayWarned() {
            return message.delayWarned();
        }

        @Override
        public boolean asked() {
            return message.asked();
        }

        @Override
        public boolean keeps(long octets) {
            return message.keeps(octets);
        }

        @Override
        public void letsGo(long octets) {
            message.letsGo(octets);
        }

        @Override
        public boolean removed() {
            return message.removed();
        }
    }
}

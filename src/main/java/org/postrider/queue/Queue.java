package org.postrider.queue;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.memory.Budget;
import org.postrider.message.ContentWriter;

/// The queue of one node. After [#commit] returns, every message of the transaction survives `kill
/// -9` and power loss until its last recipient is settled. Any thread.
public interface Queue extends AutoCloseable {
    QueueId newId();

    /// For a content that is being received.
    ContentWriter content();

    /// Memory for the envelope of a mail that is being received; its receiver charges each
    /// recipient to it, and closes it.
    default Budget.Share receiving() {
        return new Budget("envelopes", Long.MAX_VALUE / 4, Long.MAX_VALUE / 4, 0).share();
    }

    /// The same for recipients that are rewritten, expanded and written to the queue.
    default Budget.Share writing() {
        return receiving();
    }

    /// Makes a transaction durable; returns after the force. Group commit: callers are batched.
    ///
    /// @throws QueueException nothing of the transaction is (or will be) there
    void commit(Transaction transaction);

    /// The same without waiting: marks that may be lost with the last milliseconds before a crash
    /// (a delivery then happens again). Applied to the in-memory state at once.
    void post(Mark mark);

    /// Who is told. Set once, before messages flow.
    void listener(Listener listener);

    /// Up to `max` messages that are due at `nowMillis`, oldest due first; they are active from now
    /// on, until a Deferred, Held or Removed mark, or [#giveBack]. Fewer, or none, where the memory
    /// for envelopes under delivery has no room: ask again when one is active no more.
    List<QueuedMessage> due(long nowMillis, int max);

    /// An active message that could not be taken on: due again at once, after others.
    void giveBack(QueueId id);

    /// When the next deferred message falls due; `Long.MAX_VALUE` for none.
    long nextDueMillis();

    /// Makes all deferred messages due now (`postqueue -f`); those of one id, with [Mark.DueNow].
    void flushAll();

    /// The same for some, those that wait. Like [#flushAll] it does not outlive a crash.
    default void flush(List<QueueId> ids) {
        ids.forEach(id -> post(new Mark.DueNow(id)));
    }

    /// With its envelope, which may be large: for one who works on it, not for one who looks.
    @Nullable QueuedMessage find(QueueId id);

    /// What is known of a message without reading it.
    record State(boolean held, boolean forcedToExpire) {}

    /// @return null where no such message is in the queue
    @Nullable State state(QueueId id);

    /// Streams the queue as it lies on disk, then what lies in corrupt, for somebody who may read
    /// slowly: what is shown at the moment is charged to a budget for all listings.
    ///
    /// @throws QueueException FAULT where others' listings take all of it for a minute
    void list(Consumer<Listing> to);

    /// The same for somebody of our own, who never waits for anybody while he looks.
    default void each(Consumer<Listing> to) {
        list(to);
    }

    /// Ids in one of `incoming active deferred hold corrupt`; of corrupt, names of files.
    List<QueueId> ids(String queueName);

    /// Deletes a message, or what lies under this name in the corrupt queue. Durable on return.
    ///
    /// @return false where there is neither
    /// @throws QueueException where it cannot be recorded
    boolean remove(QueueId id);

    int size();

    /// False while marks cannot be written: deliveries should stop. An empty [#commit] tries again.
    default boolean marksWritable() {
        return true;
    }

    /// Octets free for new messages on the queue's filesystem.
    long freeBytes();

    @Override
    void close();

    /// What the queue tells the queue manager; called on committing threads, must not block.
    interface Listener {
        /// A new message is durable. True: taken on (active); false: stays `incoming`, due now.
        boolean arrived(QueuedMessage message);

        /// Something fell due, was released or flushed: look at [Queue#due].
        void wake();

        /// Deleted or put on hold by the administrator while active: let go of it.
        void withdrawn(QueueId id);
    }
}

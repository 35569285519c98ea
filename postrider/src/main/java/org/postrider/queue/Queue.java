package org.postrider.queue;

import java.util.List;
import java.util.function.LongPredicate;
import org.postrider.memory.Budget;
import org.postrider.message.ContentWriter;

/// The port of the server to where its mail lies. After [#commit] returns, every message of the
/// transaction survives `kill -9` and power loss until its last recipient is settled. Any thread.
///
/// It fits one node with a journal ([JournalQueue]) and several that share a store. Each message is
/// owned whole by one node, the one that committed it: only its owner is offered it ([#due]), marks
/// it, and is asked for it. A node owns under a [Lease]; every transaction and mark carries the
/// epoch of the lease that this object was opened with, and the store refuses one whose node was
/// adopted by another meanwhile. What an implementation has to keep, `QueueContract` tests.
public interface Queue extends QueueReader {
    /// The right of a node to the messages that it owns.
    ///
    /// @param node its name; empty where there is only one
    /// @param epoch higher each time that somebody takes the node's messages over, a restart of its
    ///   own included
    record Lease(String node, long epoch) {}

    /// What this node owns its messages under.
    Lease lease();

    /// Takes over all that a node owned which is gone. From then on what it still writes is refused
    /// with CLOSED. What was active there is due here at once; a recipient that was being delivered
    /// may get his mail again.
    ///
    /// @param gone another node's lease, which it has not renewed
    /// @return how many messages this node owns that it did not own before
    /// @throws QueueException FAULT where the store cannot be reached: nothing is taken over
    int adopt(Lease gone);

    // ---- taking mail in

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

    /// For the recipients of a message that is being received or written.
    ///
    /// @param takes asked for octets of memory before they are used, of [#receiving] or [#writing]
    default Recipient.Writer recipients(LongPredicate takes) {
        return Recipient.Writer.inMemory(takes);
    }

    /// Octets free for new messages in the store.
    long freeBytes();

    /// Makes a transaction durable; returns after that. Its new messages are this node's.
    ///
    /// @throws QueueException nothing of the transaction is (or will be) there: FULL, FAULT, or
    ///   CLOSED when this object is closed or its lease has gone to another
    void commit(Transaction transaction);

    // ---- delivering

    /// The same without waiting: marks that may be lost with the last milliseconds before a crash
    /// (a delivery then happens again). Takes effect in memory at once. One for a message that is
    /// not there is ignored.
    void post(Mark mark);

    /// False while marks cannot be written: deliveries should stop. An empty [#commit] tries again.
    default boolean marksWritable() {
        return true;
    }

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

    // ---- the administrator

    /// Deletes a message, or what lies under this name in the corrupt queue. Durable on return.
    ///
    /// @return false where there is neither
    /// @throws QueueException where it cannot be recorded
    boolean remove(QueueId id);

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

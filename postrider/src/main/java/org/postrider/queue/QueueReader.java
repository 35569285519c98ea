package org.postrider.queue;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The half of a [Queue] that looks and changes nothing: what tools need while no server has the
/// queue. Any thread.
public interface QueueReader extends AutoCloseable {
    /// What is known of a message without reading it.
    record State(boolean held, boolean forcedToExpire) {}

    /// With its envelope, which may be large: for one who works on it, not for one who looks.
    @Nullable QueuedMessage find(QueueId id);

    /// What was set aside of a message that was found damaged, or in doubt.
    ///
    /// @return null where there is nothing of it, or no whole message
    default @Nullable QueuedMessage setAside(QueueId id) {
        return null;
    }

    /// @return null where no such message is in the queue
    @Nullable State state(QueueId id);

    /// When a message is tried next, in milliseconds since 1970; 0 while it is being delivered, and
    /// where it is not there.
    default long dueMillis(QueueId id) {
        return 0;
    }

    /// Streams the queue as it is stored, then what lies in corrupt, for somebody who may read
    /// slowly: what is shown at the moment is charged to a budget for all listings. A message that
    /// is there from beginning to end is shown once.
    ///
    /// @throws QueueException FAULT where others' listings take all of it for a minute
    void list(Consumer<Listing> to);

    /// The same for somebody of our own, who never waits for anybody while he looks.
    default void each(Consumer<Listing> to) {
        list(to);
    }

    /// Ids in one of `incoming active deferred hold corrupt`; of corrupt, names of files.
    List<QueueId> ids(String queueName);

    int size();

    @Override
    void close();
}

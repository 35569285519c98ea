package org.postrider.queue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    /// Ids in some of `incoming active deferred hold corrupt`; of corrupt, names of files. A
    /// message that goes from one of them to another meanwhile is among them, once.
    List<QueueId> ids(String... queueNames);

    int size();

    /// The names of queues, as in [Listing].
    List<String> QUEUES = List.of("incoming", "active", "deferred", "hold", "corrupt");

    /// How many there are of what, for who counts.
    ///
    /// @param messages by the name of their queue, each of [#QUEUES]
    /// @param octets sum of [QueuedMessage#size]
    /// @param arrivedMillis when the oldest came that is neither held nor set aside, since 1970;
    ///   `Long.MAX_VALUE` for none
    record Counts(Map<String, Integer> messages, long octets, long arrivedMillis) {
        public Counts {
            messages = Map.copyOf(messages);
        }

        /// @param messages in the order of [#QUEUES]
        public static Counts of(int[] messages, long octets, long arrivedMillis) {
            Map<String, Integer> named = new HashMap<>();
            for (int i = 0; i < messages.length; i++) {
                named.put(QUEUES.get(i), messages[i]);
            }
            return new Counts(named, octets, arrivedMillis);
        }
    }

    /// Counts what is there now. A store that can does so without reading messages.
    default Counts counts() {
        int[] of = new int[QUEUES.size()];
        long[] sums = {0, Long.MAX_VALUE};
        each(listing -> {
            int queue = QUEUES.indexOf(listing.queueName());
            of[queue]++;
            sums[0] += listing.message().size();
            if (queue < QUEUES.indexOf("hold")) {
                sums[1] = Math.min(sums[1], listing.message().envelope().arrivalMillis());
            }
        });
        return Counts.of(of, sums[0], sums[1]);
    }

    @Override
    void close();
}

package org.postrider.showq;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.pickup.Maildrop;
import org.postrider.queue.Mark;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueueReader;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Transaction;

/// What postsuper and `postqueue -i` do to queued messages. Each change is durable before it is
/// reported. Any thread; called by the control socket's server with the server up and by the
/// command itself with it down.
///
/// During a delivery: a message deleted or held is withdrawn from the queue manager; a recipient
/// whose delivery is already running may still get it, as with Postfix.
public final class QueueActions {
    /// Gives a queued message back to pickup and cleanup, which make a new one of it.
    public interface Requeue {
        /// Durable on return: the old message and the new one are never both gone.
        ///
        /// @return the new one's id
        /// @throws IOException nothing has changed
        QueueId requeue(QueuedMessage message) throws IOException;

        /// What became of a message that was requeued a short while ago, while Postfix's pickup
        /// would not have taken it yet.
        ///
        /// @return null for one that was not
        default @Nullable QueueId since(QueueId former) {
            return null;
        }
    }

    private static final List<String> ALL_QUEUES =
            List.of("hold", "incoming", "active", "deferred");

    private final Queue queue;
    private final Maildrop maildrop;
    private final @Nullable Requeue requeue;
    private final @Nullable RequeueList later;
    private final Consumer<QueueId> withdrawn;

    /// @param withdrawn told what was deleted, held or requeued, so that a queue manager lets go of
    ///   it
    public QueueActions(
            Queue queue, Maildrop maildrop, Requeue requeue, Consumer<QueueId> withdrawn) {
        this.queue = queue;
        this.maildrop = maildrop;
        this.requeue = requeue;
        this.withdrawn = withdrawn;
        later = null;
    }

    /// With the server down.
    ///
    /// @param later has what the next server is to requeue
    public QueueActions(Queue queue, Maildrop maildrop, RequeueList later) {
        this.queue = queue;
        this.maildrop = maildrop;
        this.later = later;
        requeue = null;
        withdrawn = _ -> {};
    }

    /// Acts on these messages.
    ///
    /// @param lines told each message acted on, in Postfix's words: `B73B920C135: placed on hold`
    /// @return how many
    /// @throws IOException if the queue cannot record it; what was told has been done
    public int act(QueueAction action, List<String> ids, Consumer<String> lines)
            throws IOException {
        Batch batch = new Batch(action, false, lines);
        for (String id : ids) {
            batch.add(new QueueId(id));
        }
        batch.end();
        return batch.count;
    }

    /// Acts on all messages of some queues; deletes damaged ones, too.
    ///
    /// @param queues none for those that the action is for
    public int actOnAll(QueueAction action, List<String> queues, Consumer<String> lines)
            throws IOException {
        List<String> names = new ArrayList<>(queues.isEmpty() ? defaults(action) : queues);
        List<QueueId> there = new ArrayList<>();
        // Of maildrop's files nothing can be done but to delete them.
        if (names.remove("maildrop") && action == QueueAction.DELETE) {
            maildrop.names().forEach(name -> there.add(new QueueId(name)));
        }
        // All of them at once and first: what becomes active meanwhile is not missed, and what is
        // requeued comes back under another id, and is not requeued again.
        there.addAll(queue.ids(names.stream().distinct().toArray(String[]::new)));
        Batch batch = new Batch(action, false, lines);
        for (QueueId id : there) {
            batch.add(id);
        }
        batch.end();
        return batch.count;
    }

    /// Acts on those messages of some queues that a filter finds, while they are read: what is
    /// known of them at a time is a batch.
    ///
    /// @param queues none for those that the action is for
    /// @param dry nothing is done; what would be is told
    public int actOnWanted(
            QueueAction action,
            List<String> queues,
            Wanted wanted,
            boolean dry,
            Consumer<String> lines)
            throws IOException {
        List<String> from = queues.isEmpty() ? defaults(action) : queues;
        Batch batch = new Batch(action, dry, lines);
        if (from.contains("maildrop") && action == QueueAction.DELETE) {
            List<QueueId> files = new ArrayList<>();
            List<String> unread = new ArrayList<>();
            QueueWalk.submissions(
                    maildrop, wanted, found -> files.add(new QueueId(found.id())), unread::add);
            if (!unread.isEmpty()) {
                throw new IOException(unread.getFirst());
            }
            for (QueueId each : files) {
                batch.add(each);
            }
        }
        try {
            queue.list(listing -> {
                if (from.contains(listing.queueName()) && wanted.matches(Entries.of(listing))) {
                    try {
                        batch.add(listing.message().id());
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (QueueException e) {
            throw new IOException(e.getMessage(), e);
        }
        batch.end();
        return batch.count;
    }

    /// Changes that go into the queue in one transaction.
    private final class Batch {
        private static final int MOST = 200;

        private final QueueAction action;
        private final boolean dry;
        private final Consumer<String> lines;
        private final Set<QueueId> ids = new LinkedHashSet<>();
        private final List<Mark> marks = new ArrayList<>();
        private final Set<QueueId> waiting;
        private int count;

        Batch(QueueAction action, boolean dry, Consumer<String> lines) throws IOException {
            this.action = action;
            this.dry = dry;
            this.lines = lines;
            waiting =
                    later != null && action == QueueAction.REQUEUE
                            ? new HashSet<>(later.ids())
                            : Set.of();
        }

        private @Nullable Mark marked(QueueId id, QueueReader.State state) {
            if (action == QueueAction.REQUEUE && later != null) {
                return state.held() && !waiting.add(id) ? null : new Mark.Held(id);
            }
            return mark(action, id, state);
        }

        void add(QueueId id) throws IOException {
            if (ids.contains(id)) {
                end();
            }
            QueueReader.State state = queue.state(id);
            Mark mark = state == null ? null : marked(id, state);
            if (mark != null) {
                ids.add(id);
                marks.add(mark);
                if (ids.size() == MOST) {
                    end();
                }
            } else if (dry) {
                boolean would =
                        action == QueueAction.DELETE
                                ? state == null
                                : action == QueueAction.REQUEUE && later == null && state != null;
                if (would) {
                    told(id);
                }
            } else if (one(action, id, lines)) {
                count++;
            }
        }

        void end() throws IOException {
            if (!dry && !marks.isEmpty()) {
                if (later != null && action == QueueAction.REQUEUE) {
                    later.add(ids);
                }
                mark(Transaction.of(List.copyOf(marks)));
            }
            for (QueueId id : ids) {
                if (!dry) {
                    withdraw(action, id);
                }
                told(id);
            }
            ids.clear();
            marks.clear();
        }

        private void told(QueueId id) {
            count++;
            lines.accept(id.text() + ": " + action.done());
        }
    }

    private static List<String> defaults(QueueAction action) {
        return switch (action) {
            case RELEASE -> List.of("hold");
            case HOLD -> List.of("incoming", "active", "deferred");
            case DELETE -> List.of("maildrop", "hold", "incoming", "active", "deferred", "corrupt");
            case REQUEUE, EXPIRE, FLUSH -> ALL_QUEUES;
        };
    }

    private boolean one(QueueAction action, QueueId id, Consumer<String> lines) throws IOException {
        // A message need not be readable to be deleted.
        boolean done = action == QueueAction.DELETE ? removed(id) : changed(action, id);
        if (done) {
            withdraw(action, id);
            lines.accept(id.text() + ": " + action.done());
            return true;
        }
        QueueId now = action == QueueAction.DELETE && requeue != null ? requeue.since(id) : null;
        return now != null && one(action, now, lines);
    }

    private void withdraw(QueueAction action, QueueId id) {
        switch (action) {
            case DELETE, HOLD, REQUEUE -> withdrawn.accept(id);
            case RELEASE, EXPIRE, FLUSH -> {}
        }
    }

    private boolean removed(QueueId id) throws IOException {
        try {
            return queue.remove(id) || maildrop.delete(id.text());
        } catch (QueueException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private boolean changed(QueueAction action, QueueId id) throws IOException {
        QueueReader.State state = queue.state(id);
        if (state == null) {
            return false;
        }
        Mark mark = mark(action, id, state);
        return switch (action) {
            case REQUEUE -> requeued(id);
            case DELETE -> removed(id);
            case HOLD, RELEASE, EXPIRE, FLUSH -> mark != null && mark(Transaction.of(mark));
        };
    }

    /// What records it; null where nothing is to be done, or it takes more than a mark.
    private static @Nullable Mark mark(QueueAction action, QueueId id, QueueReader.State state) {
        return switch (action) {
            case HOLD -> state.held() ? null : new Mark.Held(id);
            case RELEASE -> state.held() ? new Mark.Released(id) : null;
            case EXPIRE -> state.forcedToExpire() ? null : new Mark.ForcedToExpire(id);
            case FLUSH -> new Mark.DueNow(id);
            case DELETE -> new Mark.Removed(id);
            case REQUEUE -> null;
        };
    }

    private boolean requeued(QueueId id) throws IOException {
        Requeue by = requeue;
        QueuedMessage m = by == null ? null : queue.find(id);
        if (by == null || m == null) {
            return false;
        }
        by.requeue(m);
        return true;
    }

    private boolean mark(Transaction marks) throws IOException {
        try {
            queue.commit(marks);
            return true;
        } catch (QueueException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}

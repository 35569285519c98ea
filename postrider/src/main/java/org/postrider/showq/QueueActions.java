package org.postrider.showq;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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
        /// @throws IOException nothing has changed
        void requeue(QueuedMessage message) throws IOException;
    }

    private static final List<String> ALL_QUEUES =
            List.of("hold", "incoming", "active", "deferred");

    private final Queue queue;
    private final Maildrop maildrop;
    private final @Nullable Requeue requeue;
    private final Consumer<QueueId> withdrawn;

    /// @param requeue null if requeueing cannot be done here
    /// @param withdrawn told what was deleted, held or requeued, so that a queue manager lets go of
    ///   it
    public QueueActions(
            Queue queue,
            Maildrop maildrop,
            @Nullable Requeue requeue,
            Consumer<QueueId> withdrawn) {
        this.queue = queue;
        this.maildrop = maildrop;
        this.requeue = requeue;
        this.withdrawn = withdrawn;
    }

    /// Acts on these messages.
    ///
    /// @param lines told each message acted on, in Postfix's words: `B73B920C135: placed on hold`
    /// @return how many
    /// @throws IOException if the queue cannot record it; what was told has been done
    public int act(QueueAction action, List<String> ids, Consumer<String> lines)
            throws IOException {
        int count = 0;
        for (String id : ids) {
            count += one(action, new QueueId(id), lines) ? 1 : 0;
        }
        return count;
    }

    /// Acts on all messages of some queues; deletes damaged ones, too.
    ///
    /// @param queues none for those that the action is for
    public int actOnAll(QueueAction action, List<String> queues, Consumer<String> lines)
            throws IOException {
        // All of them first: what is requeued comes back under another id, and is not requeued
        // again.
        List<List<QueueId>> there = new ArrayList<>();
        for (String name : queues.isEmpty() ? defaults(action) : queues) {
            there.add(ids(name, action));
        }
        int count = 0;
        for (List<QueueId> each : there) {
            for (QueueId id : each) {
                count += one(action, id, lines) ? 1 : 0;
            }
        }
        return count;
    }

    /// Of maildrop's files nothing can be done but to delete them.
    private List<QueueId> ids(String name, QueueAction action) throws IOException {
        if (!name.equals("maildrop")) {
            return queue.ids(name);
        }
        return action == QueueAction.DELETE
                ? maildrop.names().stream().map(QueueId::new).toList()
                : List.of();
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
            switch (action) {
                case DELETE, HOLD, REQUEUE -> withdrawn.accept(id);
                case RELEASE, EXPIRE, FLUSH -> {}
            }
            lines.accept(id.text() + ": " + action.done());
        }
        return done;
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
        return switch (action) {
            case HOLD -> !state.held() && mark(new Mark.Held(id));
            case RELEASE -> state.held() && mark(new Mark.Released(id));
            case EXPIRE -> !state.forcedToExpire() && mark(new Mark.ForcedToExpire(id));
            case FLUSH -> mark(new Mark.DueNow(id));
            case REQUEUE -> requeued(id);
            case DELETE -> removed(id);
        };
    }

    private boolean requeued(QueueId id) throws IOException {
        if (requeue == null) {
            throw new IOException("requeueing needs the running mail system");
        }
        QueuedMessage m = queue.find(id);
        if (m == null) {
            return false;
        }
        requeue.requeue(m);
        return true;
    }

    private boolean mark(Mark mark) throws IOException {
        try {
            queue.commit(Transaction.of(mark));
            return true;
        } catch (QueueException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}

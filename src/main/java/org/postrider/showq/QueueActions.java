package org.postrider.showq;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.pickup.Maildrop;
import org.postrider.queue.Mark;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueReader;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;
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

    /// @param requeue null where requeueing cannot be done here
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

    /// True for the verbs that [#act] knows: delete, hold, release, requeue, expire, flush-id.
    public static boolean knows(String verb) {
        return word(verb) != null;
    }

    /// True for a line of [#act] about a message that the verb was done to.
    public static boolean tellsOf(String verb, String line) {
        return line.endsWith(": " + word(verb));
    }

    /// Acts on ids, on `ALL`, or on `ALL` followed by queue names; deletes damaged messages, too.
    ///
    /// @param lines told each message acted on, in Postfix's words: `B73B920C135: placed on hold`
    /// @return how many
    /// @throws IOException where the queue cannot record it; what was told has been done
    public int act(String verb, List<String> words, Consumer<String> lines) throws IOException {
        if (words.isEmpty() || !words.getFirst().equals("ALL")) {
            int count = 0;
            for (String id : words) {
                count += one(verb, new QueueId(id), lines) ? 1 : 0;
            }
            return count;
        }
        List<String> queues = words.size() > 1 ? words.subList(1, words.size()) : defaults(verb);
        // All of them first: what is requeued comes back under another id, and is not requeued
        // again.
        List<List<QueueId>> there = new ArrayList<>();
        for (String name : queues) {
            there.add(ids(name, verb));
        }
        int count = 0;
        for (List<QueueId> each : there) {
            for (QueueId id : each) {
                count += one(verb, id, lines) ? 1 : 0;
            }
        }
        return count;
    }

    /// Of maildrop's files nothing can be done but to delete them.
    private List<QueueId> ids(String name, String verb) throws IOException {
        if (!name.equals("maildrop")) {
            return queue.ids(name);
        }
        return verb.equals("delete")
                ? maildrop.names().stream().map(QueueId::new).toList()
                : List.of();
    }

    private static List<String> defaults(String verb) {
        return switch (verb) {
            case "release" -> List.of("hold");
            case "hold" -> List.of("incoming", "active", "deferred");
            case "delete" ->
                    List.of("maildrop", "hold", "incoming", "active", "deferred", "corrupt");
            default -> ALL_QUEUES;
        };
    }

    private boolean one(String verb, QueueId id, Consumer<String> lines) throws IOException {
        boolean done = verb.equals("delete") ? removed(id) : changed(verb, id);
        if (done) {
            if (verb.equals("delete") || verb.equals("hold") || verb.equals("requeue")) {
                withdrawn.accept(id);
            }
            lines.accept(id.text() + ": " + word(verb));
        }
        return done;
    }

    /// A message need not be readable to be deleted.
    private boolean removed(QueueId id) throws IOException {
        try {
            return queue.remove(id) || maildrop.delete(id.text());
        } catch (QueueException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private boolean changed(String verb, QueueId id) throws IOException {
        QueueReader.State state = queue.state(id);
        if (state == null) {
            return false;
        }
        return switch (verb) {
            case "hold" -> !state.held() && mark(new Mark.Held(id));
            case "release" -> state.held() && mark(new Mark.Released(id));
            case "expire" -> !state.forcedToExpire() && mark(new Mark.ForcedToExpire(id));
            case "flush-id" -> mark(new Mark.DueNow(id));
            case "requeue" -> requeued(id);
            default -> throw new IOException("unknown action: " + verb);
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

    private static @Nullable String word(String verb) {
        return switch (verb) {
            case "delete" -> "removed";
            case "hold" -> "placed on hold";
            case "release" -> "released from hold";
            case "requeue" -> "requeued";
            case "expire" -> "expired";
            case "flush-id" -> "due now";
            default -> null;
        };
    }
}
